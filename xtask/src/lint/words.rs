//! Spelling, and words that the project does not use: `words.txt` lists them.
//!
//! Prose is read in Markdown, in comments, and in the messages of `#[error("...")]`, without code
//! spans and code blocks. Names are the identifiers of Rust sources, taken to pieces.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::breach::Breach;
use super::sources::{Sources, extension};

#[derive(Default)]
struct List {
    /// The words that must not occur in prose, in pieces, and what to write instead.
    prose: Vec<(Vec<String>, String)>,
    names: BTreeMap<String, String>,
}

pub fn check(sources: &Sources) -> Result<Vec<Breach>> {
    let list = List::parse(include_str!("words.txt"))?;
    let mut breaches = BTreeMap::new();
    for (path, text) in sources.all() {
        if extension(path) == "md" {
            list.check_prose(path, &markdown(text), &mut breaches);
        }
    }
    for (path, text) in sources.rust() {
        for block in comments(text) {
            list.check_prose(path, &block, &mut breaches);
        }
        let parsed = syn::parse_file(text).with_context(|| format!("could not parse {path}"))?;
        let mut messages = Messages(Vec::new());
        messages.visit_file(&parsed);
        for message in messages.0 {
            list.check_prose(path, &markdown(&message), &mut breaches);
        }
        list.check_names(path, text.parse().unwrap_or_default(), &mut breaches);
    }
    Ok(breaches
        .into_iter()
        .map(|(key, why)| Breach::new(key, why))
        .collect())
}

impl List {
    fn parse(text: &str) -> Result<Self> {
        let mut list = Self::default();
        let mut section = "";
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with('[') {
                section = line;
                continue;
            }
            let Some((word, instead)) = line.split_once(": ") else {
                bail!("words.txt: expected `word: instead`, found `{line}`");
            };
            if matches!(section, "[prose]" | "[everywhere]") {
                list.prose.push((words(word), instead.to_owned()));
            }
            if matches!(section, "[names]" | "[everywhere]") {
                list.names.insert(word.to_owned(), instead.to_owned());
            }
        }
        Ok(list)
    }

    fn check_prose(&self, path: &str, text: &str, breaches: &mut BTreeMap<String, String>) {
        let text = words(text);
        for (word, instead) in &self.prose {
            if text.windows(word.len()).any(|found| found == word) {
                let key = format!("{path}: {}", word.join(" "));
                breaches.insert(key, format!("write `{instead}`"));
            }
        }
    }

    fn check_names(
        &self,
        path: &str,
        tokens: TokenStream,
        breaches: &mut BTreeMap<String, String>,
    ) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.check_names(path, group.stream(), breaches),
                TokenTree::Ident(name) => {
                    let name = name.to_string();
                    for piece in pieces(&name) {
                        if let Some(instead) = self.names.get(&piece) {
                            let why = format!("as in `{name}`: name it `{instead}`");
                            breaches.entry(format!("{path}: {piece}")).or_insert(why);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// The words of `text` in lower case.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .replace('\u{2019}', "'")
        .split(|sign: char| !sign.is_alphanumeric() && sign != '\'')
        .map(|word| word.trim_matches('\'').to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// `OpensLent` and `opens_lent` are `opens` and `lent`.
fn pieces(name: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for sign in name.chars() {
        if sign == '_' || sign.is_uppercase() {
            pieces.push(String::new());
        }
        if let Some(last) = pieces.last_mut()
            && sign != '_'
        {
            last.extend(sign.to_lowercase());
        }
    }
    // A constant in upper case falls into single letters.
    if name.chars().all(|sign| !sign.is_lowercase()) {
        return name.to_lowercase().split('_').map(str::to_owned).collect();
    }
    pieces
}

/// The text without code blocks and code spans; a number stands for each span.
fn markdown(text: &str) -> String {
    let mut prose = String::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    let outside = prose.split('`').step_by(2);
    outside.collect::<Vec<_>>().join(" 0 ")
}

/// The comments that stand on lines of their own, a block each.
fn comments(text: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in text.lines().map(str::trim_start) {
        let inside = ["///", "//!", "//"]
            .iter()
            .find_map(|mark| line.strip_prefix(mark));
        match (inside, blocks.last_mut()) {
            (Some(inside), Some(last)) => {
                last.push_str(inside.trim_start());
                last.push('\n');
            }
            (None, Some(last)) if !last.is_empty() => blocks.push(String::new()),
            _ => {}
        }
    }
    blocks.iter().map(|block| markdown(block)).collect()
}

/// The texts of `#[error("...")]`.
struct Messages(Vec<String>);

impl<'ast> Visit<'ast> for Messages {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("error")
            && let syn::Meta::List(list) = &attribute.meta
        {
            for token in list.tokens.clone() {
                if let TokenTree::Literal(text) = token {
                    self.0.push(text.to_string());
                }
            }
        }
        visit::visit_attribute(self, attribute);
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::lint::sources::Sources;

    fn keys(path: &str, text: &str) -> Vec<String> {
        let breaches = check(&Sources::of(&[(path, text)])).unwrap();
        breaches.into_iter().map(|breach| breach.key).collect()
    }

    #[test]
    fn a_word_of_the_list_is_a_breach_in_a_document_and_none_in_code() {
        let text = "It can\u{2019}t work.\n\n```\ncan't\n```\n`colour = color`\n";
        assert_eq!(keys("README.md", text), ["README.md: can't"]);
    }

    #[test]
    fn a_code_span_divides_words() {
        let found = keys("README.md", "A file of `folder`, which is read.\n");
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn words_that_a_line_break_divides_are_found() {
        let text = "/// The file of\n/// which nothing is known.\nstruct File;\n";
        assert_eq!(keys("a.rs", text), ["a.rs: of which"]);
    }

    #[test]
    fn a_word_in_the_message_of_an_error_is_a_breach() {
        let text = r#"enum E { #[error("the file can't be read")] Read }"#;
        assert_eq!(keys("a.rs", text), ["a.rs: can't"]);
    }

    #[test]
    fn an_invented_noun_in_a_name_is_a_breach() {
        let text = "fn cut_leash() {} struct SeatMap; const LENT: u8 = 0; fn mending() {}";
        assert_eq!(
            keys("a.rs", text),
            ["a.rs: leash", "a.rs: lent", "a.rs: seat"]
        );
    }
}
