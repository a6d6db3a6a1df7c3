//! Pieces that were cut by hand; whole runs of cores are in `tests/timeline`.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

const DEFINITIONS: &str = "$date today $end
$timescale 1ps $end
$scope module TOP $end
$var wire 1 ! clk $end
$scope module soc $end
$var wire 1 ! clk $end
$var wire 10 # pc [9:0] $end
$var real 64 % load $end
$upscope $end
$upscope $end
$enddefinitions $end
";

fn files(folder: &Path, bodies: &[&str]) -> Vec<PathBuf> {
    let write = |(number, body): (usize, &&str)| {
        let path = folder.join(format!("{number}.vcd"));
        fs::write(&path, format!("{DEFINITIONS}{body}")).unwrap();
        path
    };
    bodies.iter().enumerate().map(write).collect()
}

fn joined(bodies: &[&str]) -> Result<String, JoinError> {
    let folder = tempfile::tempdir().unwrap();
    let pieces = files(folder.path(), bodies);
    let out = folder.path().join("out.vcd");
    let joined = join(&pieces, &out);
    let names = fs::read_dir(folder.path()).unwrap();
    assert_eq!(
        names.count(),
        bodies.len() + usize::from(joined.is_ok()),
        "nothing else is left"
    );
    joined?;
    Ok(fs::read_to_string(&out).unwrap()[DEFINITIONS.len()..].to_owned())
}

const FIRST: &str = "#0\n0!\nb0000000000 #\nr0.5 %\n#5\n1!\n#10\n0!\nb0000000001 #\n";

#[test]
fn opening_values_stay_where_they_differ() {
    let second = "#15\n1!\nb0000000001 #\nr1.5 %\n#20\n0!\n";
    let text = joined(&[FIRST, second]).unwrap();
    assert_eq!(text, format!("{FIRST}#15\n1!\nr1.5 %\n#20\n0!\n"));
    assert_eq!(joined(&[FIRST]).unwrap(), FIRST);
}

#[test]
fn a_time_that_both_have_is_written_once() {
    let second = "#10\n0!\nb0000000001 #\nr0.5 %\n#15\n1!\n";
    assert_eq!(
        joined(&[FIRST, second]).unwrap(),
        format!("{FIRST}#15\n1!\n")
    );
    let other = "#10\n0!\nb0000000011 #\nr0.75 %\n#15\n1!\n";
    let error = joined(&[FIRST, other]).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "shows other values at time 10 than the piece before it: TOP.soc.pc, TOP.soc.load"
        ),
        "{error}"
    );
}

#[test]
fn pieces_out_of_order_and_damaged_ones_are_refused() {
    for (second, expected) in [
        (
            "#5\n0!\n",
            "begins at time 5, and the piece before it ends at 10",
        ),
        ("#15\n0!\n#12\n1!\n", "time 12 in it comes behind time 15"),
        ("#15\n0!\n#2x\n", "a time in it is no number"),
        ("#15\n0?\n", "a change of `?`, which it does not define"),
        ("#15\nb101", "`b101` in it is neither a time nor a change"),
        ("#15\n0!\n#20\n1!", "it ends within a line"),
        ("#15\nhm\n", "`hm` in it is neither a time nor a change"),
        ("", "it has no values"),
    ] {
        let error = joined(&[FIRST, second]).unwrap_err().to_string();
        assert!(error.contains(expected), "{second:?}: {error}");
    }
}

#[test]
fn waveforms_of_other_models_and_formats_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut pieces = files(folder.path(), &[FIRST, "#15\n1!\n"]);
    let out = folder.path().join("out.vcd");
    let other = DEFINITIONS.replace("10 # pc [9:0]", "12 # pc [11:0]");
    fs::write(&pieces[1], other + "#15\n1!\n").unwrap();
    let error = join(&pieces, &out).unwrap_err().to_string();
    let expected = "where the first defines `$var wire 10 # pc [9:0]`, the other defines `$var wire 12 # pc [11:0]`";
    assert!(error.contains(expected), "{error}");
    fs::write(&pieces[1], [0, 0, 0]).unwrap();
    let error = join(&pieces, &out).unwrap_err().to_string();
    assert!(
        error.contains("a file of Vcd, the other one of Fst"),
        "{error}"
    );
    let error = join(&pieces[1..], &out).unwrap_err().to_string();
    assert!(error.contains("ends before 9 bytes"), "{error}");
    let error = join(&pieces, &pieces[0]).unwrap_err();
    assert!(matches!(error, JoinError::OutputIsPiece { .. }), "{error}");
    pieces.clear();
    assert!(matches!(join(&pieces, &out), Err(JoinError::NoPieces)));
    assert!(matches!(
        join(&pieces, folder.path()),
        Err(JoinError::Output(_))
    ));
    assert!(!out.exists());
}
