//! The server for viewers, asked by a client that knows nothing of it but the protocol's specification.

mod viewer;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use viewer::{Served, Viewer, command, femtoseconds, values};
use wellen::simple;

/// Cycles that a core runs.
const CYCLES: u64 = 4000;

/// Of a waveform: the changes of each variable, by the identifier that the protocol has for it.
fn shown(path: &Path) -> BTreeMap<String, Vec<(u64, String)>> {
    let mut wave = simple::read(path).unwrap();
    let hierarchy = wave.hierarchy();
    let variables: Vec<_> = hierarchy
        .all_vars()
        .map(|var| &hierarchy[var])
        .map(|var| {
            let name = var.full_name(hierarchy).replace(".[", "[");
            let short = name.strip_prefix("TOP.").unwrap_or(&name).replace('.', " ");
            (short, var.signal_ref())
        })
        .collect();
    let signals: Vec<_> = variables.iter().map(|(_, signal)| *signal).collect();
    wave.load_signals(&signals);
    let times = wave.time_table();
    variables
        .into_iter()
        .map(|(name, signal)| {
            let loaded = wave.get_signal(signal).unwrap();
            let changes = loaded.iter_changes();
            let changes = changes.map(|(at, value)| (times[at as usize], value.to_string()));
            (name, changes.collect())
        })
        .collect()
}

fn at(changes: &[(u64, String)], time: u64) -> &str {
    let behind = changes.partition_point(|(at, _)| *at <= time);
    behind.checked_sub(1).map_or("", |at| &changes[at].1)
}

/// Looks at random windows of a core, and holds each sample against the waveform of the whole run.
fn look_at_core(core: &str) {
    let folder = tempfile::tempdir().unwrap();
    let whole = command(
        folder.path(),
        &format!("--trace-all --max-cycles {CYCLES} -- core={core}"),
    )
    .status();
    assert!(whole.unwrap().success());
    let shown = shown(&folder.path().join("wave.fst"));

    let line = format!(
        "--serve 0 --serve-paused --serve-cycles 3000 --checkpoint-cycles 700 --slots 9 --max-cycles {} -- core={core}",
        CYCLES + 1000
    );
    let mut served = Served::start(folder.path(), &line);
    let mut viewer = Viewer::greeted(&served);
    let status = viewer.status();
    assert_eq!(status["status"], json!("paused"), "{status}");
    let begun = femtoseconds(&status["latest_time"]);
    // Ticks of the waveform are picoseconds here.
    let end = begun + u128::from(2 * (CYCLES - 1)) * 1000;
    let paused = viewer.run_until(end);
    assert!((end..end + 2000).contains(&paused), "{paused} for {end}");
    let status = viewer.status();
    assert_eq!(femtoseconds(&status["latest_time"]), paused);
    assert!(femtoseconds(&status["next_sample_time"]) > paused);

    let items = viewer.command("list_items", json!({"scope": null}))["items"].take();
    let items = items.as_object().unwrap();
    let known: Vec<(&str, usize)> = items
        .iter()
        .map(|(id, item)| (id.as_str(), item["width"].as_u64().unwrap() as usize))
        .filter(|(id, width)| {
            shown
                .get(*id)
                .is_some_and(|all| at(all, 5000).len() == *width)
        })
        .collect();
    assert!(known.len() > 60, "{} items are in both", known.len());
    assert!(
        core == "serv" || known.iter().any(|(id, _)| id.contains('[')),
        "no word of an array"
    );
    let all = viewer.query(0, paused, None, true, false);
    let times: Vec<u128> = all
        .iter()
        .map(|sample| femtoseconds(&sample["time"]))
        .collect();
    assert_eq!(times.len(), 3001, "the window");
    assert!(times.is_sorted());

    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..12 {
        let chosen: Vec<(&str, usize)> =
            (0..5).map(|_| known[random.usize(..known.len())]).collect();
        let (ids, widths): (Vec<&str>, Vec<usize>) = chosen.iter().copied().unzip();
        viewer.reference("chosen", &ids);
        let from = random.usize(..times.len());
        let to = (from + random.usize(..200)).min(times.len() - 1);
        let collapse = round % 3 != 0;
        let samples = viewer.query(times[from], times[to] + 1, Some("chosen"), collapse, false);
        if !collapse {
            assert_eq!(samples.len(), to - from + 1);
        }
        let mut samples = samples.iter().peekable();
        let mut last: Vec<String> = Vec::new();
        for time in &times[from..=to] {
            if let Some(sample) = samples.next_if(|sample| femtoseconds(&sample["time"]) == *time) {
                last = values(sample, &widths);
            }
            let tick = u64::try_from(time / 1000).unwrap();
            for (id, value) in ids.iter().zip(&last) {
                assert_eq!(value, at(&shown[*id], tick), "{core}: `{id}` at {tick}");
            }
        }
        assert_eq!(samples.next(), None);
    }
    drop(viewer);
    served.says("the viewer has gone");
    served.kill();
}

