//! Templates with named places.

/// Fills the places of a template. A place is a name between two `$`.
///
/// A place that stands alone on its line takes as many lines as its value has, each with the indent of the place; it
/// takes no line when the value is empty. Any other place takes its value as it is.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let value = |name: &str| match values.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => *value,
        None => unreachable!("a template's `{name}` has no value"),
    };
    let mut out = String::with_capacity(template.len() * 2);
    for line in template.split_inclusive('\n') {
        let bare = line.trim();
        if let Some(name) = bare
            .strip_prefix('$')
            .and_then(|rest| rest.strip_suffix('$'))
            && !name.contains('$')
        {
            let indent = &line[..line.len() - line.trim_start().len()];
            for line in value(name).lines() {
                if !line.is_empty() {
                    out.push_str(indent);
                    out.push_str(line);
                }
                out.push('\n');
            }
            continue;
        }
        let mut parts = line.split('$');
        while let Some(text) = parts.next() {
            out.push_str(text);
            if let Some(name) = parts.next() {
                out.push_str(value(name));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn a_place_within_a_line_takes_its_value() {
        assert_eq!(
            fill("int $a$($b$);\n", &[("a", "f"), ("b", "")]),
            "int f();\n"
        );
    }

    #[test]
    fn a_place_alone_on_its_line_takes_as_many_lines_as_its_value_has() {
        let template = "{\n    $lines$\n}\n";
        assert_eq!(fill(template, &[("lines", "")]), "{\n}\n");
        assert_eq!(fill(template, &[("lines", "a;")]), "{\n    a;\n}\n");
        assert_eq!(
            fill(template, &[("lines", "a;\n\nb;\n")]),
            "{\n    a;\n\n    b;\n}\n"
        );
    }

    #[test]
    #[should_panic(expected = "`missing` has no value")]
    fn a_place_without_a_value_is_a_bug() {
        fill("$missing$", &[]);
    }
}
