//! The model's buses: a view of the ports for each, which a memory of the runtime takes.

use crate::describe::{Bus, BusKind, Description, words};
use crate::emit::template::fill;

const VIEW: &str =
    "/// The $kind$ bus `$prefix$` of a model, which is its manager. A memory of `bus` takes it.
pub struct $type$<'m>(&'m mut Model);

impl Model {
    /// The $kind$ bus `$prefix$`, for `sample` and `drive` of a memory.
    #[inline]
    pub fn $method$(&mut self) -> $type$<'_> {
        $type$(self)
    }
}

impl __lightsss::bus::$trait$ for $type$<'_> {
    const BYTES: usize = $bytes$;

    $methods$
}
";

/// The views of all buses.
pub fn buses(model: &Description) -> String {
    let views: Vec<String> = model.buses.iter().map(view).collect();
    views.join("\n")
}

fn view(bus: &Bus) -> String {
    let (of_trait, methods) = match bus.kind {
        BusKind::Axi4 | BusKind::Axi4Lite => ("Axi4", axi4(bus)),
        BusKind::Wishbone => ("WordBus", wishbone(bus)),
        BusKind::Handshake => ("WordBus", handshake(bus)),
    };
    fill(
        VIEW,
        &[
            ("kind", bus.kind.name()),
            ("prefix", &bus.prefix),
            ("type", &type_name(bus)),
            ("method", bus.rust.ident()),
            ("trait", of_trait),
            ("bytes", &bus.bytes.to_string()),
            ("methods", &methods),
        ],
    )
}

/// `m_axi` gives `MAxiBus`.
fn type_name(bus: &Bus) -> String {
    let words = bus.rust.as_str().split('_').filter(|word| !word.is_empty());
    let capitals = words.map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    capitals.collect::<String>() + "Bus"
}

/// A signal's value as an integer; `default` where the model has no such signal.
fn number(bus: &Bus, signal: &str, default: &str) -> String {
    match bus.signals.get(signal) {
        Some(found) if found.width > 64 => format!("self.0.{}().to_u64()", found.rust.ident()),
        Some(found) if found.width > 32 => format!("self.0.{}()", found.rust.ident()),
        Some(found) => format!("u64::from(self.0.{}())", found.rust.ident()),
        None => default.to_owned(),
    }
}

/// Whether a signal of one bit is set.
fn bit(bus: &Bus, signal: &str) -> String {
    match bus.signals.get(signal) {
        Some(found) => format!("self.0.{}() != 0", found.rust.ident()),
        None => "true".to_owned(),
    }
}

/// Sets a signal of up to 64 bits to an integer; what does not fit is cut off. Nothing where the model has no such
/// signal.
fn set(bus: &Bus, signal: &str, value: &str) -> String {
    let Some(found) = bus.signals.get(signal) else {
        return String::new();
    };
    let (name, width) = (&found.rust, found.width);
    let mask = match width {
        64.. => String::new(),
        _ => format!(" & {:#x}", (1_u64 << width) - 1),
    };
    let ty = match width {
        0..=8 => "u8",
        9..=16 => "u16",
        17..=32 => "u32",
        _ => "u64",
    };
    format!("self.0.set_{name}((u64::from({value}){mask}) as {ty});\n")
}

const ADDRESS: &str = "#[inline]
fn $channel$(&self) -> ::core::option::Option<__lightsss::bus::Address> {
    ($valid$).then(|| __lightsss::bus::Address {
        id: $id$,
        address: $address$,
        len: ($len$) as u8,
        size: ($size$) as u8,
        burst: ($burst$) as u8,
    })
}
";

const AXI4: &str = "$aw$
#[inline]
fn w(&self) -> ::core::option::Option<__lightsss::bus::WriteBeat> {
    ($w_valid$).then(|| __lightsss::bus::WriteBeat {
        data: $w_data$,
        strobes: $w_strobes$,
        last: $w_last$,
    })
}

#[inline]
fn b_ready(&self) -> bool {
    $b_ready$
}

$ar$
#[inline]
fn r_ready(&self) -> bool {
    $r_ready$
}

#[inline]
fn set_aw_ready(&mut self, ready: bool) {
    $set_aw_ready$
}

#[inline]
fn set_w_ready(&mut self, ready: bool) {
    $set_w_ready$
}

#[inline]
fn set_b(&mut self, response: ::core::option::Option<(u64, u8)>) {
    $set_b_valid$
    let (id, code) = response.unwrap_or_default();
    $set_b$
    let _ = (id, code);
}

#[inline]
fn set_ar_ready(&mut self, ready: bool) {
    $set_ar_ready$
}

#[inline]
fn set_r(&mut self, beat: ::core::option::Option<&__lightsss::bus::ReadBeat>) {
    $set_r_valid$
    let Some(beat) = beat else { return };
    $set_r_data$
    $set_r$
}";

