//! What a timeline asks the processes that run again, and what they answer.
//!
//! Both are the same program. A message is a length (u32, little endian), JSON of that length, a second length (u64)
//! and bytes of that length, which are a state or an output.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::QueryError;
use super::sample::{Ended, Sample, SignalInfo, Values};
use crate::state::Value;

/// A longer message is a mistake.
const LONGEST: usize = 1 << 30;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Request {
    /// Runs forward to a cycle.
    GoTo {
        cycle: u64,
        /// Leaves slots behind, closer together the nearer they are to the cycle.
        leave_slots: bool,
    },
    /// The values of names, now.
    Read { names: Vec<String> },
    /// The names that patterns mean; all without one.
    Names { patterns: Vec<String>, most: usize },
    /// Runs forward, and looks at every cycle.
    Scan {
        to: u64,
        what: What,
        /// So many cycles at most: of more, the last ones.
        most: usize,
        /// Ends at the first one.
        first: bool,
        /// Looks at the cycle where it begins, too.
        at_begin: bool,
    },
    /// Runs forward, and gives each change of the values.
    Values {
        to: u64,
        names: Vec<String>,
        most: usize,
    },
    /// The state, now.
    State,
    /// Saves the state to a file.
    Save { path: String },
    /// Sets a signal or a field. From here on this is another run.
    Set { name: String, value: Value },
    /// Runs on until the cycle, the end, or a failure.
    RunOn { to: u64 },
    /// Runs forward with a waveform, up to the cycle.
    Wave { to: u64, path: String },
    /// As `Values`, of wires that only a waveform shows; begins a step before `from`.
    Wires {
        from: u64,
        to: u64,
        names: Vec<String>,
    },
    /// The names of wires that a waveform would show.
    WireNames { patterns: Vec<String>, most: usize },
    /// Runs forward, and gives what was printed.
    Output { to: u64 },
    /// Runs forward, and gives what was printed in each step.
    Printed { to: u64 },
    /// Leaves a slot behind, here.
    LeaveSlot,
    /// Wakes the last slot that was left behind at or before this cycle.
    Wake { cycle: u64, asker: String },
}

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum What {
    /// Cycles at which a name's value is another than before.
    Change(String),
    /// Cycles at which a condition holds.
    Condition(String),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Answer {
    /// First of all: which question this process was woken for, and where it is.
    Hello {
        token: String,
        cycle: u64,
    },
    /// The cycle that was reached, and the cycles of the slots that were left behind.
    At {
        cycle: u64,
        ended: Ended,
        slots: Vec<u64>,
    },
    Samples(Vec<Sample>),
    Names {
        names: Vec<SignalInfo>,
        more: bool,
    },
    Hits(Hits),
    Values(Vec<Values>),
    /// With the schema's, the stream's and the sections' bytes behind it.
    State(StateParts),
    Done,
    Output,
    /// With the cycles behind the steps.
    Printed(Vec<(u64, String)>),
    /// The state at `differs_at` is behind it, if it was kept.
    Diverged {
        equal_at: u64,
        differs_at: u64,
        state: Option<StateParts>,
    },
    Error(QueryError),
}

/// Cycles that were found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Hits {
    /// Ascending.
    pub found: Vec<Hit>,
    /// All of them that are later than this cycle are there.
    pub complete_after: u64,
    /// Where the search ended.
    pub reached: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Hit {
    pub cycle: u64,
    /// Of a change: before and after.
    pub values: Option<(Sample, Sample)>,
}

/// How the bytes behind an answer are to be taken apart.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StateParts {
    pub cycle: u64,
    pub schema: usize,
    pub stream: usize,
    /// Kind, name and length.
    pub sections: Vec<(u8, String, usize)>,
}

/// Sends a message.
pub(super) fn send(to: &mut UnixStream, message: &impl Serialize, bytes: &[u8]) -> io::Result<()> {
    let json = serde_json::to_vec(message)?;
    let length = u32::try_from(json.len())
        .ok()
        .filter(|length| *length as usize <= LONGEST)
        .ok_or(io::ErrorKind::InvalidInput)?;
    let mut head = Vec::with_capacity(json.len() + 12);
    head.extend_from_slice(&length.to_le_bytes());
    head.extend_from_slice(&json);
    head.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    to.write_all(&head)?;
    to.write_all(bytes)
}

/// Waits for a message. An error of kind `UnexpectedEof` says that the other side has gone.
pub(super) fn receive<T: DeserializeOwned>(from: &mut UnixStream) -> io::Result<(T, Vec<u8>)> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut json = vec![0; length];
    from.read_exact(&mut json)?;
    let mut more = [0; 8];
    from.read_exact(&mut more)?;
    let mut bytes = Vec::new();
    let more = u64::from_le_bytes(more);
    from.take(more).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != more {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((serde_json::from_slice(&json)?, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Bits;

    #[test]
    fn a_message_comes_as_it_went_whatever_is_in_it() {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        let samples = vec![
            Sample::One(Value::Signed(i128::MIN)),
            Sample::One(Value::Real(-0.0)),
            Sample::One(Value::Opaque(vec![0, 255])),
            Sample::Many(vec![Value::Bits(Bits::new(70, &[1, 2, 63]))]),
            Sample::One(Value::Text("\0\u{1F600}".to_owned())),
        ];
        send(&mut here, &Answer::Samples(samples.clone()), b"bytes").unwrap();
        let (answer, bytes): (Answer, _) = receive(&mut there).unwrap();
        let Answer::Samples(received) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!((received, &bytes[..]), (samples, &b"bytes"[..]));
        drop(here);
        let gone = receive::<Answer>(&mut there).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::UnexpectedEof);
    }
}
