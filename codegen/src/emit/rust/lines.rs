//! Lines of Rust.

/// The lines of a documentation comment.
pub fn doc(text: &str) -> String {
    let lines = text.split('\n').map(|line| match line {
        "" => "///".to_owned(),
        line => format!("/// {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A debug assertion that says `message`, a format, when it fails.
pub fn assertion(condition: &str, message: &str) -> String {
    format!("debug_assert!({condition}, {message:?});")
}

/// A name as a part of a format: its braces are doubled.
pub fn in_format(name: &str) -> String {
    name.replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_end_a_comment_or_begin_an_argument() {
        assert_eq!(doc("a */ b\n\nc"), "/// a */ b\n///\n/// c");
        let assertion = assertion("a", &in_format("`b{c\"}`"));
        assert_eq!(assertion, "debug_assert!(a, \"`b{{c\\\"}}`\");");
    }
}
