//! The modules of a crate: their files, items, imports and the paths that their code names.
//!
//! Code for tests is left out; it may look anywhere.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, UseTree, Visibility};

use super::sources::{Sources, folder, join};

/// The modules of one crate, its root first.
pub struct Modules(pub Vec<Module>);

#[derive(Default)]
pub struct Module {
    pub file: String,
    pub parent: Option<usize>,
    pub children: BTreeMap<String, usize>,
    pub items: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// Paths that the code names, without its imports.
    pub paths: BTreeSet<Vec<String>>,
    /// Every identifier in the code, without its imports.
    pub identifiers: BTreeSet<String>,
}

pub struct Import {
    pub path: Vec<String>,
    /// Nothing for a glob.
    pub name: Option<String>,
    pub public: bool,
}

/// Where the files of a module's children lie.
struct Place<'a> {
    file: &'a str,
    folder: String,
}

impl Modules {
    /// Reads the crate whose root is the file `root`.
    pub fn read(sources: &Sources, root: &str) -> Result<Self> {
        let mut modules = Self(Vec::new());
        modules.read_file(sources, root, None, folder(root).to_owned())?;
        Ok(modules)
    }

    fn read_file(
        &mut self,
        sources: &Sources,
        file: &str,
        parent: Option<usize>,
        children: String,
    ) -> Result<usize> {
        let text = sources
            .get(file)
            .with_context(|| format!("{file}: is named as a module, but does not exist"))?;
        let parsed = syn::parse_file(text).with_context(|| format!("could not parse {file}"))?;
        let place = Place {
            file,
            folder: children,
        };
        self.read_items(sources, &parsed.items, parent, &place)
    }

    fn read_items(
        &mut self,
        sources: &Sources,
        items: &[Item],
        parent: Option<usize>,
        place: &Place<'_>,
    ) -> Result<usize> {
        let at = self.0.len();
        self.0.push(Module {
            file: place.file.to_owned(),
            parent,
            ..Module::default()
        });
        for item in items {
            if is_test(attributes(item)) {
                continue;
            }
            match item {
                Item::Mod(module) => {
                    let child = self.read_module(sources, module, at, place)?;
                    self.0[at].children.insert(module.ident.to_string(), child);
                }
                Item::Use(import) => {
                    let public = !matches!(import.vis, Visibility::Inherited);
                    flatten(
                        &import.tree,
                        public,
                        &mut Vec::new(),
                        &mut self.0[at].imports,
                    );
                }
                item => {
                    if let Some(name) = name(item) {
                        self.0[at].items.insert(name);
                    }
                    Paths(&mut self.0[at]).visit_item(item);
                }
            }
        }
        Ok(at)
    }

    fn read_module(
        &mut self,
        sources: &Sources,
        module: &ItemMod,
        parent: usize,
        place: &Place<'_>,
    ) -> Result<usize> {
        let name = module.ident.to_string();
        let inner = format!("{}/{name}", place.folder);
        if let Some((_, items)) = &module.content {
            let place = Place {
                file: place.file,
                folder: inner,
            };
            return self.read_items(sources, items, Some(parent), &place);
        }
        if let Some(path) = path_attribute(&module.attrs) {
            let file = join(folder(place.file), &path)
                .with_context(|| format!("{}: `{path}` leaves the checkout", place.file))?;
            let children = folder(&file).to_owned();
            return self.read_file(sources, &file, Some(parent), children);
        }
        let nested = format!("{inner}/mod.rs");
        let file = match sources.get(&nested) {
            Some(_) => nested,
            None => format!("{inner}.rs"),
        };
        self.read_file(sources, &file, Some(parent), inner)
    }
}

fn flatten(tree: &UseTree, public: bool, prefix: &mut Vec<String>, imports: &mut Vec<Import>) {
    let mut add = |last: Option<String>, name: Option<String>| {
        let mut path = prefix.clone();
        path.extend(last.filter(|last| last != "self"));
        let name = name.map(|name| match name.as_str() {
            "self" => path.last().cloned().unwrap_or_default(),
            _ => name,
        });
        imports.push(Import { path, name, public });
    };
    match tree {
        UseTree::Path(part) => {
            prefix.push(part.ident.to_string());
            flatten(&part.tree, public, prefix, imports);
            prefix.pop();
        }
        UseTree::Name(part) => {
            let name = part.ident.to_string();
            add(Some(name.clone()), Some(name));
        }
        UseTree::Rename(part) => add(Some(part.ident.to_string()), Some(part.rename.to_string())),
        UseTree::Glob(_) => add(None, None),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, public, prefix, imports);
            }
        }
    }
}

/// Collects what the code of a module names.
struct Paths<'a>(&'a mut Module);

impl Paths<'_> {
    fn add(&mut self, path: Vec<String>) {
        self.0.identifiers.extend(path.iter().cloned());
        if path.len() > 1 {
            self.0.paths.insert(path);
        }
    }

    /// Finds `a::b::c` in the arguments or the body of a macro.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                TokenTree::Ident(word) => {
                    if colons != 2 {
                        self.add(std::mem::take(&mut path));
                    }
                    path.push(word.to_string());
                    colons = 0;
                }
                other => {
                    self.add(std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.add(path);
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, import: &'ast syn::ItemUse) {
        let mut imports = Vec::new();
        flatten(&import.tree, false, &mut Vec::new(), &mut imports);
        for import in imports {
            self.add(import.path);
        }
    }

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|part| part.ident.to_string());
        self.add(names.collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }
}

pub fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = quote::ToTokens::to_token_stream(&attribute.meta).to_string();
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg") && text.contains("test") && !text.contains("not"))
    })
}

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let value = &attribute.meta.require_name_value().ok()?;
        let syn::Expr::Lit(literal) = &value.value else {
            return None;
        };
        match &literal.lit {
            syn::Lit::Str(text) if attribute.path().is_ident("path") => Some(text.value()),
            _ => None,
        }
    })
}

pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}
