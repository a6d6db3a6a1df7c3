//! Golden expansions: what the derive writes for a handful of types, in `expansions/`, laid out by
//! prettyplease.
//!
//! `LIGHTSSS_BLESS=1 cargo test -p lightsss-derive` writes them anew; read the difference before you
//! commit it.

use std::path::Path;

fn check(name: &str, input: &str) {
    let input: syn::DeriveInput = syn::parse_str(input).unwrap();
    let file: syn::File = syn::parse2(crate::derive(&input)).unwrap();
    let written = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("expansions/{name}.rs"));
    if std::env::var_os("LIGHTSSS_BLESS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == written,
        "the expansion of {name} is not as in {}; if it should not be, run again with LIGHTSSS_BLESS=1\n{written}",
        path.display()
    );
}

macro_rules! golden {
    ($($name:ident: { $($input:tt)* })*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name), stringify!($($input)*));
        }
    )*};
}

golden! {
    named_struct: {
        struct Uart {
            fifo: Vec<u8>,
            divisor: u16,
            #[savable(skip)]
            log: Log,
        }
    }
    tuple_struct: {
        struct Pair(u8, #[savable(skip, default = label)] &'static str);
    }
    runs_of_numbers: {
        struct Timer {
            count: u32,
            #[savable(skip)]
            wakers: Vec<Waker>,
            limit: u32,
            running: bool,
            name: String,
            mode: u8,
        }
    }
    runs_by_other_names: {
        struct Timer<T> {
            count: Word,
            limit: T,
            mode: Mode,
            name: String,
            state: State,
            fifo: Fifo,
        }
    }
    bare_enum: {
        enum Parity { None = -1, Even, Odd = 7 }
    }
    unit_struct: {
        struct Unit;
    }
    enum_of_all_shapes: {
        enum State {
            Idle,
            Busy(u32, String),
            Waiting { until: u64, #[savable(skip)] handle: Handle },
        }
    }
    enum_without_variants: {
        enum Never {}
    }
    generic: {
        struct Fifo<'a, T: Clone, const N: usize> where T: Default {
            items: [T; N],
            name: Cow<'a, str>,
            last: Option<T::Item>,
        }
    }
    recursive: {
        struct List<T> {
            value: T,
            next: Option<Box<List<T>>>,
        }
    }
    versions: {
        #[savable(version = 3, rename = "Uart", validate = Uart16550::validate)]
        struct Uart16550 {
            #[savable(since = 2, default)]
            parity: bool,
            #[savable(since = 3, default = all, upgrade = from_u8, upgrade = from_u16)]
            mask: u32,
            #[savable(until = 1)]
            baud: u32,
            #[savable(rename = "div")]
            divisor: u16,
        }
    }
    variant_upgrade: {
        #[savable(version = 2)]
        enum State {
            Idle,
            #[savable(until = 1, upgrade = State::without_wait)]
            Waiting(u32),
        }
    }
    ways: {
        struct Devices {
            #[savable(with = by_hand)]
            register: Register,
            #[savable(as_serde)]
            generator: Generator,
            #[savable(as_pod)]
            descriptors: Vec<Descriptor>,
            #[savable(reopen)]
            image: File,
        }
    }
    transparent: {
        #[savable(transparent, crate = toolkit, bound = "T: Savable")]
        struct Address<T>(T);
    }
    mistakes: {
        #[savable(versoin = 2)]
        struct Uart<T> {
            pointer: *const T,
            #[savable(skipp)]
            log: Log,
        }
    }
}

#[test]
fn every_attribute_is_documented() {
    let docs = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../lightsss-runtime/src/savable/attributes.rs"
    );
    let docs = std::fs::read_to_string(docs).unwrap();
    for symbol in crate::attr::PLACES
        .iter()
        .flat_map(|place| (place.symbols)())
    {
        let row = docs
            .lines()
            .find(|line| line.starts_with(&format!("//! | [`{}", symbol.name)));
        assert!(
            row.is_some(),
            "no row for `{}` in the table of attributes",
            symbol.name
        );
    }
}