#[test]
fn values_of_the_demos_core_are_those_of_its_waveform() {
    look_at_core("demo");
}

#[test]
fn values_of_picorv32_are_those_of_its_waveform() {
    look_at_core("picorv32");
}

#[test]
fn values_of_serv_are_those_of_its_waveform() {
    look_at_core("serv");
}

#[test]
fn scopes_are_those_of_the_items() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), "--serve 0 --serve-paused -- core=demo");
    let mut viewer = Viewer::greeted(&served);
    let scopes = viewer.command("list_scopes", json!({"scope": null}))["scopes"].take();
    let scopes = scopes.as_object().unwrap();
    assert!(
        scopes.contains_key("") && scopes.contains_key("soc u_core"),
        "{scopes:?}"
    );
    let mut counted = 0;
    for id in scopes.keys() {
        let own = viewer.command("list_items", json!({"scope": id}))["items"].take();
        for item in own.as_object().unwrap().keys() {
            assert_eq!(item.rsplit_once(' ').map_or("", |(scope, _)| scope), id);
            counted += 1;
        }
        let within = viewer.command("list_scopes", json!({"scope": id}))["scopes"].take();
        for scope in within.as_object().unwrap().keys() {
            assert_eq!(scope.rsplit_once(' ').map_or("", |(scope, _)| scope), id);
        }
    }
    let all = viewer.command("list_items", json!({"scope": null}))["items"].take();
    assert_eq!(all.as_object().unwrap().len(), counted);
    served.kill();
}

