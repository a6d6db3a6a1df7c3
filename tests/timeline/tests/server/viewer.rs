//! A client of the CXXRTL debug protocol, version 0, written from its specification.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lightsss_tests_support::processes::Mark;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A run that is served.
pub struct Served {
    pub child: Child,
    pub address: SocketAddr,
    stderr: BufReader<std::process::ChildStderr>,
    mark: Mark,
}

pub fn command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_served"));
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    // The counter's is no FST file.
    let wave = if line.contains("core=") {
        "wave.fst"
    } else {
        "wave"
    };
    command
        .args(["--quiet", "--wave", wave])
        .args(line.split_whitespace());
    command
}

impl Served {
    pub fn start(folder: &Path, line: &str) -> Self {
        let mut command = command(folder, line);
        let mark = Mark::new();
        mark.put_on(&mut command);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut served = Self {
            child,
            address: ([127, 0, 0, 1], 0).into(),
            stderr,
            mark,
        };
        served.read_address();
        served
    }

    /// Reads where the run is served, from what it says.
    pub fn read_address(&mut self) {
        let line = self.says("the run is served at ");
        let address = line.split(" at ").nth(1).unwrap();
        self.address = address.split(": ").next().unwrap().parse().unwrap();
    }

    /// Reads what the run says up to a line with this text.
    pub fn says(&mut self, text: &str) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            assert!(
                self.stderr.read_line(&mut line).unwrap() > 0,
                "no `{text}` in {all}"
            );
            if line.contains(text) {
                return line;
            }
            all.push_str(&line);
        }
    }

    pub fn interrupt(&self) {
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGINT).unwrap();
    }

    /// Waits for the end, after which nothing is left; gives the exit status and the rest of what it said.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        let _ = self.stderr.read_to_string(&mut rest);
        let status = self.child.wait().unwrap();
        self.mark.assert_gone(&rest);
        (status.code(), rest)
    }

    /// Has the process and what it has started end.
    pub fn kill(mut self) {
        for (pid, _) in self.mark.processes() {
            let _ = kill(pid, Signal::SIGTERM);
        }
        let _ = self.child.wait();
        self.mark.assert_gone("the run was killed");
    }
}

impl Drop for Served {
    /// A test that failed leaves no run behind that waits for a viewer.
    fn drop(&mut self) {
        for (pid, _) in self.mark.processes() {
            let _ = kill(pid, Signal::SIGKILL);
        }
        let _ = self.child.wait();
    }
}

pub struct Viewer {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Viewer {
    /// Connects, without a greeting.
    pub fn connect(served: &Served) -> Self {
        let begun = Instant::now();
        let stream = loop {
            match TcpStream::connect(served.address) {
                Ok(stream) => break stream,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self {
            stream,
            read: Vec::new(),
        }
    }

    pub fn greeted(served: &Served) -> Self {
        let mut viewer = Self::connect(served);
        let answer = viewer.ask(&json!({"type": "greeting", "version": 0}));
        assert_eq!(
            (&answer["type"], &answer["version"]),
            (&json!("greeting"), &json!(0)),
            "{answer}"
        );
        assert_eq!(
            answer["features"]["item_values_encoding"],
            json!(["base64(u32)"])
        );
        viewer
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    pub fn send(&mut self, message: &Value) {
        self.send_bytes(format!("{message}\0").as_bytes());
    }

    /// The next message; nothing once the server has closed the connection.
    pub fn receive(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == 0) {
                let message: Vec<u8> = self.read.drain(..=end).collect();
                return Some(serde_json::from_slice(&message[..end]).unwrap());
            }
            let mut chunk = [0; 4096];
            match self.stream.read(&mut chunk) {
                Ok(0) => return None,
                Ok(count) => self.read.extend_from_slice(&chunk[..count]),
                Err(error) => {
                    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
                    return None;
                }
            }
        }
    }

    pub fn ask(&mut self, message: &Value) -> Value {
        self.send(message);
        self.receive().expect("an answer")
    }

    /// Asks with a command, which has to be answered well.
    pub fn command(&mut self, name: &str, mut arguments: Value) -> Value {
        arguments["type"] = "command".into();
        arguments["command"] = name.into();
        let answer = self.ask(&arguments);
        assert_eq!(
            (&answer["type"], &answer["command"]),
            (&json!("response"), &json!(name)),
            "{arguments}: {answer}"
        );
        answer
    }

    pub fn status(&mut self) -> Value {
        self.command("get_simulation_status", json!({}))
    }

    /// Runs until a time, and gives that at which the run has paused.
    pub fn run_until(&mut self, time: u128) -> u128 {
        let until =
            json!({"until_time": text(time), "until_diagnostics": [], "sample_item_values": true});
        self.command("run_simulation", until);
        let event = self.receive().expect("an event");
        assert_eq!(
            (&event["type"], &event["event"], &event["cause"]),
            (
                &json!("event"),
                &json!("simulation_paused"),
                &json!("until_time")
            ),
            "{event}"
        );
        femtoseconds(&event["time"])
    }

    pub fn reference(&mut self, name: &str, items: &[&str]) {
        let items: Vec<Value> = items.iter().map(|item| json!([item])).collect();
        self.command(
            "reference_items",
            json!({"reference": name, "items": items}),
        );
    }

    pub fn query(
        &mut self,
        from: u128,
        to: u128,
        items: Option<&str>,
        collapse: bool,
        diagnostics: bool,
    ) -> Vec<Value> {
        let encoding = items.map(|_| "base64(u32)");
        let query = json!({
            "interval": [text(from), text(to)], "collapse": collapse, "items": items,
            "item_values_encoding": encoding, "diagnostics": diagnostics,
        });
        let mut answer = self.command("query_interval", query);
        match answer["samples"].take() {
            Value::Array(samples) => samples,
            other => panic!("no samples: {other}"),
        }
    }
}

/// A time as the protocol writes it.
pub fn text(femtoseconds: u128) -> String {
    let second = 10_u128.pow(15);
    format!("{}.{:015}", femtoseconds / second, femtoseconds % second)
}

pub fn femtoseconds(time: &Value) -> u128 {
    let text = time.as_str().unwrap();
    let (seconds, rest) = text.split_once('.').unwrap();
    assert_eq!(rest.len(), 15, "{text}");
    seconds.parse::<u128>().unwrap() * 10_u128.pow(15) + rest.parse::<u128>().unwrap()
}

/// The values of a sample as bits, in the order of the items' widths.
pub fn values(sample: &Value, widths: &[usize]) -> Vec<String> {
    let bytes = STANDARD
        .decode(sample["item_values"].as_str().unwrap())
        .unwrap();
    let mut words = bytes
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()));
    let mut all = Vec::new();
    for width in widths {
        let own: Vec<u32> = words.by_ref().take(width.div_ceil(32)).collect();
        let bit = |at: usize| own[at / 32] >> (at % 32) & 1;
        all.push(
            (0..*width)
                .rev()
                .map(|at| if bit(at) == 1 { '1' } else { '0' })
                .collect(),
        );
    }
    assert_eq!(words.next(), None, "{sample}");
    all
}
