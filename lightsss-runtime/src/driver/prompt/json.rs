//! The line protocol: one JSON request a line, one answer a line. `docs/prompt.md` specifies it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::answer::Answer;
use super::command::Command;
use super::past::Trouble;

/// The version of the protocol; a change that a client may stumble over is another one.
pub const VERSION: u32 = 1;

/// A line that says that requests are read from here on.
#[derive(Serialize)]
pub struct Ready<'f> {
    lightsss: &'static str,
    version: u32,
    cycle: u64,
    failure: Option<&'f str>,
}

/// An answer to a request.
#[derive(Serialize)]
struct Line<'a> {
    id: Value,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cancelled: bool,
}

pub fn ready(cycle: u64, failure: Option<&str>) -> String {
    text(&Ready {
        lightsss: "prompt",
        version: VERSION,
        cycle,
        failure,
    })
}

/// Reads a request. Gives its `id`, which its answer repeats, and the command or what is wrong with it.
pub fn request(line: &str) -> (Value, Result<Command, String>) {
    let mut request: Map<String, Value> = match serde_json::from_str(line) {
        Ok(request) => request,
        Err(error) => return (Value::Null, Err(format!("not a JSON object: {error}"))),
    };
    let id = request.remove("id").unwrap_or_default();
    let command = serde_json::from_value(Value::Object(request)).map_err(|error| error.to_string());
    (id, command)
}

/// The line that answers a request. `at` is the cycle at which the prompt is now.
pub fn answer(id: Value, at: u64, answer: &Result<Answer, Trouble>) -> String {
    text(&Line {
        id,
        ok: answer.is_ok(),
        at: Some(at),
        result: answer.as_ref().ok(),
        error: match answer {
            Ok(_) => None,
            Err(Trouble::Error(error)) => Some(error),
            Err(Trouble::Cancelled) => Some("interrupted"),
        },
        cancelled: matches!(answer, Err(Trouble::Cancelled)),
    })
}

fn text(line: &impl Serialize) -> String {
    // Nothing in a line can fail to be written: its maps have texts for keys.
    serde_json::to_string(line)
        .unwrap_or_else(|error| format!("{{\"ok\":false,\"error\":\"{error}\"}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_repeats_what_the_request_is_called() {
        let (id, command) = request(r#"{"id":"a7","command":"go","cycle":5}"#);
        assert!(command.is_ok(), "{command:?}");
        let line = answer(id, 5, &Ok(Answer::Moved { cycle: 5 }));
        assert_eq!(line, r#"{"id":"a7","ok":true,"at":5,"result":{"cycle":5}}"#);
    }

    #[test]
    fn what_is_no_request_is_answered_too() {
        for (line, expected) in [
            ("where", "not a JSON object"),
            ("[1]", "not a JSON object"),
            (r#"{"id":1}"#, "command"),
            (r#"{"id":1,"command":"go"}"#, "cycle"),
        ] {
            let (id, command) = request(line);
            let error = command.unwrap_err();
            assert!(error.contains(expected), "{line}: {error}");
            let line = answer(id, 5, &Err(Trouble::Error(error)));
            assert!(line.contains("\"ok\":false"), "{line}");
            assert!(!line.contains('\n'), "{line}");
        }
    }
}
