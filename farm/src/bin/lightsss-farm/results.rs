//! `lightsss-farm results`.

use std::path::PathBuf;

use lightsss_farm::FileError;
use lightsss_farm::results::{self, Summary, json, junit, page};

use crate::failure::Failure;
use crate::place::Chosen;
use crate::say::print;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    chosen: Chosen,
    /// Print JSON for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    files: Files,
}

/// Files that results are written to.
#[derive(Debug, clap::Args)]
pub(crate) struct Files {
    /// Write the results as JUnit's XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a page for a browser
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Files {
    /// The options and files that were given, for a process in another folder.
    pub(crate) fn absolute(&self) -> Result<Vec<(&'static str, PathBuf)>, Failure> {
        let given = [("--junit", &self.junit), ("--html", &self.html)];
        let given = given
            .into_iter()
            .filter_map(|(name, path)| Some((name, path.as_ref()?)));
        let make = |(name, path): (&'static str, &PathBuf)| {
            let absolute = std::path::absolute(path).map_err(FileError::of("find", path))?;
            Ok((name, absolute))
        };
        given.map(make).collect()
    }

    pub(crate) fn write(&self, summary: &Summary) -> Result<(), Failure> {
        if let Some(path) = &self.junit {
            results::write(path, &junit(summary)?)?;
        }
        if let Some(path) = &self.html {
            results::write(path, &page(summary))?;
        }
        Ok(())
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let (store, _, campaign) = arguments.chosen.open()?;
    let summary = Summary::read(&store, campaign)?;
    arguments.files.write(&summary)?;
    if arguments.json {
        print(format_args!(
            "{}\n",
            serde_json::to_string_pretty(&json(&summary))?
        ))?;
    } else {
        print(format_args!("{summary}"))?;
    }
    Ok(u8::from(!summary.passed()))
}
