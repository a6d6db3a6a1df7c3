//! The state by name, in live models and in snapshots.

use lightsss_runtime::savable::{
    Image, ModelOptions, restore_from_image, restore_from_image_with,
    save_to_image_through_operators,
};
use lightsss_runtime::state::{
    Bits, Difference, Filter, Initial, Kind, Parts, Policy, Signal, State, StateError, StoredState,
    Value, differences, show,
};
use lightsss_tests_state::fuse::today;
use lightsss_tests_state::{Soc, SocNext, section};

fn stored(section: &[u8]) -> StoredState<'_> {
    StoredState::read(section)
        .expect("a section")
        .expect("a table")
}

#[test]
fn the_table_accounts_for_every_byte() {
    let mut soc = Soc::new();
    soc.run_to(100);
    // `state` compares the table's stream with the one that Verilator's operators write.
    let state = soc
        .dut
        .state()
        .expect("a table that agrees with the operators");
    let names: Vec<String> = state.signals().map(|signal| signal.name()).collect();
    for wanted in [
        "clk",
        "soc.ram",
        "soc.table_of_wide",
        "soc.total",
        "soc.ratio",
        "soc.label_text",
        "soc.seen",
        "soc.spoken",
        "soc.p0.odd$name.here",
        "soc.p0.a__b",
        "soc.f0.slots",
        "soc.f1.slots",
        "soc.f0.head",
    ] {
        assert!(
            names.iter().any(|name| name == wanted),
            "{wanted} is not among {names:#?}"
        );
    }
    let ram = state.signal("soc.ram").unwrap();
    assert_eq!(
        (ram.kind(), ram.dimensions()),
        (Kind::Bits { msb: 31, lsb: 0 }, &[256][..])
    );
    let offset = state.signal("offset").unwrap();
    assert_eq!(offset.kind(), Kind::Bits { msb: 39, lsb: 8 });
    assert!(offset.is_port());
    let slots = state.signal("soc.f1.slots").unwrap();
    assert_eq!((slots.width(), slots.dimensions()), (16, &[16][..]));
    assert_eq!(
        state.signal("soc.table_of_wide").unwrap().dimensions(),
        [4, 8]
    );
    assert!(state.signals().any(|signal| signal.is_helper()));
    assert!(
        state
            .signals()
            .filter(Signal::is_helper)
            .all(|signal| signal.name().contains("__V"))
    );
}

#[test]
fn both_ways_write_the_same_stream_and_read_it() {
    let mut soc = Soc::new();
    soc.run_to(321);
    let named = soc.image();
    let operators = save_to_image_through_operators(&soc.dut).unwrap();
    let (named_bytes, operator_bytes) = (section(&named), section(&operators));
    let (ours, theirs) = (
        Parts::read(&named_bytes).unwrap(),
        Parts::read(&operator_bytes).unwrap(),
    );
    assert!(ours.is_named() && !theirs.is_named());
    assert_eq!(ours.stream, theirs.stream);
    assert_eq!(
        (ours.fingerprint, ours.time),
        (theirs.fingerprint, Some(641))
    );

    // Each is read both ways, and each time the run goes on as the original does.
    let mut expected = Vec::new();
    for _ in 0..500 {
        expected.push(soc.step());
    }
    let last = section(&soc.image());
    for image in [&named, &operators] {
        for through_operators in [false, true] {
            let mut other = Soc::new();
            other.run_to(7);
            let models = ModelOptions {
                through_operators,
                ..ModelOptions::default()
            };
            restore_from_image_with(&mut other.dut, image, models).unwrap();
            assert_eq!(other.dut.context().time(), 641);
            other.cycle = 321;
            let found: Vec<_> = (0..500).map(|_| other.step()).collect();
            assert_eq!(found, expected);
            assert_eq!(section(&other.image()), last);
        }
    }
}

