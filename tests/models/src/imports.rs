//! The imports of `designs/dpi.sv`, as `designs/dpi.cpp` has them, for each model of that design.

/// Implements them.
#[derive(Debug)]
pub struct Imports;

macro_rules! implement {
    ($model:ident) => {
        impl $model::Dpi for crate::imports::Imports {
            fn imp_int(&mut self, a: i32, b: i8, c: i16, d: i64) -> i32 {
                a.wrapping_add(i32::from(b).wrapping_mul(3))
                    .wrapping_add(i32::from(c))
                    .wrapping_add((d >> 7) as i32)
            }

            fn imp_unsigned(&mut self, a: u32, b: u8, c: u16, d: u64) -> i64 {
                let small = u64::from(a) * 5 + u64::from(b) + u64::from(c);
                small.wrapping_add(d ^ 0xff) as i64
            }

            fn imp_bit(&mut self, a: bool, b: bool, c: &mut bool, d: &mut bool) -> bool {
                *c = a ^ b;
                *d ^= a;
                a & b
            }

            fn imp_vectors(
                &mut self,
                a: &lightsss_runtime::model::Wide<100, 4>,
                b: &mut lightsss_runtime::model::Wide<100, 4>,
                c: &mut u16,
                d: u16,
            ) {
                *b = lightsss_runtime::model::Wide::from_words(a.words().map(|word| !word));
                *c = c.wrapping_add(d) & 0x1fff;
            }

            fn imp_real(&mut self, a: f64, b: &mut f64, c: &mut f64) -> f64 {
                *b = a * 2.0;
                *c = *c * 0.5 + a;
                a - 1.0
            }

            fn imp_string(
                &mut self,
                a: &std::ffi::CStr,
                b: &mut std::ffi::CString,
            ) -> std::ffi::CString {
                let text = |before: &[u8], after: &[u8]| {
                    std::ffi::CString::new([before, a.to_bytes(), after].concat())
                        .unwrap_or_default()
                };
                *b = text(b"", b"!");
                text(b"<", b">")
            }

            fn imp_new(&mut self, a: i32) -> lightsss_runtime::model::Chandle {
                lightsss_runtime::model::Chandle(std::ptr::without_provenance_mut(a as usize))
            }

            fn imp_use(&mut self, a: lightsss_runtime::model::Chandle) -> i32 {
                a.0.addr() as i32 + 1
            }

            fn imp_fixed(&mut self, a: &[i32; 3], b: &mut [[i8; 2]; 2], c: &mut [u64; 2]) {
                for (at, byte) in b.as_flattened_mut().iter_mut().enumerate() {
                    *byte = a[at % 3].wrapping_add(at as i32) as i8;
                }
                for (value, addend) in c.iter_mut().zip(a) {
                    let low = (*value as u32).wrapping_add(*addend as u32);
                    let high = ((*value >> 32) as u32).wrapping_add(1) & 0x1ff;
                    *value = u64::from(low) | u64::from(high) << 32;
                }
            }

            fn imp_open(&mut self, a: &mut lightsss_runtime::model::OpenArray<'_>) -> i32 {
                let (left, right) = a.bounds(0).expect("it has one dimension");
                (left.min(right)..=left.max(right))
                    .map(|at| a.get(&[at]).expect("it is within bounds") as u32)
                    .fold(0, u32::wrapping_add) as i32
            }

            fn renamed_in_c(&mut self, type_: i32) -> i32 {
                type_ ^ 0x55
            }

            fn imp_three(&mut self, a: i8) -> u8 {
                a as u8 & 7
            }

            fn imp_thirteen(&mut self, a: u16, b: i8) -> u16 {
                (a + u16::from(b as u8)) & 0x1fff
            }

            fn imp_all(&mut self, a: u32) -> u32 {
                !a
            }

            fn imp_texts(
                &mut self,
                a: &[&std::ffi::CStr; 2],
                b: &mut [std::ffi::CString; 3],
                c: &mut [[std::ffi::CString; 1]; 2],
            ) -> i32 {
                let joined =
                    |parts: [&[u8]; 2]| std::ffi::CString::new(parts.concat()).unwrap_or_default();
                let [first, second] = a.map(std::ffi::CStr::to_bytes);
                *b = [[first, b"0"], [second, b"1"], [first, second]].map(joined);
                let old = std::mem::replace(&mut c[0][0], a[0].to_owned());
                c[1][0] = old;
                b[1].as_bytes().len() as i32
            }

            fn imp_task(&mut self, a: i32, b: &mut i32) -> i32 {
                *b = a.wrapping_add(9);
                0
            }
        }
    };
}
pub(crate) use implement;
