//! Gives what a model's objects define names of its own, so that no other model in the program shares it:
//! classes of one name, DPI functions, whatever the user's C++ defines.
//!
//! A symbol gets a suffix that is made of the model's fingerprint. Debuggers read it as that of a clone:
//! `Vtop::eval() [clone .lightsss.12345]`. What Verilator's runtime has too keeps its name.
//!
//! What the user's sources define with C names can be called from Rust, so it gets its old name as a second, weak
//! one. The model itself uses the first.
//!
//! Objects are ELF of 64 bits, little endian. Of others nothing is renamed: two models of one class do not link
//! then, as each shim defines a symbol that says so.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::error::{Result, read_bytes};

const SYMBOL_TABLE: u32 = 2;
const GROUP: u32 = 17;
const EXTENDED_INDICES: u32 = 18;
const SECTION_HEADER: usize = 64;
const SYMBOL: usize = 24;
const EXTENDED: u16 = 0xffff;
/// From here on a section's number means something else: no place in the object.
const RESERVED: u32 = 0xff00;
const WEAK: u8 = 2;
const VARIABLE: u8 = 1;
const FUNCTION: u8 = 2;

/// An object file, read as far as its symbols need it.
struct Object {
    bytes: Vec<u8>,
    sections: usize,
    symbols: Vec<Symbol>,
    /// The place of the section header of the symbols.
    table_header: usize,
    table: Range<usize>,
    /// The place of the section header of the symbols' names.
    names_header: usize,
    names: Range<usize>,
    groups: Vec<Group>,
}

#[derive(Clone, Copy)]
struct Symbol {
    /// Where its entry is.
    at: usize,
    /// Where its name begins.
    name: usize,
    /// Seen by other objects.
    global: bool,
    /// The section that it is in; 0 where another object defines it.
    section: u32,
}

/// Sections that several objects may have; the linker keeps one copy.
struct Group {
    /// The symbol whose name says which are copies of each other.
    signature: usize,
    members: Vec<u32>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
    usize::try_from(number).ok()
}

impl Object {
    /// Of an object file; `None` where it is of another kind, as with link-time optimisation.
    fn parse(bytes: Vec<u8>) -> Option<Self> {
        let relocatable = bytes.starts_with(b"\x7fELF\x02\x01") && u16_at(&bytes, 16)? == 1;
        if !relocatable {
            return None;
        }
        let sections = u64_at(&bytes, 40)?;
        let count = match u16_at(&bytes, 60)? {
            0 => u64_at(&bytes, sections + 32)?,
            count => usize::from(count),
        };
        let header = |number: usize| sections + number * SECTION_HEADER;
        let kind = |number: usize| u32_at(&bytes, header(number) + 4);
        let contents = |number: usize| -> Option<Range<usize>> {
            let (at, len) = (
                u64_at(&bytes, header(number) + 24)?,
                u64_at(&bytes, header(number) + 32)?,
            );
            let range = at..at.checked_add(len)?;
            bytes.get(range.clone()).map(|_| range)
        };
        // What link-time optimisation compiles later has its names elsewhere, too.
        let section_names = match u16_at(&bytes, 62)? {
            EXTENDED => u32_at(&bytes, sections + 40)? as usize,
            number => usize::from(number),
        };
        let section_names = contents(section_names)?;
        let is_later = |number: usize| -> Option<bool> {
            let at = section_names.start + u32_at(&bytes, header(number))? as usize;
            Some(bytes.get(at..)?.starts_with(b".gnu.lto_"))
        };
        if (1..count).any(|number| is_later(number) != Some(false)) {
            return None;
        }
        let find = |wanted: u32| (1..count).find(|number| kind(*number) == Some(wanted));
        let table = find(SYMBOL_TABLE)?;
        let names_section = u32_at(&bytes, header(table) + 40)? as usize;
        let names = contents(names_section)?;
        let extended = find(EXTENDED_INDICES).and_then(contents);
        let mut symbols = Vec::new();
        let (table_header, table) = (header(table), contents(table)?);
        for (number, at) in table.clone().step_by(SYMBOL).enumerate() {
            let section = match u16_at(&bytes, at + 6)? {
                EXTENDED => u32_at(&bytes, extended.as_ref()?.start + number * 4)?,
                section => u32::from(section),
            };
            symbols.push(Symbol {
                at,
                name: names.start + u32_at(&bytes, at)? as usize,
                global: bytes.get(at + 4)? >> 4 != 0,
                section,
            });
        }
        let mut groups = Vec::new();
        for number in (1..count).filter(|number| kind(*number) == Some(GROUP)) {
            let words = contents(number)?.step_by(4).skip(1);
            let members = words.map(|at| u32_at(&bytes, at));
            groups.push(Group {
                signature: u32_at(&bytes, header(number) + 44)? as usize,
                members: members.collect::<Option<_>>()?,
            });
        }
        Some(Self {
            sections: count,
            symbols,
            table_header,
            table,
            names_header: header(names_section),
            names,
            groups,
            bytes,
        })
    }