#[test]
fn damaged_sections_are_refused_and_change_nothing() {
    let mut soc = Soc::new();
    soc.run_to(50);
    let image = soc.image();
    let good = section(&image);
    soc.run_to(60);
    let before = section(&soc.image());
    let mut refused = 0;
    let parts = Parts::read(&good).unwrap();
    let stream_at = good.len() - parts.stream.len();
    let table_at = good
        .windows(7)
        .position(|bytes| bytes == b"LSSTATE")
        .unwrap();
    // Every byte of what stands before the stream, and the stream's checks and lengths.
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x41;
        let mut damaged = Image::from_parts(image.schema().to_vec(), image.stream().to_vec());
        damaged.push_section(lightsss_runtime::savable::SectionKind::Model, "soc", bytes);
        if restore_from_image(&mut soc.dut, &damaged).is_err() {
            refused += 1;
            if at % 64 == 0 {
                assert_eq!(section(&soc.image()), before, "byte {at}");
            }
        } else {
            // Values can be any, those of the time and of the random generator too; the table, the
            // lengths and the check values cannot.
            assert!(at >= stream_at || at < table_at, "byte {at} of {stream_at}");
            let mut own = Image::from_parts(image.schema().to_vec(), image.stream().to_vec());
            own.push_section(
                lightsss_runtime::savable::SectionKind::Model,
                "soc",
                before.clone(),
            );
            restore_from_image(&mut soc.dut, &own).unwrap();
        }
        if at < stream_at {
            let mut short = Image::from_parts(image.schema().to_vec(), image.stream().to_vec());
            short.push_section(
                lightsss_runtime::savable::SectionKind::Model,
                "soc",
                good[..at].to_vec(),
            );
            assert!(
                restore_from_image(&mut soc.dut, &short).is_err(),
                "cut at {at}"
            );
        }
    }
    assert!(refused > stream_at / 2);
    assert_eq!(section(&soc.image()), before);
}

#[test]
fn peeks_and_pokes() {
    let mut soc = Soc::new();
    soc.run_to(20);
    let (y, x) = (soc.dut.y(), soc.dut.x());
    let wide = soc.dut.wide().to_u128();
    let mut state: State<'_> = soc.dut.state().unwrap();
    assert_eq!(state.get::<u32>("y").unwrap(), y);
    assert_eq!(state.get::<u32>("soc.y").unwrap(), y);
    assert_eq!(state.get::<u32>("TOP.x").unwrap(), x);
    assert_eq!(state.get::<u128>("wide").unwrap(), wide);
    assert_eq!(state.peek("soc.ratio").unwrap(), Value::Real(27.0));
    assert!(state.get::<f64>("soc.ratio").unwrap() > 26.5);
    assert_eq!(
        state.get::<String>("soc.label_text").unwrap(),
        format!("n{x}")
    );
    assert_eq!(state.peek_all("soc.ram").unwrap().len(), 256);

    state.poke("soc.ram[17]", 0xdead_beef_u32).unwrap();
    assert_eq!(state.get::<u32>("soc.ram[17]").unwrap(), 0xdead_beef);
    state
        .poke("soc.table_of_wide[3][5]", 1_u128 << 100)
        .unwrap();
    assert_eq!(
        state.get::<u128>("soc.table_of_wide[3][5]").unwrap(),
        1 << 100
    );
    assert_eq!(
        state.get::<u128>("soc.table_of_wide[3][4]").unwrap() >> 100 & 1,
        0
    );
    state.poke("soc.label_text", "poked").unwrap();
    assert_eq!(state.get::<String>("soc.label_text").unwrap(), "poked");
    state.poke("soc.ratio", 0.25).unwrap();
    assert_eq!(state.peek("soc.ratio").unwrap(), Value::Real(0.25));
    // A model sees what was poked: the pipeline hands it on.
    state.poke("soc.p0.a__b", 0x55aa_u32).unwrap();
    soc.step();
    assert_eq!(soc.dut.y(), 0x55aa);
}

#[test]
fn signed_and_wide_values() {
    let mut soc = Soc::new();
    soc.run_to(20);
    let mut state = soc.dut.state().unwrap();
    state.poke("soc.total", -2).unwrap();
    assert_eq!(state.get::<u64>("soc.total").unwrap(), u64::MAX - 1);
    assert_eq!(state.get::<i8>("soc.total").unwrap(), -2);
    assert_eq!(state.get::<i128>("soc.total").unwrap(), -2);
    state.poke("soc.f0.head", -8_i64).unwrap();
    assert_eq!(state.get::<u8>("soc.f0.head").unwrap(), 8);
    assert_eq!(state.get::<i32>("soc.f0.head").unwrap(), -8);
    state.poke("soc.f0.head", 15).unwrap();
    for value in [-9, 16] {
        let error = state.poke("soc.f0.head", value).unwrap_err();
        assert!(
            matches!(&error, StateError::Type { found, .. } if found == "a vector of 4 bits"),
            "{error}"
        );
    }
    assert_eq!(state.get::<u8>("soc.f0.head").unwrap(), 15);
    assert!(state.poke("soc.ratio", -1).is_err());
    state.poke("soc.total", 1_u64 << 63).unwrap();
    let error = state.get::<i32>("soc.total").unwrap_err();
    assert!(matches!(error, StateError::Type { .. }), "{error}");

    let mut fuse = today::Harness::new(1);
    for x in 1..=25 {
        fuse.step(x);
    }
    let mut state = fuse.dut.state().unwrap();
    assert!(state.get::<u128>("broad").is_err());
    let broad: Bits = state.get("broad").unwrap();
    // The newest byte is the lowest.
    assert_eq!(broad.width(), 200);
    assert_eq!(broad.words()[0], 0x1617_1819);
    assert_eq!(broad.words()[6], 0x01);
    state.poke("broad", -3_i8).unwrap();
    assert_eq!(
        state.get::<Bits>("broad").unwrap(),
        Bits::new(200, &[u32::MAX - 2, !0, !0, !0, !0, !0, 0xff])
    );
    assert_eq!(state.get::<i16>("broad").unwrap(), -3);
    state.poke("broad", broad.clone()).unwrap();
    assert_eq!(state.peek("broad").unwrap(), Value::from(broad));
}

