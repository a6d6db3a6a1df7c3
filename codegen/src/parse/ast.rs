//! Verilator's own view of the source: ports with their places, and types. From `--json-only`, or
//! `--xml-only` where that is missing.
//!
//! These formats come and go, so nothing depends on them but what C++ has no place for: signedness,
//! source lines, the fields of packed structs, the direction of some ports.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Deserialize;

/// What is read of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ast {
    /// Files by their short names.
    pub files: BTreeMap<String, String>,
    /// The top module's ports.
    pub ports: Vec<AstPort>,
    /// Types by their names.
    pub types: BTreeMap<String, AstType>,
}

/// A port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AstPort {
    /// Its name, escaped as in C++.
    pub name: String,
    /// `input`, `output` or `inout`.
    pub direction: String,
    /// The short name of its file, and its line.
    pub place: Option<(String, u32)>,
    /// Its type.
    pub ty: String,
}

/// A type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AstType {
    /// A type of the language, with a range if it has one.
    Basic {
        /// `logic`, `int`, ...
        keyword: String,
        /// Left and right bound.
        range: Option<(i32, i32)>,
        /// It has a sign.
        signed: bool,
    },
    /// Another name of a type, or an enumeration of it.
    Name(String),
    /// A packed array.
    Packed {
        /// How many.
        length: u32,
        /// Of what.
        of: String,
    },
    /// A structure: fields with their types, the highest first.
    Struct(Vec<(String, String)>),
    /// A union: fields with their types.
    Union(Vec<(String, String)>),
    /// Anything else.
    Other,
}

/// `e,3:16,3:19` or `e,3,16,3,19`
fn place(loc: &str) -> Option<(String, u32)> {
    let (file, rest) = loc.split_once(',')?;
    let line = rest.split([':', ',']).next()?.parse().ok()?;
    Some((file.to_owned(), line))
}

/// `7:0`, `[7:0]`
fn range(text: &str) -> Option<(i32, i32)> {
    let (left, right) = text.trim_matches(['[', ']']).split_once(':')?;
    Some((left.parse().ok()?, right.parse().ok()?))
}

fn length((left, right): (i32, i32)) -> u32 {
    left.abs_diff(right).saturating_add(1)
}

/// A node of `V*.tree.json`; what is not named here is passed over.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Node {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    addr: String,
    loc: String,
    level: u32,
    dtypep: String,
    #[serde(rename = "refDTypep")]
    ref_type: String,
    direction: String,
    var_type: String,
    keyword: String,
    range: String,
    decl_range: String,
    signed: bool,
    modulesp: Vec<Node>,
    miscsp: Vec<Node>,
    typesp: Vec<Node>,
    stmtsp: Vec<Node>,
    membersp: Vec<Node>,
}

/// The fields of a structure or union, with their types.
fn members(nodes: Vec<Node>) -> Vec<(String, String)> {
    nodes
        .into_iter()
        .map(|member| (member.name, member.ref_type))
        .collect()
}

/// Reads `V*.tree.json` and `V*.tree.meta.json`.
pub fn parse_json(tree: &str, meta: &str) -> Result<Ast, serde_json::Error> {
    #[derive(Deserialize)]
    struct Meta {
        files: BTreeMap<String, SourceFile>,
    }
    #[derive(Deserialize)]
    struct SourceFile {
        filename: String,
    }
    let meta: Meta = serde_json::from_str(meta)?;
    // Not at once: newer versions write some names twice, and the last one counts.
    let tree: serde_json::Value = serde_json::from_str(tree)?;
    let tree = Node::deserialize(&tree)?;
    let mut ast = Ast {
        files: meta
            .files
            .into_iter()
            .map(|(id, file)| (id, file.filename))
            .collect(),
        ..Ast::default()
    };
    // The top module is the least deep; which number that is differs from version to version.
    let top = tree.modulesp.iter().map(|module| module.level).min();
    let tops = tree
        .modulesp
        .into_iter()
        .filter(|module| Some(module.level) == top);
    for node in tops.flat_map(|module| module.stmtsp) {
        if node.kind == "VAR" && node.var_type == "PORT" {
            ast.ports.push(AstPort {
                name: node.name,
                direction: node.direction.to_lowercase(),
                place: place(&node.loc),
                ty: node.dtypep,
            });
        }
    }
    for node in tree.miscsp.into_iter().flat_map(|misc| misc.typesp) {
        let ty = match node.kind.as_str() {
            "BASICDTYPE" => AstType::Basic {
                range: range(&node.range),
                keyword: node.keyword,
                signed: node.signed,
            },
            "REFDTYPE" | "ENUMDTYPE" => AstType::Name(node.ref_type),
            "PACKARRAYDTYPE" => match range(&node.decl_range) {
                Some(range) => AstType::Packed {
                    length: length(range),
                    of: node.ref_type,
                },
                None => AstType::Other,
            },
            "STRUCTDTYPE" => AstType::Struct(members(node.membersp)),
            "UNIONDTYPE" => AstType::Union(members(node.membersp)),
            _ => AstType::Other,
        };
        ast.types.insert(node.addr, ty);
    }
    Ok(ast)
}

/// An attribute of an element.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    let value = attribute.value.into_owned();
    Some(quick_xml::escape::unescape(&value).map_or(value.clone(), std::borrow::Cow::into_owned))
}

