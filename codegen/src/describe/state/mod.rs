//! The state table: what a model's stream consists of, entry by entry.
//!
//! The serialize functions say which members there are and in which order; the headers say what the
//! members are. Where one of them holds something unknown there is no table, and the model is saved
//! through Verilator's operators alone.

mod encode;
mod summary;
mod supplied;

use std::collections::BTreeMap;

pub use self::encode::encode;
pub use self::summary::Summary;
pub use self::supplied::Supplied;
use super::files::Files;
use crate::error::{Error, Result};
use crate::names;
use crate::parse::cxx::{self, Type};
use crate::parse::state::{Item, SerializeFunctions};
use crate::parse::state_class;

/// What is known of a savable model's state.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// The table, or why there is none.
    pub(crate) table: Result<Table, String>,
    /// The function that computes everything combinational.
    pub(crate) settle: Option<String>,
    /// Whether the design opens files.
    pub(crate) opens_files: bool,
    /// What Verilator's save functions need beside what Verilator wrote.
    pub(crate) supplied: Supplied,
}

impl State {
    /// Reads it; an error says why Verilator's save functions do not compile.
    pub(super) fn of(files: &Files, class: &str) -> Result<Self, String> {
        let mut functions = SerializeFunctions::default();
        let read = files
            .sources
            .iter()
            .try_for_each(|source| functions.read(&source.path, &source.text));
        let mut classes = BTreeMap::new();
        for header in &files.headers {
            state_class::parse(header.name(), &header.text, &mut classes);
        }
        let supplied = Supplied::of(files, &functions, &classes)?;
        let table = read.and_then(|()| table(&functions, &classes, class));
        let settle = format!("{class}___024root___eval_settle");
        let head = format!("void {settle}({class}___024root* vlSelf) ") + "{";
        Ok(Self {
            table: table.map_err(|error| error.to_string()),
            settle: files.sources_hold(&[&head]).then_some(settle),
            opens_files: files.sources_hold(&["VL_FOPEN"]),
            supplied,
        })
    }
}

/// What the model's stream consists of: the instances' entries, one after the other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    /// The symbol table's class comes first.
    pub classes: Vec<Class>,
    /// In the stream's order; the first is the symbol table itself.
    pub instances: Vec<Instance>,
}

/// A C++ class with state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Class {
    /// Its C++ name.
    pub name: String,
    /// The header that declares it.
    pub header: String,
    /// In the stream's order.
    pub entries: Vec<Entry>,
}

/// An object of a class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instance {
    /// The scope as designers write it; empty for what stands above the top module.
    pub path: String,
    /// The member of the symbol table; empty for the symbol table itself.
    pub member: String,
    /// Index of the class.
    pub class: usize,
}

/// A part of an instance's stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entry {
    /// A constant.
    Check(u64),
    /// The context.
    Context,
    /// A member.
    Member(Member),
}

/// A member of a class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its C++ name.
    pub cpp: String,
    /// The designer's name, below the instance's scope.
    pub name: String,
    /// Made by Verilator, not by the designer.
    pub helper: bool,
    /// A port of the module.
    pub port: bool,
    /// What an element is.
    pub kind: Kind,
    /// Lengths of the unpacked dimensions, the slowest first.
    pub dimensions: Vec<u32>,
}

/// What an element of a member is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A vector in an integer or in 32-bit words.
    Bits {
        /// The highest bit's index.
        msb: i32,
        /// The lowest bit's index.
        lsb: i32,
        /// Bytes that it takes.
        bytes: u32,
    },
    /// A C++ `bool`.
    Bool,
    /// A `double`.
    Real,
    /// A `std::string`, left to Verilator's operators.
    Text,
    /// Anything else, left to Verilator's operators: its C++ type.
    Other(String),
}

impl Kind {
    /// Whether reading it back runs code that a damaged file can make fail.
    pub fn fails_late(&self) -> bool {
        matches!(self, Self::Other(_))
    }

    /// Whether its bytes in memory are its bytes in the stream.
    pub fn plain(&self) -> bool {
        matches!(self, Self::Bits { .. } | Self::Bool | Self::Real)
    }
}

/// Makes the table of the model whose class is `class`.
fn table(
    functions: &SerializeFunctions,
    classes: &BTreeMap<String, state_class::DeclaredClass>,
    class: &str,
) -> Result<Table> {
    let model = |reason: String| Error::Model {
        model: class.to_owned(),
        reason,
    };
    functions.check_symmetry().map_err(model)?;
    let symbols = format!("{class}__Syms");
    Builder {
        functions,
        classes,
        indices: BTreeMap::new(),
        table: Vec::new(),
    }
    .build(&symbols)
    .map_err(model)
}

struct Builder<'a> {
    functions: &'a SerializeFunctions,
    classes: &'a BTreeMap<String, state_class::DeclaredClass>,
    indices: BTreeMap<String, usize>,
    table: Vec<Class>,
}

