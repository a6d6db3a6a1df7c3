//! A server of S3 on this machine, and a proxy that makes its answers fail.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A credential that must not be found anywhere.
pub const SECRET: &str = "hunter-of-secrets-0042";

/// A server of S3; it ends with this.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Starts it, with an empty bucket `farm`.
    pub fn start() -> Self {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
            PathBuf::from,
        );
        let packages = target.join("tools/moto");
        assert!(
            packages.is_dir(),
            "{} is not there: run `cargo xtask setup --farm` once",
            packages.display()
        );
        let port = free_port();
        let child = Command::new("python3")
            .args([
                "-m",
                "moto.server",
                "-H",
                "127.0.0.1",
                "-p",
                &port.to_string(),
            ])
            .env("PYTHONPATH", packages)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3");
        let mut server = Self { child, port };
        server.wait();
        let answer = server.request("PUT /farm HTTP/1.1");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        server
    }

    fn wait(&mut self) {
        let until = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < until, "the server did not start");
            assert!(
                matches!(self.child.try_wait(), Ok(None)),
                "the server ended"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn request(&self, head: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server");
        let text = format!(
            "{head}\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.port
        );
        stream.write_all(text.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What tells a process where the server is, and who it is.
pub fn variables(port: u16) -> Vec<(String, String)> {
    [
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "farmer".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// Forwards requests, and spoils some of them.
pub struct Proxy {
    pub port: u16,
    spoilt: Arc<AtomicU64>,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    /// Spoils one of so many requests; none with 0.
    pub fn start(server: u16, every: u64) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let proxy = Self {
            port,
            spoilt: Arc::default(),
            seen: Arc::default(),
        };
        let (spoilt, seen) = (Arc::clone(&proxy.spoilt), Arc::clone(&proxy.seen));
        thread::spawn(move || {
            let mut random = fastrand::Rng::with_seed(7);
            for stream in listener.incoming().flatten() {
                let is_spoilt = every > 0 && random.u64(..every) == 0;
                let fault = is_spoilt.then(|| random.u8(..5));
                spoilt.fetch_add(u64::from(is_spoilt), Ordering::Relaxed);
                let seen = Arc::clone(&seen);
                thread::spawn(move || forward(stream, server, fault, &seen));
            }
        });
        proxy
    }

    /// How many it has spoilt.
    pub fn spoilt(&self) -> u64 {
        self.spoilt.load(Ordering::Relaxed)
    }

    /// Whether any request held the text.
    pub fn has_seen(&self, text: &str) -> bool {
        let seen = self.seen.lock().expect("requests");
        seen.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

/// One request on each connection.
fn forward(
    mut client: TcpStream,
    server: u16,
    fault: Option<u8>,
    seen: &Mutex<Vec<u8>>,
) -> Option<()> {
    let request = read_request(&mut client)?;
    seen.lock().ok()?.extend(&request);
    let refusal = |status: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    };
    // Refused before anything was done.
    match fault {
        Some(0) => {
            return client
                .write_all(refusal("500 Internal Server Error").as_bytes())
                .ok();
        }
        Some(1) if request.starts_with(b"PUT") => {
            return client
                .write_all(refusal("412 Precondition Failed").as_bytes())
                .ok();
        }
        _ => {}
    }
    let mut stream = TcpStream::connect(("127.0.0.1", server)).ok()?;
    stream.write_all(&request).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    // Done, and not known to the client.
    match fault {
        Some(2) => {
            return client
                .write_all(refusal("500 Internal Server Error").as_bytes())
                .ok();
        }
        Some(3) => return client.shutdown(Shutdown::Both).ok(),
        Some(4) => {
            thread::sleep(Duration::from_secs(1));
            return client.shutdown(Shutdown::Both).ok();
        }
        _ => {}
    }
    client.write_all(&answer).ok()
}

/// The whole request, as one that closes its connection.
fn read_request(client: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break at + 4;
        }
        match client.read(&mut buffer).ok()? {
            0 => return None,
            count => bytes.extend(&buffer[..count]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0);
    while bytes.len() < end + length {
        match client.read(&mut buffer).ok()? {
            0 => return None,
            count => bytes.extend(&buffer[..count]),
        }
    }
    let (first, rest) = head.split_once("\r\n")?;
    let kept = rest
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head = std::iter::once(first)
        .chain(["Connection: close"])
        .chain(kept)
        .collect::<Vec<_>>()
        .join("\r\n");
    let mut request = head.trim_end().as_bytes().to_vec();
    request.extend(b"\r\n\r\n");
    request.extend(&bytes[end..]);
    Some(request)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}
