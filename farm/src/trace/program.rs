//! The command line of the run, and those of its pieces.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lightsss_runtime::RunArgs;
use lightsss_runtime::durable::{RestoreOptions, Snapshot};

use super::error::TraceError;
use super::folder::Files;
use super::plan::Piece;

/// The program of the run, and what of its command line decides what it computes.
pub(super) struct Program {
    program: OsString,
    args: RunArgs,
}

impl Program {
    /// Of a command line as the run itself had it. Options for slots, waveforms, reports and snapshots decide nothing.
    pub(super) fn parse(line: &[OsString]) -> Result<Self, TraceError> {
        let Some(program) = line.first() else {
            return Err(TraceError::CommandLine(
                "it is missing; write it behind `--`".to_owned(),
            ));
        };
        let args = RunArgs::try_parse_from(line);
        Ok(Self {
            program: program.clone(),
            args: args.map_err(|error| {
                TraceError::CommandLine(error.to_string().trim_end().to_owned())
            })?,
        })
    }

    /// The snapshot that the run itself began from, and its cycle.
    pub(super) fn start(&self) -> Result<(Option<PathBuf>, u64), TraceError> {
        let Some(path) = &self.args.restore else {
            return Ok((None, 0));
        };
        let opened = Snapshot::open(path, &RestoreOptions::default());
        let snapshot = opened.map_err(|error| TraceError::CommandLine(error.to_string()))?;
        Ok((Some(path.clone()), snapshot.header().cycle))
    }

    /// The cycle at which the run was to end.
    pub(super) fn end(&self) -> Option<u64> {
        self.args.max_cycles
    }

    /// Restores `snapshot` and runs nothing: whether the program is that of the series.
    pub(super) fn probe(&self, snapshot: &Path, cycle: u64, files: &Files) -> Command {
        let mut command = self.command(Some(snapshot), files);
        command
            .args(["--slots", "0", "--max-cycles"])
            .arg(cycle.to_string());
        self.end_of(command)
    }

    /// Runs a piece, and saves its state where it ends at a seam.
    pub(super) fn piece(&self, piece: &Piece, traced: bool, files: &Files) -> Command {
        let mut command = self.command(piece.start.as_deref(), files);
        let mut option = |name: &str, value: &OsStr| {
            command.arg(name).arg(value);
        };
        let number = |number: u64| OsString::from(number.to_string());
        if let Some(to) = piece.to {
            option("--max-cycles", &number(to));
            if piece.seam.is_some() {
                option("--save-at", &number(to));
                option("--save-dir", files.end.as_os_str());
            }
        }
        if traced {
            option("--wave", files.wave.as_os_str());
            if piece.wave_from.is_some() || piece.wave_to.is_some() {
                option(
                    "--wave-from",
                    &number(piece.wave_from.unwrap_or(piece.from)),
                );
            }
            if let Some(to) = piece.wave_to {
                option("--wave-to", &number(to));
            }
            command.arg("--trace-all");
        } else {
            option("--slots", OsStr::new("0"));
        }
        self.end_of(command)
    }

    fn command(&self, restore: Option<&Path>, files: &Files) -> Command {
        let mut command = Command::new(&self.program);
        command
            .stdin(Stdio::null())
            .arg("--quiet")
            .arg("--report")
            .arg(&files.report);
        if let Some(restore) = restore {
            command.arg("--restore").arg(restore);
            for folder in &self.args.restore_files_below {
                command.arg("--restore-files-below").arg(folder);
            }
            if let Some(share) = self
                .args
                .restore_by_name
                .filter(|_| self.args.restore.as_deref() == Some(restore))
            {
                command.arg("--restore-by-name").arg(share.to_string());
            }
        }
        command
    }

    fn end_of(&self, mut command: Command) -> Command {
        command.arg("--").args(&self.args.args);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &str) -> Vec<OsString> {
        words.split_whitespace().map(OsString::from).collect()
    }

    fn words(command: &Command) -> String {
        let words: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect();
        words.join(" ")
    }

    #[test]
    fn a_piece_has_the_arguments_of_the_harness_and_none_of_the_runs_options() {
        let text = "./soc --slots 4 +bug --save-every 1000 --wave all.fst --max-cycles 9000 -- work=sort -- x";
        let program = Program::parse(&line(text)).unwrap();
        assert_eq!(program.end(), Some(9000));
        let files = Files::of(Path::new("w"), "fst");
        let mut piece = Piece {
            number: 0,
            start: Some("a.lsss".into()),
            from: 10,
            to: Some(20),
            seam: Some("b.lsss".into()),
            wave_from: None,
            wave_to: Some(15),
        };
        assert_eq!(
            words(&program.piece(&piece, true, &files)),
            "--quiet --report w/report.json --restore a.lsss --max-cycles 20 --save-at 20 --save-dir w/end \
             --wave w/wave.fst --wave-from 10 --wave-to 15 --trace-all -- +bug work=sort -- x"
        );
        (piece.start, piece.to, piece.seam, piece.wave_to) = (None, None, None, None);
        assert_eq!(
            words(&program.piece(&piece, false, &files)),
            "--quiet --report w/report.json --slots 0 -- +bug work=sort -- x"
        );
    }

    #[test]
    fn a_wrong_command_line_is_refused() {
        for text in ["", "./soc --slotz 3", "./soc work=sort"] {
            assert!(Program::parse(&line(text)).is_err(), "{text}");
        }
    }
}
