//! Messages of the CXXRTL debug protocol, version 0: one JSON object and one NUL byte each.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::time::SimTime;

/// The version of the protocol.
pub const VERSION: u64 = 0;
/// How values are encoded.
pub const ENCODING: &str = "base64(u32)";

/// What a client sends.
#[derive(Debug, PartialEq)]
pub enum Message {
    Greeting { version: u64 },
    Command(Command),
}

/// What a client can ask for.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    ListScopes {
        scope: Option<String>,
    },
    ListItems {
        scope: Option<String>,
    },
    ReferenceItems {
        reference: String,
        items: Option<Vec<Designation>>,
    },
    QueryInterval {
        interval: (String, String),
        collapse: bool,
        items: Option<String>,
        item_values_encoding: Option<String>,
        diagnostics: bool,
    },
    GetSimulationStatus {},
    RunSimulation {
        until_time: Option<String>,
        until_diagnostics: Vec<Diagnostics>,
        // The past is there whether the client wants it or not.
        #[serde(rename = "sample_item_values")]
        _sample_item_values: bool,
    },
    PauseSimulation {},
}

/// Commands by their names.
const COMMANDS: [&str; 7] = [
    "list_scopes",
    "list_items",
    "reference_items",
    "query_interval",
    "get_simulation_status",
    "run_simulation",
    "pause_simulation",
];

/// An item, or some words of a memory.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
pub enum Designation {
    Node((String,)),
    Words((String, u64, u64)),
}

/// Kinds of diagnostics.
#[derive(Debug, Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum Diagnostics {
    Break,
    Print,
    Assert,
    Assume,
}

/// Why a command was not carried out.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// One of the protocol's codes.
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Reads a message, without its NUL byte.
///
/// # Errors
///
/// What the client is told.
pub fn parse(bytes: &[u8]) -> Result<Message, Refusal> {
    let packet = |error: &dyn std::fmt::Display| {
        Refusal::new("invalid_packet", format!("not a JSON object: {error}"))
    };
    let mut object: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|error| packet(&error))?;
    let kind = object.remove("type");
    match kind.as_ref().and_then(Value::as_str) {
        Some("greeting") => match object.get("version").and_then(Value::as_u64) {
            Some(version) => Ok(Message::Greeting { version }),
            None => Err(Refusal::new(
                "protocol_error",
                "a greeting has a number as its `version`",
            )),
        },
        Some("command") => command(object).map(Message::Command),
        _ => Err(Refusal::new(
            "protocol_error",
            "expected a `type` of `greeting` or `command`",
        )),
    }
}

fn command(object: Map<String, Value>) -> Result<Command, Refusal> {
    let name = object.get("command").and_then(Value::as_str);
    let known = name.is_some_and(|name| COMMANDS.contains(&name));
    if !known {
        let found = object.get("command").unwrap_or(&Value::Null);
        return Err(Refusal::new(
            "invalid_command",
            format!(
                "no command is called {found}; expected one of {}",
                COMMANDS.join(", ")
            ),
        ));
    }
    serde_json::from_value(Value::Object(object))
        .map_err(|error| Refusal::new("invalid_args", error.to_string()))
}

pub fn greeting() -> Value {
    json!({
        "type": "greeting",
        "version": VERSION,
        "commands": COMMANDS,
        "events": ["simulation_paused", "simulation_finished"],
        "features": { "item_values_encoding": [ENCODING] },
    })
}

/// The response to a command, with what it holds.
pub fn response(command: &str, mut holds: Value) -> Value {
    if let Value::Object(object) = &mut holds {
        object.insert("type".to_owned(), "response".into());
        object.insert("command".to_owned(), command.into());
    }
    holds
}

pub fn error(refusal: &Refusal) -> Value {
    json!({ "type": "error", "error": refusal.code, "message": refusal.message })
}

pub fn paused(time: SimTime, cause: &str) -> Value {
    json!({ "type": "event", "event": "simulation_paused", "time": time.to_string(), "cause": cause })
}

pub fn finished(time: SimTime) -> Value {
    json!({ "type": "event", "event": "simulation_finished", "time": time.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> &'static str {
        parse(text.as_bytes()).unwrap_err().code
    }

    #[test]
    fn what_is_no_command_is_refused_with_the_protocols_code() {
        for (text, code) in [
            ("", "invalid_packet"),
            ("[1]", "invalid_packet"),
            ("{\"type\":", "invalid_packet"),
            ("{}", "protocol_error"),
            (r#"{"type":"greeting","version":"0"}"#, "protocol_error"),
            (r#"{"type":"command"}"#, "invalid_command"),
            (r#"{"type":"command","command":"dance"}"#, "invalid_command"),
            (r#"{"type":"command","command":7}"#, "invalid_command"),
            (
                r#"{"type":"command","command":"list_scopes","scope":7}"#,
                "invalid_args",
            ),
            (
                r#"{"type":"command","command":"get_simulation_status","odd":1}"#,
                "invalid_args",
            ),
            (
                r#"{"type":"command","command":"reference_items","reference":"a","items":[["x",1]]}"#,
                "invalid_args",
            ),
        ] {
            assert_eq!(refused(text), code, "{text}");
        }
    }

    #[test]
    fn commands_are_read_as_clients_write_them() {
        let text = r#"{"type":"command","command":"reference_items","reference":"a",
            "items":[["soc pc"],["soc mem",0,3]]}"#;
        assert_eq!(
            parse(text.as_bytes()),
            Ok(Message::Command(Command::ReferenceItems {
                reference: "a".to_owned(),
                items: Some(vec![
                    Designation::Node(("soc pc".to_owned(),)),
                    Designation::Words(("soc mem".to_owned(), 0, 3)),
                ]),
            }))
        );
        let text = r#"{"command":"get_simulation_status","type":"command"}"#;
        assert_eq!(
            parse(text.as_bytes()),
            Ok(Message::Command(Command::GetSimulationStatus {}))
        );
    }
}
