//! The table is checked against Verilator's functions and headers when a model is built: where it does
//! not fit them there is none, and everything goes through Verilator's operators.

use std::path::{Path, PathBuf};

use lightsss_codegen::{Summary, describe_folder};
use tempfile::TempDir;

/// A copy of the folder that Verilator wrote, for a test to change.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let copy = tempfile::tempdir().unwrap();
        let folder = Path::new(env!("OUT_DIR")).join("soc/verilated");
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        Self(copy)
    }

    fn sources(&self) -> impl Iterator<Item = PathBuf> {
        let entries = self.0.path().read_dir().unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "cpp"))
    }

    /// Replaces text in all sources, which has to be there.
    fn replace(self, from: &str, to: &str) -> Self {
        let mut found = false;
        for path in self.sources() {
            let text = std::fs::read_to_string(&path).unwrap();
            found |= text.contains(from);
            std::fs::write(&path, text.replace(from, to)).unwrap();
        }
        assert!(found, "no source has `{from}`");
        self
    }

    fn state(self) -> Summary {
        let report = describe_folder("soc", self.0.path()).unwrap();
        report.state.expect("a savable model").summary()
    }

    /// Why there is no table.
    fn reason(self) -> String {
        let state = self.state();
        assert_eq!((state.members, state.bytes), (0, 0));
        state.no_table.expect("no table fits")
    }
}

#[test]
fn what_verilator_wrote_has_a_table() {
    let state = Copy::new().state();
    assert_eq!(state.no_table, None);
    assert!(state.members > 30, "{state:?}");
    assert!(state.bytes > 1000, "{state:?}");
    assert!(
        state.through_operators > 0,
        "the soc has strings: {state:?}"
    );
    // The symbol table, the top module, and modules that are not inlined.
    assert!(state.instances >= 4, "{state:?}");
}

#[test]
fn a_member_that_no_header_declares_makes_the_model_unsavable() {
    let folder = Copy::new()
        .replace("<<soc__DOT__total;", "<<soc__DOT__sum;")
        .replace(">>soc__DOT__total;", ">>soc__DOT__sum;");
    let report = describe_folder("soc", folder.0.path()).unwrap();
    assert_eq!(report.state, None);
    let reason = report
        .unsavable
        .expect("its save function does not compile");
    assert!(reason.contains("`soc__DOT__sum`"), "{reason}");
}

#[test]
fn a_member_that_is_saved_and_not_restored_is_noticed() {
    let reason = Copy::new().replace("os>>soc__DOT__total;", "").reason();
    let expected = "saves other members than it restores";
    assert!(reason.contains(expected), "{reason}");
}

#[test]
fn a_loop_that_leaves_elements_out_is_noticed() {
    // The first dimension of `table_of_wide`, whose lengths no other member has.
    let folder = Copy::new();
    let text: String = folder
        .sources()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let at = text
        .find("[__Vi0][__Vi1][__Vi2];")
        .expect("a member of three loops");
    let before = &text[..at];
    let start = before.rfind("__Vi0 < ").expect("its first loop");
    let line = before[start..].lines().next().unwrap();
    let reason = folder.replace(line, "__Vi0 < 1; ++__Vi0) {").reason();
    assert!(reason.contains("with loops [1"), "{reason}");
}

#[test]
fn a_statement_that_is_not_known_is_noticed() {
    let reason = Copy::new()
        .replace("os<<soc__DOT__total;", "os.write(&soc__DOT__total, 8);")
        .reason();
    let expected =
        "expected statements of a serialize function, found `os.write(&soc__DOT__total, 8);`";
    assert!(reason.contains(expected), "{reason}");
}