#[test]
fn refuses_what_does_not_fit() {
    let mut soc = Soc::new();
    let mut state = soc.dut.state().unwrap();
    let error = state.poke("soc.f0.head", 16_u8).unwrap_err();
    assert!(
        matches!(&error, StateError::Type { found, .. } if found == "a vector of 4 bits"),
        "{error}"
    );
    assert!(matches!(
        state.peek("soc.ram[256]"),
        Err(StateError::Index { .. })
    ));
    assert!(matches!(
        state.peek("soc.ram"),
        Err(StateError::Index { .. })
    ));
    assert!(matches!(
        state.get::<bool>("y"),
        Err(StateError::Type { .. })
    ));
    assert!(matches!(
        state.poke("soc.seen", 1_u8),
        Err(StateError::Type { .. })
    ));
    let Err(StateError::UnknownName(unknown)) = state.peek("soc.totl") else {
        panic!("a name that is not there was found");
    };
    assert_eq!(unknown.near[0], "soc.total");
    assert!(
        unknown.to_string().contains("did you mean `soc.total`"),
        "{unknown}"
    );
    let Err(StateError::UnknownName(unknown)) = state.peek("soc.f0.total") else {
        panic!("a name that is not there was found");
    };
    assert!(unknown.near.contains(&"soc.total".to_owned()), "{unknown}");
}

#[test]
fn parts_of_signals_are_read_and_written() {
    let mut soc = Soc::new();
    let mut state = soc.dut.state().unwrap();
    state.poke("soc.ram[3]", 0x1234_5678_u32).unwrap();
    assert_eq!(state.get::<u8>("soc.ram[3][15:8]").unwrap(), 0x56);
    state.poke("soc.ram[3][15:8]", 0xff_u8).unwrap();
    state.poke("soc.ram[3][31]", true).unwrap();
    assert_eq!(state.get::<u32>("soc.ram[3][31:0]").unwrap(), 0x9234_ff78);
    let error = state.poke("soc.ram[3][15:8]", 0x100_u32).unwrap_err();
    assert!(error.to_string().contains("a vector of 8 bits"), "{error}");
    let some = state.peek_all("soc.ram[2..=4][7:0]").unwrap();
    assert_eq!(some.len(), 3);
    assert_eq!(some[1], Value::Bits(Bits::new(8, &[0x78])));
    for missing in [
        "soc.ram[3][32]",
        "soc.ram[255..=256]",
        "soc.ram[2..4]",
        "y[7:0][1]",
    ] {
        let error = state.peek(missing).unwrap_err();
        assert!(
            matches!(error, StateError::Index { .. }),
            "{missing}: {error}"
        );
    }
    let bytes = section(&soc.image());
    let text = |path: &str| -> Vec<String> {
        let shown = show(&stored(&bytes), &Filter::new([path]));
        shown.iter().map(ToString::to_string).collect()
    };
    assert_eq!(text("soc.ram[3]"), ["soc.ram[3][31:0]: 0x9234_ff78"]);
    assert_eq!(text("soc.ram[3][15:8]"), ["soc.ram[3][15:8]: 0xff"]);
    assert_eq!(text("soc.ram[0x3..4][31]"), ["soc.ram[3][31]: 1"]);
    // What is printed is a path.
    for line in text("soc") {
        let path = line.split(": ").next().unwrap();
        assert_eq!(text(path), std::slice::from_ref(&line), "{path}");
    }
}

