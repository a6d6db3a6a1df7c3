//! How the top module's ports are declared, as far as C++ has no place for it. Taken from Verilator's view
//! of the source when it runs, kept beside the headers in a small file of our own, and read from
//! there, so that a folder gives the same description wherever it is read.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::direction::Direction;
use crate::error::{Error, Result, read};
use crate::parse::ast::{Ast, AstType};

/// The file's name in the folder that Verilator wrote.
pub const FILE: &str = "lightsss_declared.json";

/// The ports, by their names in C++.
pub type Declarations = BTreeMap<String, Declaration>;

/// How a port is declared.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Declaration {
    /// The file.
    pub file: String,
    /// The line in it.
    pub line: u32,
    /// Which way it goes.
    pub direction: Direction,
    /// Of a packed one: its bits.
    pub width: Option<u32>,
    /// Its highest bit is a sign.
    pub signed: bool,
    /// Of a packed structure or union: the fields, the highest first, those of fields included.
    pub fields: Vec<DeclaredField>,
}

/// A field of a packed structure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeclaredField {
    /// Its path, with dots.
    pub path: String,
    /// Its lowest bit in the structure or union.
    pub low: u32,
    /// Its bits.
    pub width: u32,
    /// Its highest bit is a sign.
    pub signed: bool,
}

/// The bits of a type, with its names resolved.
#[derive(Clone, Default)]
struct Resolved {
    width: u32,
    signed: bool,
    fields: Vec<DeclaredField>,
}

impl Resolved {
    /// Adds a field at bit `low`, with its own fields; the order is to be reversed at the end.
    fn add(&mut self, name: &str, member: Self, low: u32) -> Option<()> {
        let inner = member.fields.into_iter().rev().map(|field| DeclaredField {
            path: format!("{name}.{}", field.path),
            low: low + field.low,
            ..field
        });
        self.fields.extend(inner);
        self.fields.push(DeclaredField {
            path: name.to_owned(),
            low,
            width: member.width,
            signed: member.signed,
        });
        self.width = self.width.max(low.checked_add(member.width)?);
        Some(())
    }
}

/// Deeper types are taken for a mistake in the file.
const MAX_DEPTH: u32 = 64;

fn resolve(ast: &Ast, name: &str, depth: u32) -> Option<Resolved> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match ast.types.get(name)? {
        AstType::Basic {
            keyword,
            range,
            signed,
        } => {
            let width = match (range, keyword.as_str()) {
                (_, "real" | "string" | "event" | "chandle") => return None,
                (Some((left, right)), _) => left.abs_diff(*right).checked_add(1)?,
                (None, "byte") => 8,
                (None, "shortint") => 16,
                (None, "int" | "integer") => 32,
                (None, "longint" | "time") => 64,
                (None, _) => 1,
            };
            Resolved {
                width,
                signed: *signed,
                fields: Vec::new(),
            }
        }
        AstType::Name(of) => resolve(ast, of, depth + 1)?,
        AstType::Packed { length, of } => Resolved {
            width: resolve(ast, of, depth + 1)?.width.checked_mul(*length)?,
            ..Resolved::default()
        },
        AstType::Struct(members) => {
            let mut whole = Resolved::default();
            // The last is the lowest.
            for (name, ty) in members.iter().rev() {
                let low = whole.width;
                whole.add(name, resolve(ast, ty, depth + 1)?, low)?;
            }
            whole.fields.reverse();
            whole
        }
        AstType::Union(members) => {
            let mut whole = Resolved::default();
            for (name, ty) in members.iter().rev() {
                whole.add(name, resolve(ast, ty, depth + 1)?, 0)?;
            }
            whole.fields.reverse();
            whole
        }
        AstType::Other => return None,
    })
}

/// The ports' declarations.
pub fn declarations(ast: &Ast) -> Declarations {
    ast.ports
        .iter()
        .filter_map(|port| {
            let (file, line) = port.place.as_ref()?;
            let direction = match port.direction.as_str() {
                "input" => Direction::In,
                "output" => Direction::Out,
                "inout" => Direction::InOut,
                _ => return None,
            };
            let resolved = resolve(ast, &port.ty, 0);
            let width = resolved.as_ref().map(|resolved| resolved.width);
            let resolved = resolved.unwrap_or_default();
            let declaration = Declaration {
                file: ast.files.get(file)?.clone(),
                line: *line,
                direction,
                width,
                signed: resolved.signed,
                fields: resolved.fields,
            };
            Some((port.name.clone(), declaration))
        })
        .collect()
}

/// Reads the file of a folder; nothing where there is none.
pub(super) fn read_folder(folder: &Path) -> Result<Declarations> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Ok(Declarations::new());
    }
    serde_json::from_str(&read(&path)?).map_err(|error| Error::Parse {
        path,
        line: error.line(),
        expected: "what lightsss-codegen wrote; delete the file".to_owned(),
        found: error.to_string(),
    })
}