fn axi4(bus: &Bus) -> String {
    let size = bus.bytes.trailing_zeros().to_string();
    let address = |channel: &str| {
        let signal = |name: &str| format!("{channel}{name}");
        fill(
            ADDRESS,
            &[
                ("channel", channel),
                ("valid", &bit(bus, &signal("valid"))),
                ("id", &number(bus, &signal("id"), "0")),
                ("address", &number(bus, &signal("addr"), "0")),
                ("len", &number(bus, &signal("len"), "0_u64")),
                (
                    "size",
                    &number(bus, &signal("size"), &format!("{size}_u64")),
                ),
                ("burst", &number(bus, &signal("burst"), "1_u64")),
            ],
        )
    };
    let set_b = set(bus, "bid", "id") + &set(bus, "bresp", "code");
    let set_r = set(bus, "rid", "beat.id")
        + &set(bus, "rresp", "beat.response")
        + &set(bus, "rlast", "u8::from(beat.last)");
    fill(
        AXI4,
        &[
            ("aw", &*address("aw")),
            ("w_valid", &bit(bus, "wvalid")),
            ("w_data", &bytes_of(bus, "wdata")),
            ("w_strobes", &strobes(bus)),
            ("w_last", &bit(bus, "wlast")),
            ("b_ready", &bit(bus, "bready")),
            ("ar", &address("ar")),
            ("r_ready", &bit(bus, "rready")),
            ("set_aw_ready", &set(bus, "awready", "ready")),
            ("set_w_ready", &set(bus, "wready", "ready")),
            ("set_b_valid", &set(bus, "bvalid", "response.is_some()")),
            ("set_b", &set_b),
            ("set_ar_ready", &set(bus, "arready", "ready")),
            ("set_r_valid", &set(bus, "rvalid", "beat.is_some()")),
            ("set_r_data", &set_bytes(bus, "rdata", "&beat.data")),
            ("set_r", &set_r),
        ],
    )
}

/// The bytes of the data, as a `Vec`.
fn bytes_of(bus: &Bus, signal: &str) -> String {
    let found = &bus.signals[signal];
    format!("self.0.{}().to_le_bytes().to_vec()", found.rust.ident())
}

fn set_bytes(bus: &Bus, signal: &str, value: &str) -> String {
    let found = &bus.signals[signal];
    let name = &found.rust;
    match found.width {
        width @ 65.. => format!(
            "let value = __lightsss::bus::wide::<{width}, {}>({value});\nself.0.set_{name}(value);",
            words(width)
        ),
        width => format!(
            "self.0.set_{name}(__lightsss::bus::integer({value}) as u{});",
            width.max(8)
        ),
    }
}

fn strobes(bus: &Bus) -> String {
    let all = format!("{:#x}_u128", u128::MAX >> (128 - bus.bytes));
    match bus.signals.get("wstrb") {
        Some(found) if found.width > 64 => format!("self.0.{}().to_u128()", found.rust.ident()),
        Some(_) => format!("u128::from({})", number(bus, "wstrb", "")),
        None => all,
    }
}

const WORD: &str = "#[inline]
fn request(&self) -> ::core::option::Option<__lightsss::bus::Request> {
    ($valid$).then(|| {
        let address = $address$;
        let (write, strobes) = $write$;
        if !write {
            return __lightsss::bus::Request { address, ..Default::default() };
        }
        __lightsss::bus::Request { address, write, strobes, data: $data$ }
    })
}

#[inline]
fn answer(&mut self, answer: ::core::option::Option<__lightsss::bus::Answer>) {
    $acknowledge$
    let Some(answer) = answer else { return };
    $read$
}";

fn wishbone(bus: &Bus) -> String {
    let all = (u64::MAX >> (64 - bus.bytes)).to_string();
    let write = if bus.signals.contains_key("we") {
        format!("({}, {})", bit(bus, "we"), number(bus, "sel", &all))
    } else {
        "(false, 0_u64)".to_owned()
    };
    let failed = "answer.is_some_and(|answer| answer.error)";
    let acknowledge = if bus.signals.contains_key("err") {
        let acknowledged = "answer.is_some_and(|answer| !answer.error)";
        set(bus, "ack", acknowledged) + &set(bus, "err", failed)
    } else {
        set(bus, "ack", "answer.is_some()")
    };
    let valid = format!("{} && {}", bit(bus, "cyc"), bit(bus, "stb"));
    word(bus, &valid, "adr", &write, &acknowledge)
}

fn handshake(bus: &Bus) -> String {
    let all = (u64::MAX >> (64 - bus.bytes)).to_string();
    let strobes = number(bus, "wstrb", &all);
    let write = match (
        bus.signals.contains_key("write"),
        bus.signals.contains_key("wstrb"),
    ) {
        (true, _) => format!("({}, {strobes})", bit(bus, "write")),
        (false, true) => format!("({strobes} != 0, {strobes})"),
        (false, false) => "(false, 0_u64)".to_owned(),
    };
    let acknowledge = set(bus, "ready", "answer.is_some()");
    word(bus, &bit(bus, "valid"), "addr", &write, &acknowledge)
}

fn word(bus: &Bus, valid: &str, address: &str, write: &str, acknowledge: &str) -> String {
    fill(
        WORD,
        &[
            ("valid", valid),
            ("address", &number(bus, address, "0")),
            ("write", write),
            ("data", &number(bus, "wdata", "0")),
            ("acknowledge", acknowledge),
            ("read", &set(bus, "rdata", "answer.data")),
        ],
    )
}