#[test]
fn a_snapshot_shows_its_signals_without_a_model() {
    let mut soc = Soc::new();
    soc.run_to(40);
    let y = soc.dut.y();
    let label = format!("soc.label_text: \"n{}\"", soc.dut.x());
    let bytes = section(&soc.image());
    let lines: Vec<String> = show(&stored(&bytes), &Filter::default())
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = format!("y[31:0]: 0x{:04x}_{:04x}", y >> 16, y & 0xffff);
    assert!(
        lines.contains(&expected),
        "{expected} is not among {lines:#?}"
    );
    assert!(lines.contains(&label), "{label} is not among {lines:#?}");
    assert!(!lines.iter().any(|line| line.contains("__V")));
    // What is the same in neighbouring elements takes one line.
    let table: Vec<_> = show(&stored(&bytes), &Filter::new(["soc.table_of_wide"]));
    assert!(table.len() < 32, "{table:#?}");
    let only: Vec<String> = show(&stored(&bytes), &Filter::new(["*.head"]))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(only.len(), 2, "{only:#?}");
}

#[test]
fn names_what_differs() {
    let mut soc = Soc::new();
    soc.run_to(30);
    let before = section(&soc.image());
    let mut state = soc.dut.state().unwrap();
    for at in [3, 4, 5, 9] {
        state
            .poke(&format!("soc.ram[{at}]"), 0x10_u32 + at)
            .unwrap();
    }
    state.poke("soc.f1.head", 15_u8).unwrap();
    let after = section(&soc.image());
    let found = differences(&stored(&before), &stored(&after), &Filter::default());
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    let range = lines
        .iter()
        .find(|line| line.starts_with("soc.ram[3..=5]: 3 elements:"))
        .unwrap();
    assert!(range.contains("-> 0x0000_0013"), "{range}");
    assert!(
        lines.contains(&"soc.ram[9][31:0]: 0x0909_0909 -> 0x0000_0019".to_owned()),
        "{lines:#?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("soc.f1.head[3:0]: 0x")),
        "{lines:#?}"
    );
    assert_eq!(lines.len(), 3);
    let filtered = differences(&stored(&before), &stored(&after), &Filter::new(["soc.f1"]));
    assert!(
        matches!(&filtered[..], [Difference::Value { to: Value::Bits(bits), .. }] if bits.to_u128() == Some(15))
    );
}

#[test]
fn migrates_by_name_when_asked() {
    let mut old = Soc::new();
    old.run_to(200);
    let image = old.image();
    let mut new = SocNext::new();
    new.run_to(3);
    let untouched = section(&new.image());

    let refused = restore_from_image(&mut new.dut, &image)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("by name"), "{refused}");
    let by_name = |most_unmatched| ModelOptions {
        policy: Policy::ByName { most_unmatched },
        ..ModelOptions::default()
    };
    let strict = by_name(0.01);
    let refused = restore_from_image_with(&mut new.dut, &image, strict).unwrap_err();
    assert!(
        refused.to_string().contains("the policy allows 0.01"),
        "{refused}"
    );
    assert_eq!(section(&new.image()), untouched);

    restore_from_image_with(&mut new.dut, &image, by_name(0.3)).unwrap();
    new.cycle = 200;
    let report = new.dut.migration().expect("a report").clone();
    let new_names: Vec<&str> = report.new.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        new_names.contains(&"soc.p0.extra") && new_names.contains(&"soc.tally"),
        "{report}"
    );
    assert!(report.gone.contains(&"soc.total".to_owned()), "{report}");
    assert!(
        report
            .new
            .iter()
            .all(|(name, how)| name.contains("__V") || *how == Initial::Kept)
    );
    assert!(report.reshaped.is_empty() && report.settled, "{report}");
    assert_eq!(report.time, Some(399));
    assert_eq!(new.dut.context().time(), 399);

    // What the renamed signal held is given to it by hand.
    let total: u64 = old.dut.state().unwrap().get("soc.total").unwrap();
    new.dut.state().unwrap().poke("soc.tally", total).unwrap();

    // The run goes on rightly: all but the longer pipeline is as in the old model, and that one is a
    // cycle late once its new register has been filled.
    let mut previous = None;
    for cycle in 200..400 {
        let (old_y, old_z, old_sum) = old.step();
        let (new_y, new_z, new_sum) = new.step();
        assert_eq!((new_z, new_sum), (old_z, old_sum), "cycle {cycle}");
        if cycle >= 205 {
            assert_eq!(Some(new_y), previous, "cycle {cycle}");
        }
        previous = Some(old_y);
    }
    for name in [
        "soc.ram",
        "soc.table_of_wide",
        "soc.f0.slots",
        "soc.last",
        "soc.ratio",
    ] {
        let (old, new) = (old.dut.state().unwrap(), new.dut.state().unwrap());
        assert_eq!(
            old.peek_all(name).unwrap(),
            new.peek_all(name).unwrap(),
            "{name}"
        );
    }
}
