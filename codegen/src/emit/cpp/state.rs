//! Snapshots: where members lie, and the operators for what is not plain data.

use std::fmt::Write as _;

use super::shim::Shim;
use crate::describe::state::{Class, Entry, Instance, Member, Table};

/// Statements per function: a compiler takes more than its share of time for long ones.
const CHUNK: usize = 500;

/// The functions that save and restore.
pub fn saving(shim: &Shim<'_>) -> String {
    let Some(state) = &shim.model.state else {
        return String::new();
    };
    let nothing = Table::default();
    let table = state.table.as_ref().unwrap_or(&nothing);
    let (mut members, mut calls) = (String::new(), String::new());
    let mut first = 0;
    for (at, class) in table.classes.iter().enumerate() {
        let Some(object) = table.instances.iter().find(|instance| instance.class == at) else {
            continue;
        };
        for (chunk, entries) in class.entries.chunks(CHUNK).enumerate() {
            let function = format!("places_{at}_{chunk}");
            let places = places(entries, first + chunk * CHUNK);
            let values = [
                ("function", &*function),
                ("class", &class.name),
                ("places", &places),
            ];
            members.push_str(&shim.fill(include_str!("../../../cpp/shim/places.cpp"), &values));
            let _ = writeln!(calls, "{function}({}, places);", access(object));
        }
        first += class.entries.len();
    }
    let mut instances = String::new();
    for (at, instance) in table.instances.iter().enumerate() {
        let object = access(instance);
        let _ = writeln!(
            instances,
            "instances[{at}] = lightsss_place(*symsp, {object}).offset;"
        );
    }
    let (saves, restores) = operators(table);
    let values = [
        ("members", members.trim_end()),
        ("calls", &calls),
        ("instances", &instances),
        ("saves", &saves),
        ("restores", &restores),
    ];
    let template = include_str!("../../../cpp/shim/state.cpp");
    let function = state.settle.as_deref().unwrap_or_default();
    let settle = match &state.settle {
        None => include_str!("../../../cpp/shim/settle_none.cpp"),
        Some(_) if shim.settles_later() => include_str!("../../../cpp/shim/settle_later.cpp"),
        Some(_) => include_str!("../../../cpp/shim/settle_now.cpp"),
    };
    shim.fill(template, &values) + &shim.fill(settle, &[("function", function)])
}

fn access(instance: &Instance) -> String {
    match instance.member.as_str() {
        "" => "*symsp".to_owned(),
        member => format!("symsp->{member}"),
    }
}

/// The statements that write the places of a class's members.
fn places(entries: &[Entry], first: usize) -> String {
    let mut out = String::new();
    for (at, entry) in entries.iter().enumerate() {
        if let Entry::Member(Member { cpp, .. }) = entry {
            let at = first + at;
            let _ = writeln!(out, "places[{at}] = lightsss_place(object, object.{cpp});");
        }
    }
    out
}

/// The statements that save and restore the members of all instances that need operators, in the stream's order.
fn operators(table: &Table) -> (String, String) {
    let (mut saves, mut restores) = (String::new(), String::new());
    for instance in &table.instances {
        let Class { entries, .. } = &table.classes[instance.class];
        for entry in entries {
            if let Entry::Member(member) = entry
                && !member.kind.plain()
            {
                let object = match instance.member.as_str() {
                    "" => format!("symsp->{}", member.cpp),
                    name => format!("symsp->{name}.{}", member.cpp),
                };
                let (mut loops, mut indices) = (String::new(), String::new());
                for (at, length) in member.dimensions.iter().enumerate() {
                    let _ = write!(loops, "for (size_t i{at} = 0; i{at} < {length}; ++i{at}) ");
                    let _ = write!(indices, "[i{at}]");
                }
                let _ = writeln!(saves, "{loops}save << {object}{indices};\ndone();");
                let _ = writeln!(restores, "{loops}restore >> {object}{indices};");
            }
        }
    }
    (saves, restores)
}
