//! C++ types that Verilator's operators stream, as far as their bytes can be followed without C++.

use super::value::text_of;

/// How a value of a type stands in the stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum CppType {
    /// So many bytes.
    Plain(usize),
    /// `std::string`: u32 length, bytes.
    Text,
    /// `VlUnpacked`: elements, one after the other.
    Array(Box<CppType>, u32),
    /// `VlAssocArray`: the default, u32 length, keys each followed by its value.
    Map(Box<CppType>, Box<CppType>),
}

/// Types are nested no deeper.
const MAX_DEPTH: u32 = 16;

impl CppType {
    /// The type of that name; `None` where its bytes cannot be followed.
    pub(super) fn parse(text: &str) -> Option<CppType> {
        let mut rest = text;
        let ty = parse(&mut rest, MAX_DEPTH)?;
        rest.trim().is_empty().then_some(ty)
    }

    /// Goes past a value; `None` where the bytes are no value of the type.
    pub(super) fn skip<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        match self {
            CppType::Plain(size) => bytes.get(*size..),
            CppType::Text => text_of(bytes).map(|(_, rest)| rest),
            CppType::Array(element, length) => {
                (0..*length).try_fold(bytes, |bytes, _| element.skip(bytes))
            }
            CppType::Map(key, value) => {
                let (length, mut rest) = value.skip(bytes)?.split_first_chunk::<4>()?;
                for _ in 0..u32::from_le_bytes(*length) {
                    rest = value.skip(key.skip(rest)?)?;
                }
                Some(rest)
            }
        }
    }
}

fn parse(rest: &mut &str, depth: u32) -> Option<CppType> {
    let depth = depth.checked_sub(1)?;
    *rest = rest.trim_start();
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
        .unwrap_or(rest.len());
    let name = &rest[..end];
    *rest = &rest[end..];
    let ty = match name {
        "CData" => CppType::Plain(1),
        "SData" => CppType::Plain(2),
        "IData" => CppType::Plain(4),
        "QData" | "double" => CppType::Plain(8),
        "std::string" => CppType::Text,
        "VlWide" => {
            open(rest)?;
            // Elements of no bytes could stand in an array any number of times.
            let words = number(rest).filter(|words| *words > 0)?;
            close(rest)?;
            CppType::Plain(usize::try_from(words).ok()?.checked_mul(4)?)
        }
        "VlUnpacked" => {
            open(rest)?;
            let element = parse(rest, depth)?;
            comma(rest)?;
            let length = number(rest).filter(|length| *length > 0)?;
            close(rest)?;
            CppType::Array(Box::new(element), length)
        }
        "VlAssocArray" => {
            open(rest)?;
            let key = parse(rest, depth)?;
            comma(rest)?;
            let value = parse(rest, depth)?;
            close(rest)?;
            CppType::Map(Box::new(key), Box::new(value))
        }
        _ => return None,
    };
    comment(rest)?;
    Some(ty)
}

/// `/*31:0*/`, or nothing.
fn comment(rest: &mut &str) -> Option<()> {
    if let Some(inside) = rest.strip_prefix("/*") {
        *rest = inside.split_once("*/")?.1;
    }
    Some(())
}

fn open(rest: &mut &str) -> Option<()> {
    *rest = rest.strip_prefix('<')?;
    Some(())
}

fn comma(rest: &mut &str) -> Option<()> {
    *rest = rest.trim_start().strip_prefix(',')?;
    Some(())
}

fn close(rest: &mut &str) -> Option<()> {
    *rest = rest.trim_start().strip_prefix('>')?;
    Some(())
}

fn number(rest: &mut &str) -> Option<u32> {
    *rest = rest.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    let value = rest[..end].parse().ok()?;
    *rest = &rest[end..];
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_what_it_knows() {
        let ty = CppType::parse("VlAssocArray<std::string, VlUnpacked<IData/*31:0*/, 2>>").unwrap();
        let mut bytes = vec![0; 8];
        bytes.extend_from_slice(&1_u32.to_le_bytes());
        bytes.extend_from_slice(&2_u32.to_le_bytes());
        bytes.extend_from_slice(b"ab");
        bytes.extend_from_slice(&[0; 8]);
        assert_eq!(ty.skip(&bytes), Some(&[][..]));
        assert_eq!(ty.skip(&bytes[..bytes.len() - 1]), None);
        bytes[8] = 2;
        assert_eq!(ty.skip(&bytes), None);
        let wide = CppType::parse("VlAssocArray<IData/*31:0*/, VlWide<4>/*99:0*/>");
        assert_eq!(
            wide,
            Some(CppType::Map(
                Box::new(CppType::Plain(4)),
                Box::new(CppType::Plain(16))
            ))
        );
        assert_eq!(CppType::parse("VlQueue<IData/*31:0*/>"), None);
        assert_eq!(CppType::parse("VlAssocArray<IData/*31:0*/"), None);
        assert_eq!(CppType::parse(""), None);
    }

    #[test]
    fn elements_of_no_bytes_are_refused() {
        // Four thousand million of them, as often again, would take no bytes, and for ever.
        let ty = "VlUnpacked<VlUnpacked<VlWide<0>, 4294967295>, 4294967295>";
        assert_eq!(CppType::parse(ty), None);
        assert_eq!(CppType::parse("VlWide<0>"), None);
        assert_eq!(CppType::parse("VlUnpacked<CData, 0>"), None);
    }
}