#[test]
fn each_message_has_one_answer_in_order_whatever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(
        folder.path(),
        "--serve 0 --serve-paused --checkpoint-cycles 100 -- limit=901",
    );
    let mut viewer = Viewer::connect(&served);
    let status = json!({"type": "command", "command": "get_simulation_status"});
    assert_eq!(viewer.ask(&status)["error"], json!("protocol_error"));
    assert_eq!(
        viewer.ask(&json!({"type": "greeting", "version": 1}))["error"],
        json!("protocol_error")
    );
    drop(viewer);

    let mut viewer = Viewer::greeted(&served);
    let query = |from: &str, to: &str, items: Value, encoding: Value| {
        json!({"type": "command", "command": "query_interval", "interval": [from, to], "collapse": true,
            "items": items, "item_values_encoding": encoding, "diagnostics": false})
    };
    let zero = "0.000000000000000";
    let messages = [
        ("", "invalid_packet"),
        ("garbage", "invalid_packet"),
        ("\u{1F600}{", "invalid_packet"),
        ("{}", "protocol_error"),
        (r#"{"type":"greeting","version":0}"#, "protocol_error"),
        (r#"{"type":"command","command":"dance"}"#, "invalid_command"),
        (r#"{"type":"command","command":"list_items"}"#, ""),
        (
            r#"{"type":"command","command":"list_items","scope":"nowhere"}"#,
            "invalid_args",
        ),
        (
            r#"{"type":"command","command":"reference_items","reference":"a","items":[["ghost"]]}"#,
            "invalid_args",
        ),
        (
            r#"{"type":"command","command":"reference_items","reference":"a","items":null}"#,
            "invalid_reference",
        ),
        (
            &query(zero, zero, json!("a"), json!("base64(u32)")).to_string(),
            "invalid_reference",
        ),
        (
            &query(zero, zero, json!("a"), json!("hex")).to_string(),
            "invalid_item_values_encoding",
        ),
        (
            &query("now", zero, Value::Null, Value::Null).to_string(),
            "invalid_args",
        ),
        (
            &query("1.000000000000000", zero, Value::Null, Value::Null).to_string(),
            "invalid_args",
        ),
        (&query(zero, zero, Value::Null, Value::Null).to_string(), ""),
        (&status.to_string(), ""),
        (r#"{"type":"command","command":"pause_simulation"}"#, ""),
    ];
    // All at once: clients do not wait for answers.
    let texts = messages.iter().map(|(text, _)| *text);
    let all: Vec<&str> = texts.chain([""]).collect();
    viewer.send_bytes(all.join("\0").as_bytes());
    for (text, code) in messages {
        let answer = viewer.receive().unwrap();
        if code.is_empty() {
            assert_eq!(answer["type"], json!("response"), "{text}: {answer}");
        } else {
            assert_eq!(
                (&answer["type"], &answer["error"]),
                (&json!("error"), &json!(code)),
                "{text}: {answer}"
            );
            assert!(
                answer["message"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
        }
    }

    served.kill();
}

#[test]
fn clients_come_and_go_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let line = "--serve 0 --serve-paused --checkpoint-cycles 100 -- limit=901";
    let served = Served::start(folder.path(), line);
    let status = json!({"type": "command", "command": "get_simulation_status"});
    let mut viewer = Viewer::greeted(&served);
    let mut second = Viewer::connect(&served);
    let refused = second.receive().unwrap();
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains("another client"),
        "{refused}"
    );
    assert_eq!(second.receive(), None);

    // One that goes in the middle of a message, and one that goes before its answer.
    viewer.send_bytes(b"{\"type\":\"comm");
    drop(viewer);
    let mut viewer = Viewer::greeted(&served);
    viewer.send(&status);
    drop(viewer);
    let mut viewer = Viewer::greeted(&served);
    assert_eq!(viewer.status()["status"], json!("paused"));
    assert_eq!(viewer.run_until(50_000_000), 50_000_000);
    let samples = viewer.query(10_000_000, 12_000_000, None, true, true);
    assert_eq!(samples.len(), 3, "{samples:?}");
    served.kill();
}

#[test]
fn a_failure_is_a_diagnostic_and_the_run_is_shown_until_the_user_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let line = "--serve 0 --serve-paused --checkpoint-cycles 100 -- limit=901";
    let mut served = Served::start(folder.path(), line);
    let mut viewer = Viewer::greeted(&served);
    viewer.reference("items", &["harness cycle", "harness total"]);
    let run = |diagnostics: Value| json!({"until_time": null, "until_diagnostics": diagnostics, "sample_item_values": true});
    viewer.command("run_simulation", run(json!(["assert", "break"])));
    let again = viewer.ask(
        &json!({"type": "command", "command": "run_simulation", "until_time": null,
        "until_diagnostics": [], "sample_item_values": true}),
    );
    let event = viewer.receive().unwrap();
    // The run may have failed before the second command came.
    let (event, again) = if again["type"] == "event" {
        (again, event)
    } else {
        (event, again)
    };
    assert_eq!(again["error"], json!("invalid_status"), "{again}");
    assert_eq!(event["cause"], json!("until_diagnostics"), "{event}");
    served.says("Ctrl-C ends it");
    let status = viewer.status();
    assert_eq!(status["status"], json!("finished"));
    let end = femtoseconds(&status["latest_time"]);
    assert_eq!(end, 901 * 1_000_000);
    let samples = viewer.query(end - 99_500_000, end, Some("items"), true, true);
    let last = samples.last().unwrap();
    assert_eq!(values(last, &[64, 64])[0], format!("{:064b}", 901));
    let text = |sample: &Value, kind: &str| {
        let all = sample["diagnostics"].as_array().unwrap();
        let one = all.iter().find(|one| one["type"] == kind);
        one.map(|one| one["text"].as_str().unwrap().to_owned())
    };
    assert!(
        text(last, "assert").unwrap().contains("the total is 901"),
        "{last}"
    );
    let prints: Vec<String> = samples
        .iter()
        .filter_map(|sample| text(sample, "print"))
        .collect();
    assert_eq!(prints, ["cycle 900"]);
    served.interrupt();
    let (status, text) = served.ended();
    assert_eq!(status, Some(1), "{text}");
    assert_eq!(viewer.receive(), None);
}

#[test]
fn a_crashed_run_is_served_by_its_supervisor() {
    let folder = tempfile::tempdir().unwrap();
    let line = "--serve 0 --serve-paused --checkpoint-cycles 100 -- crash=450";
    let mut served = Served::start(folder.path(), line);
    let mut viewer = Viewer::greeted(&served);
    let run = json!({"until_time": null, "until_diagnostics": [], "sample_item_values": true});
    viewer.command("run_simulation", run);
    assert_eq!(
        viewer.receive(),
        None,
        "the connection ends with the process"
    );
    served.read_address();
    let mut viewer = Viewer::greeted(&served);
    let status = viewer.status();
    assert_eq!(status["status"], json!("finished"));
    assert_eq!(femtoseconds(&status["latest_time"]), 450_000_000);
    viewer.reference("items", &["harness cycle"]);
    let samples = viewer.query(0, 450_000_000, Some("items"), true, false);
    assert_eq!(
        values(samples.last().unwrap(), &[64])[0],
        format!("{:064b}", 450)
    );
    served.interrupt();
    let (status, text) = served.ended();
    assert_eq!(status, None, "{text}");
}

#[test]
fn a_run_that_goes_on_is_looked_at_and_paused() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(
        folder.path(),
        "--serve 0 --checkpoint-cycles 5000 -- core=demo",
    );
    let mut viewer = Viewer::greeted(&served);
    let mut latest = || {
        let status = viewer.status();
        assert_eq!(status["status"], json!("running"));
        femtoseconds(&status["latest_time"])
    };
    let begun = latest();
    while latest() == begun {}
    let paused = femtoseconds(&viewer.command("pause_simulation", json!({}))["time"]);
    let status = viewer.status();
    assert_eq!(
        (&status["status"], femtoseconds(&status["latest_time"])),
        (&json!("paused"), paused)
    );
    let samples = viewer.query(0, paused, None, true, false);
    assert!(samples.len() > 1);
    assert_eq!(femtoseconds(&samples.last().unwrap()["time"]), paused);
    served.kill();
}

#[test]
fn a_run_that_ends_well_does_not_wait_for_a_viewer_and_wrong_addresses_end_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), "--serve 0 --max-cycles 500");
    let (status, text) = served.ended();
    assert_eq!(status, Some(0), "{text}");
    for (line, expected) in [
        ("--serve nowhere --max-cycles 500", "cannot listen there"),
        ("--serve 0 --slots 0 --max-cycles 500", "keep one at least"),
        ("--serve-paused --max-cycles 500", "--serve"),
        ("--serve 0 --serve-cycles 0 --max-cycles 500", "above 0"),
    ] {
        let output = command(folder.path(), line).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{line}: {text}");
        assert!(text.contains(expected), "{line}: {text}");
    }
}