impl<'a> Builder<'a> {
    fn build(mut self, symbols: &str) -> Result<Table, String> {
        let items = self.items(symbols)?;
        let declared = self.declared(symbols)?;
        let mut instances = vec![Instance {
            path: String::new(),
            member: String::new(),
            class: 0,
        }];
        let mut own = Vec::new();
        self.table.push(Class {
            name: symbols.to_owned(),
            header: declared.header.clone(),
            entries: Vec::new(),
        });
        for item in items {
            let Item::Instance(member) = item else {
                if instances.len() > 1 {
                    return Err(format!(
                        "`{symbols}` saves members of its own behind instances"
                    ));
                }
                own.push(entry(symbols, declared, item)?);
                continue;
            };
            let Some(Type::Other(class)) = declared.members.get(member).map(|found| &found.ty)
            else {
                return Err(format!("`{symbols}` declares no instance `{member}`"));
            };
            let class = self.class(class)?;
            let path = self.functions.scopes.get(member).cloned();
            let path = path.unwrap_or_else(|| {
                names::unescape(
                    member
                        .strip_prefix("TOP")
                        .unwrap_or(member)
                        .trim_start_matches('_'),
                )
            });
            instances.push(Instance {
                path,
                member: member.clone(),
                class,
            });
        }
        self.table[0].entries = own;
        Ok(Table {
            classes: self.table,
            instances,
        })
    }

    fn items(&self, class: &str) -> Result<&'a [Item], String> {
        let items = self.functions.classes.get(class);
        items
            .map(Vec::as_slice)
            .ok_or_else(|| format!("no source has `{class}::__Vserialize`"))
    }

    fn declared(&self, class: &str) -> Result<&'a state_class::DeclaredClass, String> {
        self.classes
            .get(class)
            .ok_or_else(|| format!("no header declares the class `{class}`"))
    }

    fn class(&mut self, name: &str) -> Result<usize, String> {
        if let Some(index) = self.indices.get(name) {
            return Ok(*index);
        }
        let declared = self.declared(name)?;
        let entries = self
            .items(name)?
            .iter()
            .filter(|item| !supplied::stands_for_nothing(item, declared))
            .map(|item| entry(name, declared, item))
            .collect::<Result<_, _>>()?;
        let header = declared.header.clone();
        self.table.push(Class {
            name: name.to_owned(),
            header,
            entries,
        });
        self.indices.insert(name.to_owned(), self.table.len() - 1);
        Ok(self.table.len() - 1)
    }
}

fn entry(class: &str, declared: &state_class::DeclaredClass, item: &Item) -> Result<Entry, String> {
    Ok(match item {
        Item::Check(value) => Entry::Check(*value),
        Item::Context => Entry::Context,
        Item::Instance(name) => return Err(format!("`{class}` saves `{name}` inside of it")),
        Item::Member { name, loops } => {
            let Some(variable) = declared.members.get(name) else {
                return Err(format!(
                    "`{class}` saves `{name}`, which its header does not declare"
                ));
            };
            let (dimensions, kind, inner) = shape(&variable.ty);
            // The loops go over the dimensions and then over the words of a wide vector.
            if !loops
                .iter()
                .copied()
                .eq(dimensions.iter().copied().chain(inner))
            {
                return Err(format!(
                    "`{class}` saves `{name}` with loops {loops:?} and declares it as {:?}",
                    variable.ty
                ));
            }
            let bare = name.strip_prefix("__PVT__").unwrap_or(name);
            Entry::Member(Member {
                cpp: name.clone(),
                name: names::unescape(bare),
                helper: is_helper(bare),
                port: variable.direction.is_some() || may_be_port(class, name),
                kind,
                dimensions,
            })
        }
    })
}

/// Whether Verilator made the variable: by its name, or beside one that the design forces, such as
/// `net__VforceEn`.
fn is_helper(name: &str) -> bool {
    name.split("__DOT__")
        .any(|part| part.starts_with("__V") || part.contains("__Vforce"))
}

/// Whether a member may be a port of a module that was not inlined. In later versions only its name shows it:
/// what is private to the module has a prefix, and public variables have none either.
fn may_be_port(class: &str, name: &str) -> bool {
    !name.starts_with("__") && !class.ends_with("___024root") && !class.ends_with("__Syms")
}

/// Dimensions, element, and the words that a serialize function loops over.
fn shape(ty: &Type) -> (Vec<u32>, Kind, Option<u32>) {
    let mut dimensions = Vec::new();
    let mut element = ty;
    while let Type::Array {
        element: inner,
        length,
    } = element
    {
        dimensions.push(*length);
        element = inner;
    }
    let (kind, inner) = match element {
        Type::Bits { msb, lsb, words } => {
            let bytes = match (words, cxx::width(*msb, *lsb)) {
                (Some(words), _) => words * 4,
                (None, 0..=8) => 1,
                (None, 9..=16) => 2,
                (None, 17..=32) => 4,
                (None, _) => 8,
            };
            (
                Kind::Bits {
                    msb: *msb,
                    lsb: *lsb,
                    bytes,
                },
                *words,
            )
        }
        Type::Real => (Kind::Real, None),
        Type::Text => (Kind::Text, None),
        Type::Event => (Kind::Other("VlEvent".to_owned()), None),
        Type::Other(name) if name == "bool" => (Kind::Bool, None),
        Type::Other(name) => (Kind::Other(name.clone()), None),
        Type::Array { .. } => unreachable!("arrays are peeled off above"),
    };
    (dimensions, kind, inner)
}
