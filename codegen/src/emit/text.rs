//! Rust text, laid out as people write it.
//!
//! It is written as text and not as tokens because build scripts run without optimisation: there,
//! parsing tokens and printing them took ten times what all the rest of this crate takes.

/// Columns within which a line is not broken. Indents are multiples of four.
const WIDTH: usize = 89;

/// A text that grows.
#[derive(Default)]
pub struct Text(String);

impl Text {
    /// The whole text.
    pub fn finish(self) -> String {
        self.0
    }

    /// Whether a line of these parts is not broken.
    pub fn fits(indent: usize, parts: &[&str]) -> bool {
        indent + parts.iter().map(|part| part.len()).sum::<usize>() <= WIDTH
    }

    /// Adds lines as they are.
    pub fn put(&mut self, lines: &str) {
        self.0.push_str(lines);
    }

    /// Adds lines with values in their places, each of which is a name between `$`.
    pub fn fill(&mut self, template: &str, values: &[(&str, &str)]) {
        let mut parts = template.split('$');
        while let Some(text) = parts.next() {
            self.put(text);
            let Some(name) = parts.next() else { return };
            match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => self.put(value),
                None => unreachable!("a template's `{name}` has no value"),
            }
        }
    }

    /// Adds one line.
    pub fn line(&mut self, indent: usize, line: &str) {
        self.indent(indent);
        self.put(line);
        self.put("\n");
    }

    /// Adds documentation.
    pub fn doc(&mut self, indent: usize, doc: &str) {
        if doc.contains('\n') && !doc.contains("*/") && !doc.contains("/*") {
            self.indent(indent);
            self.put("/**");
            self.put(doc);
            self.put("*/\n");
            return;
        }
        for line in doc.split('\n') {
            self.indent(indent);
            self.put("///");
            self.put(line);
            self.put("\n");
        }
    }

    /// Adds `head`, `items` with commas between them and `tail`: on one line, or with each item on a
    /// line of its own.
    pub fn list<T: AsRef<str>>(&mut self, indent: usize, head: &str, items: &[T], tail: &str) {
        let between: usize = items.iter().map(|item| item.as_ref().len() + 2).sum();
        self.indent(indent);
        self.put(head);
        if items.is_empty() || indent + head.len() + between - 2 + tail.len() <= WIDTH {
            for (at, item) in items.iter().enumerate() {
                self.put(if at == 0 { "" } else { ", " });
                self.put(item.as_ref());
            }
        } else {
            self.put("\n");
            for item in items {
                self.indent(indent + 4);
                self.put(item.as_ref());
                self.put(",\n");
            }
            self.indent(indent);
        }
        self.put(tail);
        self.put("\n");
    }

    /// Adds `head`, each of `members` with a comma behind it on a line of its own, and `tail`.
    pub fn members<T: AsRef<str>>(&mut self, head: &str, members: &[T], tail: &str) {
        self.put(head);
        if !members.is_empty() {
            self.put("\n");
        }
        for member in members {
            self.put("    ");
            self.put(member.as_ref());
            self.put(",\n");
        }
        self.put(tail);
        self.put("\n");
    }

    /// Adds `head { body tail`, where `tail` begins with the brace that closes: on one line, or on
    /// three.
    pub fn block(&mut self, indent: usize, head: &str, body: &str, tail: &str) {
        if indent + head.len() + body.len() + tail.len() + 4 <= WIDTH {
            self.indent(indent);
            for part in [head, " { ", body, " ", tail, "\n"] {
                self.put(part);
            }
        } else {
            self.line(indent, &format!("{head} {{"));
            self.line(indent + 4, body);
            self.line(indent, tail);
        }
    }

    /// Adds a debug assertion that says `message`, a format, when it fails.
    pub fn assertion(&mut self, indent: usize, condition: &str, message: &str) {
        let message = format!("{message:?}");
        let long = condition.len() + 2 + message.len();
        if indent + "debug_assert!();".len() + long <= WIDTH {
            self.line(indent, &format!("debug_assert!({condition}, {message});"));
            return;
        }
        self.line(indent, "debug_assert!(");
        if indent + 4 + long <= WIDTH {
            self.line(indent + 4, &format!("{condition}, {message}"));
        } else {
            self.line(indent + 4, &format!("{condition},"));
            self.line(indent + 4, &message);
        }
        self.line(indent, ");");
    }

    fn indent(&mut self, columns: usize) {
        for _ in 0..columns / 4 {
            self.put("    ");
        }
    }
}

/// A name as a part of a format: its braces are doubled.
pub fn in_format(name: &str) -> String {
    name.replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Text)) -> String {
        let mut out = Text::default();
        write(&mut out);
        out.finish()
    }

    #[test]
    fn lines_are_broken_where_they_do_not_fit() {
        let list = |letters: usize| {
            let item = "i".repeat(letters);
            written(|out| out.list(4, "f(", &["self", &item], ");"))
        };
        // Indent, `f(self, ` and `);` are 14 columns.
        assert_eq!(list(WIDTH - 14).len(), WIDTH + 1);
        let item = "i".repeat(WIDTH - 13);
        assert_eq!(
            list(WIDTH - 13),
            format!("    f(\n        self,\n        {item},\n    );\n")
        );
        let block =
            |letters: usize| written(|out| out.block(0, "unsafe", &"b".repeat(letters), "}"));
        assert_eq!(block(WIDTH - 11).lines().count(), 1);
        assert_eq!(block(WIDTH - 10).lines().count(), 3);
        let assertion = |letters: usize| {
            let message = "m".repeat(letters);
            written(|out| out.assertion(0, "a", &message))
                .lines()
                .count()
        };
        assert_eq!(assertion(WIDTH - 21), 1);
        assert_eq!(assertion(WIDTH - 20), 3);
        assert_eq!(assertion(WIDTH - 8), 4);
    }

    #[test]
    fn names_do_not_end_a_comment_or_begin_an_argument() {
        let doc = written(|out| out.doc(4, " a */ b\n c"));
        assert_eq!(doc, "    /// a */ b\n    /// c\n");
        let assertion = written(|out| out.assertion(0, "a", &in_format("`b{c\"}`")));
        assert_eq!(assertion, "debug_assert!(a, \"`b{{c\\\"}}`\");\n");
    }
}
