//! This program as a worker, and as the guard of a task.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lightsss_farm::store::Store;
use lightsss_farm::worker::{self, WorkerOptions};

/// A worker, with the words that executors give one.
pub fn work(words: &[String]) -> Result<(), Box<dyn Error>> {
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name);
        at.and_then(|at| words.get(at + 1))
            .ok_or_else(|| format!("a worker needs {name}"))
    };
    let options = WorkerOptions {
        session: value("--session")?.clone(),
        number: value("--number")?.parse()?,
        of: value("--of")?.parse()?,
        cache: value("--cache")?.into(),
        cache_size: value("--cache-size")?.parse()?,
        lease: std::time::Duration::from_millis(value("--lease")?.trim_end_matches("ms").parse()?),
        guard: vec![std::env::current_exe()?.into(), "guard".into()],
    };
    let store = Store::open(value("--store")?)?;
    worker::work(
        &store,
        value("--plan")?.parse()?,
        &options,
        &Arc::new(AtomicBool::new(false)),
    )?;
    Ok(())
}

/// A guard: what follows `--` is the program.
pub fn guard(words: &[String]) -> Result<(), Box<dyn Error>> {
    let program: Vec<String> = words
        .iter()
        .skip_while(|word| *word != "--")
        .skip(1)
        .cloned()
        .collect();
    Ok(worker::guard::run(&program, None)?)
}
