//! Sets a signal or a field in a run of its own.

use super::super::error::QueryError;
use super::sampler::Held;
use crate::savable::{Image, Primitive, Source as _, restore_from_image, save_to_image};
use crate::simulation::Simulation;
use crate::state::{State, StateError, Value};

pub(super) fn set<S: Simulation>(
    simulation: &mut S,
    name: &str,
    value: &Value,
) -> Result<(), QueryError> {
    let held = Held::of(simulation)?;
    let mut refused = None;
    let names = [Some(name), name.strip_prefix("TOP.")];
    for (_, model) in &held.models {
        for name in names.into_iter().flatten() {
            let poked = State::new(*model).and_then(|mut state| state.poke(name, value.clone()));
            match poked {
                Ok(()) => return Ok(()),
                Err(StateError::UnknownName(_) | StateError::NoTable { .. }) => {}
                Err(error) => refused = Some(error),
            }
        }
    }
    if let Some(error) = refused {
        return Err(QueryError::Name(error.to_string()));
    }
    set_field(simulation, &held, name, value)
}

fn set_field<S: Simulation>(
    simulation: &mut S,
    held: &Held,
    name: &str,
    value: &Value,
) -> Result<(), QueryError> {
    let mut fields = held.fields::<S>(&[name], 2)?;
    let field = fields.pop().filter(|field| field.path == name);
    let Some(field) = field else {
        let known = super::sampler::Sampler::compile(simulation, &[name.to_owned()]);
        return Err(known.err().unwrap_or_else(|| {
            QueryError::Name(format!("`{name}` has several parts; set one of them"))
        }));
    };
    let bytes = field
        .primitive
        .and_then(|primitive| encode(primitive, value));
    let Some(bytes) = bytes.filter(|bytes| bytes.len() == field.place.len()) else {
        return Err(QueryError::Name(format!(
            "the field `{name}` cannot be set to {value}; give a number, or 0 or 1, that fits its type"
        )));
    };
    let image = save_to_image(simulation).map_err(QueryError::failed)?;
    let mut stream = image.stream().to_vec();
    stream
        .get_mut(field.place.clone())
        .ok_or_else(|| QueryError::failed("the harness does not save itself twice alike"))?
        .copy_from_slice(&bytes);
    let mut changed = Image::from_parts(image.schema().to_vec(), stream);
    for number in 0..image.section_count() {
        if let Some(info) = image.section(number) {
            let section = image.section_slice(number).to_vec();
            changed.push_section(info.kind, &info.name, section);
        }
    }
    restore_from_image(simulation, &changed).map_err(QueryError::failed)
}

fn encode(primitive: Primitive, value: &Value) -> Option<Vec<u8>> {
    let integer = match value {
        Value::Bits(bits) => i128::try_from(bits.to_u128()?).ok()?,
        Value::Signed(value) => *value,
        Value::Real(value) => {
            return match primitive {
                Primitive::F32 => Some((*value as f32).to_le_bytes().to_vec()),
                Primitive::F64 => Some(value.to_le_bytes().to_vec()),
                _ => None,
            };
        }
        _ => return None,
    };
    let size = primitive.size();
    let bytes = integer.to_le_bytes();
    let fits = |signed: bool| {
        let width = 8 * size as u32;
        width >= 128
            || if signed {
                (-(1_i128 << (width - 1))..1 << (width - 1)).contains(&integer)
            } else {
                (0..1_i128 << width).contains(&integer)
            }
    };
    let fine = match primitive {
        Primitive::Bool => (0..=1).contains(&integer),
        Primitive::I8
        | Primitive::I16
        | Primitive::I32
        | Primitive::I64
        | Primitive::I128
        | Primitive::Isize => fits(true),
        Primitive::U8
        | Primitive::U16
        | Primitive::U32
        | Primitive::U64
        | Primitive::U128
        | Primitive::Usize => fits(false),
        Primitive::Char => char::from_u32(u32::try_from(integer).ok()?).is_some(),
        Primitive::F32 => return Some((integer as f32).to_le_bytes().to_vec()),
        Primitive::F64 => return Some((integer as f64).to_le_bytes().to_vec()),
    };
    fine.then(|| bytes[..size].to_vec())
}
