//! Buses among the ports: their signals, found by a prefix.

use std::collections::BTreeMap;

use super::bus::{Bus, BusKind, Signal};
use super::model::Port;
use super::shape::Shape;
use crate::direction::Direction::{self, In, Out};
use crate::error::{Error, Result};
use crate::names::{Names, rust_name};

fn roles(kind: BusKind) -> Vec<&'static Role> {
    let tables: &[&[Role]] = match kind {
        BusKind::Axi4 => &[AXI, AXI_BURSTS],
        BusKind::Axi4Lite => &[AXI],
        BusKind::Wishbone => &[WISHBONE],
        BusKind::Handshake => &[HANDSHAKE],
    };
    tables.iter().flat_map(|table| table.iter()).collect()
}

/// A signal of a protocol.
struct Role {
    /// Its name in the description.
    name: &'static str,
    /// As the manager sees it.
    direction: Direction,
    /// How its port may be called behind the prefix, without `_`.
    ports: &'static [&'static str],
    /// The bus is none without it.
    required: bool,
    /// It has one bit.
    bit: bool,
}

const fn role(
    name: &'static str,
    direction: Direction,
    ports: &'static [&'static str],
    required: bool,
    bit: bool,
) -> Role {
    Role {
        name,
        direction,
        ports,
        required,
        bit,
    }
}

const AXI: &[Role] = &[
    role("awvalid", Out, &["awvalid"], true, true),
    role("awready", In, &["awready"], true, true),
    role("awaddr", Out, &["awaddr"], true, false),
    role("wvalid", Out, &["wvalid"], true, true),
    role("wready", In, &["wready"], true, true),
    role("wdata", Out, &["wdata"], true, false),
    role("wstrb", Out, &["wstrb"], false, false),
    role("bvalid", In, &["bvalid"], true, true),
    role("bready", Out, &["bready"], true, true),
    role("bresp", In, &["bresp"], false, false),
    role("arvalid", Out, &["arvalid"], true, true),
    role("arready", In, &["arready"], true, true),
    role("araddr", Out, &["araddr"], true, false),
    role("rvalid", In, &["rvalid"], true, true),
    role("rready", Out, &["rready"], true, true),
    role("rdata", In, &["rdata"], true, false),
    role("rresp", In, &["rresp"], false, false),
];

const AXI_BURSTS: &[Role] = &[
    role("awid", Out, &["awid"], false, false),
    role("awlen", Out, &["awlen"], true, false),
    role("awsize", Out, &["awsize"], false, false),
    role("awburst", Out, &["awburst"], false, false),
    role("wlast", Out, &["wlast"], true, true),
    role("bid", In, &["bid"], false, false),
    role("arid", Out, &["arid"], false, false),
    role("arlen", Out, &["arlen"], true, false),
    role("arsize", Out, &["arsize"], false, false),
    role("arburst", Out, &["arburst"], false, false),
    role("rid", In, &["rid"], false, false),
    role("rlast", In, &["rlast"], true, true),
];

const WISHBONE: &[Role] = &[
    role("cyc", Out, &["cyc"], true, true),
    role("stb", Out, &["stb"], false, true),
    role("we", Out, &["we"], false, true),
    role("adr", Out, &["adr", "addr"], true, false),
    role("sel", Out, &["sel"], false, false),
    role(
        "wdata",
        Out,
        &["dat", "datw", "wdata", "data", "mosi"],
        false,
        false,
    ),
    role("ack", In, &["ack"], true, true),
    role("err", In, &["err"], false, true),
    role(
        "rdata",
        In,
        &["dat", "datr", "rdata", "rdt", "data", "miso"],
        true,
        false,
    ),
];

const HANDSHAKE: &[Role] = &[
    role("valid", Out, &["valid"], true, true),
    role("ready", In, &["ready"], true, true),
    role("addr", Out, &["addr", "address", "adr"], true, false),
    role("write", Out, &["write", "we", "wen", "wr"], false, true),
    role("wdata", Out, &["wdata"], false, false),
    role(
        "wstrb",
        Out,
        &["wstrb", "wmask", "strb", "mask", "be"],
        false,
        false,
    ),
    role("rdata", In, &["rdata"], true, false),
];

