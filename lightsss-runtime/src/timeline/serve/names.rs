//! The names that can be asked for.

use super::super::error::QueryError;
use super::super::sample::{SignalInfo, SignalPlace};
use super::sampler::{Held, model_fields, table_of};
use crate::simulation::Simulation;
use crate::state::{Kind, Signal, Value, matches};

/// Those that any of the patterns means, or all; and whether there are more.
pub(super) fn list<S: Simulation>(
    simulation: &S,
    patterns: &[String],
    most: usize,
) -> Result<(Vec<SignalInfo>, bool), QueryError> {
    let held = Held::of(simulation)?;
    let wanted = |name: &str| {
        patterns.is_empty()
            || patterns
                .iter()
                .map(|pattern| pattern.strip_prefix("TOP.").unwrap_or(pattern))
                .any(|pattern| matches(pattern.as_bytes(), name.as_bytes()))
    };
    let fields = if held.models.len() > 1 {
        model_fields::<S>(&held)?
    } else {
        Vec::new()
    };
    let mut names = Vec::new();
    for (section, model) in &held.models {
        let Ok(table) = table_of(*model) else {
            continue;
        };
        let field = fields.iter().find(|(number, _)| number == section);
        for signal in table.signals().filter(|signal| !signal.is_helper()) {
            let name = match field {
                Some((_, field)) => format!("{field}.{}", signal.name()),
                None => signal.name(),
            };
            if wanted(&name) {
                names.push(of_signal(name, &signal));
            }
            if names.len() > most {
                names.pop();
                return Ok((names, true));
            }
        }
    }
    let every = ["*"];
    let chosen: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let chosen = if chosen.is_empty() {
        &every[..]
    } else {
        &chosen
    };
    let left = most - names.len();
    let mut fields = held.fields::<S>(chosen, left + 1)?;
    let more = fields.len() > left;
    fields.truncate(left);
    names.extend(
        fields
            .into_iter()
            .filter(|field| field.section.is_none())
            .map(|field| SignalInfo {
                width: match &field.value {
                    Value::Bits(bits) => bits.width(),
                    Value::Real(_) => 64,
                    _ => 0,
                },
                name: field.path,
                range: String::new(),
                dimensions: Vec::new(),
                place: SignalPlace::Harness,
            }),
    );
    Ok((names, more))
}

fn of_signal(name: String, signal: &Signal<'_>) -> SignalInfo {
    SignalInfo {
        name,
        range: match signal.kind() {
            Kind::Bits { msb, lsb } if msb != lsb => format!("[{msb}:{lsb}]"),
            _ => String::new(),
        },
        width: signal.width(),
        dimensions: signal.dimensions().to_vec(),
        place: SignalPlace::Model,
    }
}
