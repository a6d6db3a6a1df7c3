//! `V*__ver.d`: the files that Verilator read.

use std::path::PathBuf;

/// The sources that the model was made from, as Verilator names them: relative to where it ran.
pub fn parse(text: &str) -> Vec<PathBuf> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text
        .replace("\\\n", " ")
        .chars()
        .collect::<Vec<_>>()
        .into_iter();
    while let Some(c) = chars.next() {
        match c {
            // A blank in a name is written `\ `.
            '\\' => word.extend(chars.next()),
            c if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
        .into_iter()
        .skip_while(|word| word != ":")
        .skip(1)
        .filter(|word| !word.is_empty())
        .map(PathBuf::from)
        .collect()
}