/// What is known while an XML text is read.
#[derive(Default)]
struct Xml {
    ast: Ast,
    /// The names of the elements around, the outermost first.
    path: Vec<String>,
    /// The top module.
    top: Option<String>,
    /// The module being read.
    module: Option<String>,
    /// The type being read.
    open: Option<String>,
    /// The bounds of the range being read.
    bounds: Vec<i32>,
}

/// Reads `V*.xml`.
pub fn parse_xml(text: &str) -> Result<Ast, quick_xml::Error> {
    let name = |name: &str| name.to_owned();
    let mut xml = Xml::default();
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event()? {
            Event::Start(element) => {
                let name = name(element.name().as_ref());
                xml.element(&name, &element);
                xml.path.push(name);
            }
            Event::Empty(element) => xml.element(&name(element.name().as_ref()), &element),
            Event::End(element) => {
                xml.path.pop();
                if element.name().as_ref() == "packarraydtype" {
                    xml.packed_array_ends();
                }
            }
            Event::Eof => return Ok(xml.ast),
            _ => {}
        }
    }
}

impl Xml {
    fn element(&mut self, name: &str, element: &BytesStart<'_>) {
        let get = |name: &str| attribute(element, name);
        let parent = self.path.last().map_or("", String::as_str);
        match name {
            "file" => {
                if let (Some(id), Some(file)) = (get("id"), get("filename")) {
                    self.ast.files.insert(id, file);
                }
            }
            // The first is the top.
            "cell" if parent == "cells" && self.top.is_none() => self.top = get("submodname"),
            "module" => self.module = get("name"),
            "var" if parent == "module" && self.module == self.top => {
                if let (Some(name), Some(direction), Some(ty)) =
                    (get("name"), get("dir"), get("dtype_id"))
                {
                    self.ast.ports.push(AstPort {
                        name,
                        direction,
                        place: get("loc").and_then(|loc| place(&loc)),
                        ty,
                    });
                }
            }
            "memberdtype" => {
                if let (Some(name), Some(ty)) = (get("name"), get("sub_dtype_id"))
                    && let Some(id) = &self.open
                    && let Some(AstType::Struct(members) | AstType::Union(members)) =
                        self.ast.types.get_mut(id)
                {
                    members.push((name, ty));
                }
            }
            // `32'sh2`
            "const" if parent == "range" => self.bounds.extend(get("name").and_then(|text| {
                let (_, digits) = text.rsplit_once('h')?;
                Some(u32::from_str_radix(digits, 16).ok()?.cast_signed())
            })),
            _ if name.ends_with("dtype") => self.type_begins(name, element),
            _ => {}
        }
    }

    fn type_begins(&mut self, name: &str, element: &BytesStart<'_>) {
        let get = |name: &str| attribute(element, name);
        let Some(id) = get("id") else { return };
        let of = get("sub_dtype_id").unwrap_or_default();
        let bound = |name: &str| get(name)?.parse().ok();
        let ty = match name {
            "basicdtype" => AstType::Basic {
                keyword: get("name").unwrap_or_default(),
                range: bound("left").zip(bound("right")),
                signed: get("signed").is_some_and(|signed| signed == "true"),
            },
            "refdtype" | "enumdtype" => AstType::Name(of),
            "packarraydtype" => AstType::Packed { length: 0, of },
            "structdtype" => AstType::Struct(Vec::new()),
            "uniondtype" => AstType::Union(Vec::new()),
            _ => AstType::Other,
        };
        self.ast.types.insert(id.clone(), ty);
        self.bounds.clear();
        self.open = Some(id);
    }

    fn packed_array_ends(&mut self) {
        if let (Some(id), [left, right]) = (&self.open, &self.bounds[..])
            && let Some(AstType::Packed { length: to, .. }) = self.ast.types.get_mut(id)
        {
            *to = length((*left, *right));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_module_is_the_least_deep() {
        for top in [0, 1, 2] {
            let module = |name: &str, level: u32| {
                format!(
                    r#"{{"type":"MODULE","name":"{name}","level":{level},"stmtsp":[
                    {{"type":"VAR","name":"of_{name}","direction":"INPUT","varType":"PORT"}}]}}"#
                )
            };
            let (below, above) = (module("below", top + 1), module("above", top));
            let tree = format!(r#"{{"type":"NETLIST","modulesp":[{below},{above}]}}"#);
            let ast = parse_json(&tree, r#"{"files":{}}"#).unwrap();
            let names: Vec<&str> = ast.ports.iter().map(|port| &port.name[..]).collect();
            assert_eq!(names, ["of_above"]);
        }
    }

    #[test]
    fn names_that_are_written_twice_are_read() {
        let tree = r#"{"type":"NETLIST","modulesp":[{"type":"MODULE","level":1,"stmtsp":[
            {"type":"VAR","name":"request","loc":"e,3:16,3:19","dtypep":"(A)","direction":"INPUT",
             "varType":"PORT"}]}],
            "miscsp":[{"type":"TYPETABLE","typesp":[
            {"type":"STRUCTDTYPE","addr":"(A)","membersp":[
            {"type":"MEMBERDTYPE","name":"low","addr":"(B)","refDTypep":"(C)","name":"low"}]}]}]}"#;
        let meta = r#"{"files":{"e":{"filename":"t.sv"}}}"#;
        let ast = parse_json(tree, meta).unwrap();
        assert_eq!(ast.ports[0].place, Some(("e".to_owned(), 3)));
        let members = vec![("low".to_owned(), "(C)".to_owned())];
        assert_eq!(ast.types["(A)"], AstType::Struct(members));
        assert_eq!(ast.files["e"], "t.sv");
    }
}
