//! Where the processes of a `--timing` model wait: the generated coroutines name the place of each delay and of each
//! event control.

use std::collections::BTreeSet;
use std::path::Path;

/// Adds the places that the text of a source names: file and line.
pub fn parse(text: &str, places: &mut BTreeSet<(String, u32)>) {
    for wait in text.split("co_await ").skip(1) {
        // `vlSelf->__VdlySched.delay(5U, "t.sv",\n 26);`
        let call = wait.split(");").next().unwrap_or_default();
        let mut arguments = call.rsplit(',').map(str::trim);
        if let (Some(Ok(line)), Some(file)) = (arguments.next().map(str::parse), arguments.next())
            && let Some(file) = file
                .strip_prefix('"')
                .and_then(|file| file.strip_suffix('"'))
        {
            places.insert((file.to_owned(), line));
        }
    }
}

/// A place in words, with the module that is around it, as far as the source can be read.
pub fn describe(package: &Path, file: &str, line: u32) -> String {
    let text = std::fs::read_to_string(package.join(file)).unwrap_or_default();
    let before = text.lines().take(line as usize);
    let heads = before.filter_map(|line| {
        let rest = line.trim_start().strip_prefix("module ")?.trim_start();
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$');
        name.into_iter()
            .find(|word| !word.is_empty() && *word != "automatic")
    });
    match heads.last() {
        Some(module) => format!("in module `{module}` at {file}:{line}"),
        None => format!("at {file}:{line}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_delays_and_event_controls() {
        let text = "co_await vlSelf->__VdlySched.delay(3U, \"a/t.sv\", \n    14);\nx = 1;\n\
                    co_await vlSelfRef.__VtrigSched_h0.trigger(0U, nullptr, \"@( a, b)\",\n \"a/t.sv\", 9);";
        let mut places = BTreeSet::new();
        parse(text, &mut places);
        let places: Vec<_> = places.into_iter().collect();
        assert_eq!(
            places,
            [("a/t.sv".to_owned(), 9), ("a/t.sv".to_owned(), 14)]
        );
    }

    #[test]
    fn names_the_module_around() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("t.sv"),
            "module a; endmodule\nmodule automatic b(input x);\n#3;\n",
        )
        .unwrap();
        assert_eq!(
            describe(folder.path(), "t.sv", 3),
            "in module `b` at t.sv:3"
        );
        assert_eq!(describe(folder.path(), "gone.sv", 3), "at gone.sv:3");
    }
}
