//! Results for programs.

use serde_json::{Value, json};

use super::summary::Summary;

/// The results as JSON: every task with its outcome, and each failure once.
#[must_use]
pub fn json(summary: &Summary) -> Value {
    let tasks: Vec<Value> = summary
        .rows()
        .map(|(entry, outcome)| {
            json!({
                "id": entry.task.id(),
                "name": entry.name,
                "command": entry.task.command_line(),
                "reproduce": summary.reproduce(entry),
                "outcome": outcome,
            })
        })
        .collect();
    let failures: Vec<Value> = summary
        .failures()
        .iter()
        .map(|alike| {
            let (entry, outcome) = alike.first();
            let name =
                |output: Option<&crate::campaign::Output>| output.map(|output| output.name.clone());
            json!({
                "status": outcome.status,
                "message": alike.message(),
                "place": outcome.place,
                "tasks": alike.tasks.iter().map(|(entry, _)| entry.task.id()).collect::<Vec<_>>(),
                "waveform": name(outcome.output(&["fst", "vcd"])),
                "snapshot": name(outcome.output(&["lsss"])),
                "reproduce": summary.reproduce(entry),
            })
        })
        .collect();
    json!({
        "campaign": summary.campaign.name,
        "passed": summary.passed(),
        "counts": {
            "all": summary.campaign.tasks.len(),
            "passed": summary.count(crate::campaign::Status::Passed),
            "waiting": summary.waiting(),
        },
        "failures": failures,
        "tasks": tasks,
    })
}