/// Finds a bus.
pub fn bus(
    model: &str,
    kind: BusKind,
    prefix: &str,
    ports: &[Port],
    names: &mut Names,
) -> Result<Bus> {
    let error = |reason: String| Error::Bus {
        model: model.to_owned(),
        kind: kind.name(),
        prefix: prefix.to_owned(),
        reason,
    };
    let of_prefix: Vec<(String, &Port)> = ports
        .iter()
        .filter_map(|port| Some((behind(&port.verilog, prefix)?, port)))
        .collect();
    let mut signals = BTreeMap::new();
    let mut missing = Vec::new();
    for role in roles(kind) {
        let found = role.ports.iter().find_map(|wanted| {
            let mut candidates = of_prefix.iter();
            candidates.find(|(name, port)| name == wanted && port.direction == Some(role.direction))
        });
        let Some((_, port)) = found else {
            if role.required {
                missing.push(role);
            }
            continue;
        };
        let Shape::Bits { width, .. } = port.shape else {
            return Err(error(format!("`{}` is no packed vector", port.verilog)));
        };
        if role.bit && width != 1 {
            return Err(error(format!(
                "expected `{}` with one bit, found {width}",
                port.verilog
            )));
        }
        let signal = Signal {
            verilog: port.verilog.clone(),
            rust: port.rust.clone(),
            width,
        };
        signals.insert(role.name, signal);
    }
    if !missing.is_empty() {
        return Err(error(lacking(&missing, &of_prefix)));
    }
    if kind == BusKind::Axi4Lite && of_prefix.iter().any(|(name, _)| name == "awlen") {
        return Err(error("it has bursts (`awlen`): say `.axi4(..)`".to_owned()));
    }
    let bytes = bytes(kind, &signals).map_err(error)?;
    let name = rust_name(prefix.trim_matches('_'));
    Ok(Bus {
        kind,
        prefix: prefix.to_owned(),
        rust: names.claim_rust(&name, |_| Vec::new()),
        bytes,
        signals,
    })
}

/// A port's name behind the prefix, without `_` and without what only says the direction. The prefix may stand behind a
/// direction, too: `o_ibus_adr` is `adr` of `ibus_`.
fn behind(port: &str, prefix: &str) -> Option<String> {
    let rest = port.strip_prefix(prefix).or_else(|| {
        ["o_", "i_"]
            .iter()
            .find_map(|direction| port.strip_prefix(direction)?.strip_prefix(prefix))
    })?;
    let mut rest = rest.to_lowercase();
    for end in ["_o", "_i", "_out", "_in"] {
        if let Some(short) = rest.strip_suffix(end) {
            rest = short.to_owned();
            break;
        }
    }
    // Chisel puts what a channel carries below `bits`.
    Some(rest.replace("_bits_", "_").replace('_', ""))
}

fn lacking(missing: &[&Role], found: &[(String, &Port)]) -> String {
    let names: Vec<String> = missing
        .iter()
        .map(|role| {
            let direction = if role.direction == In {
                "input"
            } else {
                "output"
            };
            format!("the {direction} `{}`", role.name)
        })
        .collect();
    let found: Vec<String> = found
        .iter()
        .map(|(_, port)| format!("`{}`", port.verilog))
        .collect();
    let found = if found.is_empty() {
        "no port begins so".to_owned()
    } else {
        format!("the ports that begin so are {}", found.join(", "))
    };
    format!("it lacks {}; {found}", names.join(", "))
}

/// The bytes of the data, if its signals agree about them.
fn bytes(kind: BusKind, signals: &BTreeMap<&'static str, Signal>) -> Result<u32, String> {
    let width = signals.get("rdata").map_or(0, |signal| signal.width);
    let most = match kind {
        BusKind::Axi4 | BusKind::Axi4Lite => 1024,
        BusKind::Wishbone | BusKind::Handshake => 64,
    };
    if !(8..=most).contains(&width) || !width.is_power_of_two() {
        return Err(format!(
            "expected data of 8 to {most} bits, a power of two, found {width}"
        ));
    }
    let expected = [("wdata", width), ("wstrb", width / 8), ("sel", width / 8)];
    for (name, expected) in expected {
        if let Some(signal) = signals.get(name).filter(|signal| signal.width != expected) {
            return Err(format!(
                "expected `{}` with {expected} bits, found {}",
                signal.verilog, signal.width
            ));
        }
    }
    Ok(width / 8)
}

#[cfg(test)]
mod tests {
    use super::behind;

    #[test]
    fn the_names_behind_a_prefix() {
        for (port, prefix, expected) in [
            ("m_axi_awvalid", "m_axi_", "awvalid"),
            ("io_mem_aw_bits_addr", "io_mem_", "awaddr"),
            ("io_mem_aw_valid", "io_mem_", "awvalid"),
            ("wb_dat_o", "wb_", "dat"),
            ("o_ibus_adr", "ibus_", "adr"),
            ("mem_wstrb", "mem_", "wstrb"),
        ] {
            assert_eq!(behind(port, prefix).as_deref(), Some(expected), "{port}");
        }
        assert_eq!(behind("memory", "mem_"), None);
    }
}
