//! Snapshots of one run in a store, against as many whole files.

use std::error::Error;

use lightsss_bench_rows::{Options, Row};
use lightsss_farm::content::put_named;
use lightsss_farm::store::Store;
use lightsss_runtime::durable::{SaveOptions, save};
use lightsss_runtime::ram::Ram;

const SNAPSHOTS: usize = 50;
const MIB: u64 = 64;
/// Pages that change from one snapshot to the next: side by side, as a run's stack and heap are.
const PAGES: u64 = 200;

pub fn row(options: &Options) -> Result<(), Box<dyn Error>> {
    let name = "farm/series/size";
    if !options.wants(name) {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("store").display().to_string())?;
    let mut ram = Ram::new(0, MIB << 20)?;
    let mut random = 1_u64;
    let mut next = || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        random >> 8
    };
    for word in 0..MIB << 17 {
        ram.write_u64(word * 8, next())?;
    }
    let (mut sent, mut whole) = (0, 0);
    for number in 0..options.samples(SNAPSHOTS, 5) {
        let first = next() % ((MIB << 8) - PAGES);
        for page in first..first + PAGES {
            ram.write_u64(page * 4096, next())?;
        }
        let path = folder.path().join("now.lsss");
        save(&path, &ram, &SaveOptions::new().cycle(number as u64))?;
        let put = put_named(&store, &format!("{number}.lsss"), &path)?;
        sent += put.sent;
        whole += put.length;
    }
    let what = format!(
        "{SNAPSHOTS} snapshots of {MIB} MiB in a store, {PAGES} pages changed between them"
    );
    let mut row = Row::new(name, what, "B", vec![sent as f64]);
    row.theirs = vec![whole as f64];
    row.theirs_is = "whole files".to_owned();
    row.print();
    Ok(())
}
