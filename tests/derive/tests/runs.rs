//! Numbers under other names (aliases, newtypes, parameters, enums without fields) are stored as numbers
//! are, and found in runs by the compiler.

use std::num::NonZero;

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{Image, restore_from_image};
use lightsss_test_derive::saved;

type Word = u32;
type Name = String;

#[derive(Savable, Debug, Default, Clone, PartialEq)]
struct Address(u64);

#[derive(Savable, Debug, Default, Clone, PartialEq)]
struct Divisor {
    integer: u16,
    fraction: Fraction,
    exact: bool,
}

#[derive(Savable, Debug, Default, Clone, PartialEq)]
#[savable(transparent)]
struct Fraction(u8);

#[derive(Savable, Debug, Default, Clone, PartialEq)]
enum Parity {
    #[default]
    None,
    Even,
    Odd,
}

#[derive(Savable, Debug, Default, Clone, PartialEq)]
struct Fifo {
    bytes: Vec<u8>,
}

/// Flat and other types side by side, so that runs begin and end at either.
#[derive(Savable, Debug, Default, Clone, PartialEq)]
struct Uart<T, U> {
    base: Address,
    first: T,
    divisor: Divisor,
    fifo: Fifo,
    parity: Parity,
    label: Name,
    count: Word,
    one: Option<NonZero<u8>>,
    last: U,
    enabled: bool,
}

/// The same without parameters, which is saved in runs, too.
#[derive(Savable, Debug, Default, Clone, PartialEq)]
struct Plain {
    base: Address,
    first: Word,
    divisor: Divisor,
    fifo: Fifo,
    parity: Parity,
    label: Name,
    count: Word,
    one: Option<NonZero<u8>>,
    last: Parity,
    enabled: bool,
}

/// The same stream, written field by field by name.
#[derive(Savable, Debug, Default, Clone, PartialEq)]
struct Named {
    base: (u64,),
    first: (u32,),
    divisor: (u16, u8, bool),
    fifo: Vec<u8>,
    parity: (u8,),
    label: String,
    count: (u32,),
    one: Option<u8>,
    last: (u8,),
    enabled: (bool,),
}

fn uart() -> Uart<Word, Parity> {
    Uart {
        base: Address(0x1000_2000_3000_4000),
        first: 0xdead_beef,
        divisor: Divisor {
            integer: 0x1234,
            fraction: Fraction(7),
            exact: true,
        },
        fifo: Fifo {
            bytes: b"abc".to_vec(),
        },
        parity: Parity::Odd,
        label: "uart0".to_owned(),
        count: 99,
        one: NonZero::new(5),
        last: Parity::Even,
        enabled: true,
    }
}

fn plain() -> Plain {
    let uart = uart();
    Plain {
        base: uart.base,
        first: uart.first,
        divisor: uart.divisor,
        fifo: uart.fifo,
        parity: uart.parity,
        label: uart.label,
        count: uart.count,
        one: uart.one,
        last: uart.last,
        enabled: uart.enabled,
    }
}

#[test]
fn the_stream_does_not_depend_on_names() {
    let named = Named {
        base: (0x1000_2000_3000_4000,),
        first: (0xdead_beef,),
        divisor: (0x1234, 7, true),
        fifo: b"abc".to_vec(),
        parity: (2,),
        label: "uart0".to_owned(),
        count: (99,),
        one: Some(5),
        last: (1,),
        enabled: (true,),
    };
    assert_eq!(saved(&uart()).stream(), saved(&named).stream());
    assert_eq!(saved(&plain()).stream(), saved(&named).stream());
}

#[test]
fn every_value_comes_back() {
    let mut live = Uart::default();
    restore_from_image(&mut live, &saved(&uart())).unwrap();
    assert_eq!(live, uart());
    let mut live = Plain::default();
    restore_from_image(&mut live, &saved(&plain())).unwrap();
    assert_eq!(live, plain());
}

#[test]
fn parameters_need_not_be_flat() {
    let from = Uart {
        first: "first".to_owned(),
        last: vec![1, 2, 3_u64],
        ..Uart::default()
    };
    let mut live = Uart::default();
    restore_from_image(&mut live, &saved(&from)).unwrap();
    assert_eq!(live, from);
}

#[test]
fn a_run_names_the_field_that_is_wrong() {
    let image = saved(&plain());
    let at = |byte: u8, position: usize| {
        let mut stream = image.stream().to_vec();
        stream[position] = byte;
        let image = Image::from_parts(image.schema().to_vec(), stream);
        let error = restore_from_image(&mut Plain::default(), &image).unwrap_err();
        error.to_string()
    };
    let exact = 8 + 4 + 2 + 1;
    let text = at(2, exact);
    assert!(text.contains("divisor.exact"), "{text}");
    let parity = exact + 1 + 8 + 3;
    let text = at(9, parity);
    assert!(text.contains("parity"), "{text}");
}

/// Every way to end early is an error, with `check` in front and without.
#[test]
fn no_cut_stream_passes() {
    use lightsss_runtime::savable::Reader;
    let image = saved(&plain());
    for len in 0..image.stream().len() {
        let mut live = Plain::default();
        let mut input = Reader::new(&image.stream()[..len], &image);
        assert!(live.restore(&mut input).is_err(), "{len} bytes");
        let cut = Image::from_parts(image.schema().to_vec(), image.stream()[..len].to_vec());
        assert!(restore_from_image(&mut live, &cut).is_err(), "{len} bytes");
    }
}

#[derive(Savable, Debug, Default, Clone, PartialEq)]
struct Block {
    words: Words,
    end: Address,
}

/// 128 bytes by names.
#[derive(Savable, Debug, Default, Clone, PartialEq)]
#[rustfmt::skip]
struct Words {
    a: u128, b: u128, c: u128, d: u128, e: u128, f: u128, g: u128, h: u128,
}

/// Runs that are longer than what a save puts together at once, and a part that is by itself.
#[derive(Savable, Debug, Default, Clone, PartialEq)]
struct Large {
    first: Address,
    blocks: (Block, Block),
    a: Block,
    b: Block,
    c: Block,
    twice: Twice,
    last: Address,
}

#[derive(Savable, Debug, Default, Clone, PartialEq)]
struct Twice {
    a: Block,
    b: Block,
}

#[test]
fn runs_may_be_long() {
    let words = |from: u128| Words {
        a: from,
        b: from + 1,
        c: from + 2,
        d: from + 3,
        e: from + 4,
        f: from + 5,
        g: from + 6,
        h: from + 7,
    };
    let block = |from: u64| Block {
        words: words(from.into()),
        end: Address(from + 8),
    };
    let from = Large {
        first: Address(1),
        blocks: (block(10), block(20)),
        a: block(30),
        b: block(40),
        c: block(50),
        twice: Twice {
            a: block(60),
            b: block(70),
        },
        last: Address(2),
    };
    let image = saved(&from);
    let mut numbers = Vec::new();
    numbers.extend(1_u64.to_le_bytes());
    for block in (10..80_u64).step_by(10) {
        for word in 0..8 {
            numbers.extend(u128::from(block + word).to_le_bytes());
        }
        numbers.extend((block + 8).to_le_bytes());
    }
    numbers.extend(2_u64.to_le_bytes());
    assert_eq!(image.stream(), numbers);
    let mut live = Large::default();
    restore_from_image(&mut live, &image).unwrap();
    assert_eq!(live, from);
}