    fn name(&self, symbol: &Symbol) -> &[u8] {
        let rest = self.bytes.get(symbol.name..).unwrap_or_default();
        rest.split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// The names that it gives to other objects, or wants of them.
    fn globals(&self) -> impl Iterator<Item = (&Symbol, &[u8])> {
        let globals = self.symbols.iter().filter(|symbol| symbol.global);
        globals.map(|symbol| (symbol, self.name(symbol)))
    }

    /// Adds to `own` what belongs together with something in it: a group is a model's own as a whole, with the
    /// name that its copies have in common.
    fn close(&self, own: &mut HashSet<Vec<u8>>) {
        let mut group_of = vec![usize::MAX; self.sections];
        for (number, group) in self.groups.iter().enumerate() {
            for member in &group.members {
                if let Some(place) = group_of.get_mut(*member as usize) {
                    *place = number;
                }
            }
        }
        let group = |symbol: &Symbol| {
            let group = group_of.get(symbol.section as usize).copied();
            group.filter(|_| symbol.section != 0 && symbol.global)
        };
        let mut own_groups = vec![false; self.groups.len()];
        for symbol in &self.symbols {
            if let Some(group) = group(symbol)
                && let Some(place) = own_groups.get_mut(group)
                && own.contains(self.name(symbol))
            {
                *place = true;
            }
        }
        for symbol in &self.symbols {
            if let Some(group) = group(symbol)
                && own_groups.get(group) == Some(&true)
            {
                own.insert(self.name(symbol).to_owned());
            }
        }
        for (group, _) in self.groups.iter().zip(&own_groups).filter(|(_, own)| **own) {
            if let Some(signature) = self.symbols.get(group.signature) {
                own.insert(self.name(signature).to_owned());
            }
        }
    }

    /// The object with `suffix` behind each of the names in `own`: the names go into a table at its end. What
    /// `aliased` says of its C names keep them as second ones.
    fn renamed(&self, own: &HashSet<Vec<u8>>, suffix: &str, aliased: bool) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        let mut names = self.bytes[self.names.clone()].to_vec();
        let signatures: HashSet<usize> = self.groups.iter().map(|group| group.signature).collect();
        for (number, symbol) in self.symbols.iter().enumerate() {
            let name = self.name(symbol);
            if name.is_empty()
                || !(symbol.global || signatures.contains(&number))
                || !own.contains(name)
            {
                continue;
            }
            let place = names.len() as u32;
            names.extend_from_slice(name);
            names.extend_from_slice(suffix.as_bytes());
            names.push(0);
            bytes[symbol.at..][..4].copy_from_slice(&place.to_le_bytes());
        }
        if aliased {
            self.add_aliases(own, &mut bytes);
        }
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        let place = bytes.len() as u64;
        bytes[self.names_header + 24..][..8].copy_from_slice(&place.to_le_bytes());
        bytes[self.names_header + 32..][..8].copy_from_slice(&(names.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&names);
        bytes
    }

    /// Moves the table of symbols to the end, with weak ones behind it that have the old names.
    fn add_aliases(&self, own: &HashSet<Vec<u8>>, bytes: &mut Vec<u8>) {
        let mut table = bytes[self.table.clone()].to_vec();
        for (symbol, name) in self.globals() {
            let kind = self.bytes[symbol.at + 4] & 15;
            let is_here = symbol.section != 0 && symbol.section < RESERVED;
            let is_of_c = !name.is_empty() && !name.starts_with(b"_Z");
            if is_here && is_of_c && own.contains(name) && [VARIABLE, FUNCTION].contains(&kind) {
                let mut entry = self.bytes[symbol.at..][..SYMBOL].to_vec();
                entry[4] = WEAK << 4 | kind;
                table.extend_from_slice(&entry);
            }
        }
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        let place = bytes.len() as u64;
        bytes[self.table_header + 24..][..8].copy_from_slice(&place.to_le_bytes());
        bytes[self.table_header + 32..][..8].copy_from_slice(&(table.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&table);
    }
}

/// What is to be renamed in a model's objects.
pub struct Own<'a> {
    /// What Verilator's runtime was compiled to.
    pub runtime: &'a [PathBuf],
    /// What the names of the model's C interface begin with.
    pub interface: &'a [String],
    /// What the user wants to keep.
    pub kept: &'a [String],
    /// How many of the objects, the last ones, are of the user's sources.
    pub users: usize,
    /// What the names get.
    pub suffix: &'a str,
}

impl Own<'_> {
    /// The objects, renamed, in their order; `None` where one of them is of a kind that is not read here.
    pub fn rename(&self, objects: &[PathBuf]) -> Result<Option<Vec<Vec<u8>>>> {
        let (Some(runtime), Some(objects)) = (parse(self.runtime)?, parse(objects)?) else {
            return Ok(None);
        };
        let mut kept: HashSet<&[u8]> = self.kept.iter().map(String::as_bytes).collect();
        for object in &runtime {
            kept.extend(object.globals().map(|(_, name)| name));
            let signatures = object.groups.iter().map(|group| group.signature);
            let signatures = signatures.filter_map(|number| object.symbols.get(number));
            kept.extend(signatures.map(|symbol| object.name(symbol)));
        }
        let is_interface = |name: &[u8]| {
            let mut prefixes = self.interface.iter();
            prefixes.any(|prefix| name.starts_with(prefix.as_bytes()))
        };
        let mut own = HashSet::new();
        for object in &objects {
            for (symbol, name) in object.globals() {
                if symbol.section != 0 && !kept.contains(name) && !is_interface(name) {
                    own.insert(name.to_owned());
                }
            }
        }
        let mut before = 0;
        while before != own.len() {
            before = own.len();
            for object in &objects {
                object.close(&mut own);
            }
        }
        let generated = objects.len().saturating_sub(self.users);
        let renamed = objects.iter().enumerate().map(|(number, object)| {
            // With so many sections there is a second table, which would have to grow too.
            let aliased = number >= generated && object.sections < RESERVED as usize;
            object.renamed(&own, self.suffix, aliased)
        });
        Ok(Some(renamed.collect()))
    }
}

fn parse(paths: &[PathBuf]) -> Result<Option<Vec<Object>>> {
    let mut objects = Vec::with_capacity(paths.len());
    for path in paths {
        let Some(object) = Object::parse(read_bytes(path)?) else {
            return Ok(None);
        };
        objects.push(object);
    }
    Ok(Some(objects))
}

/// Where the renamed form of an object goes.
pub fn renamed_path(object: &Path) -> PathBuf {
    object.with_extension("own.o")
}
