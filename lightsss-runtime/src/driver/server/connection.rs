//! A client's connection: bytes in, messages out. It never waits for the client.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

/// A longer message is a mistake.
const LONGEST: usize = 16 << 20;
/// A client that leaves so many bytes unread is gone.
const MOST_UNREAD: usize = 1 << 30;
/// Read at once.
const CHUNK: usize = 64 << 10;

/// What can be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// A message, without its NUL byte.
    Message(Vec<u8>),
    /// None yet.
    Nothing,
    /// The client has closed the connection, or sends no messages.
    Gone,
}

#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
    /// Of `read`, what has been searched for the end of a message.
    searched: usize,
    unsent: Vec<u8>,
    gone: bool,
}

impl Connection {
    /// # Errors
    ///
    /// What the system says.
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        // An answer is small, and waited for.
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            read: Vec::new(),
            searched: 0,
            unsent: Vec::new(),
            gone: false,
        })
    }

    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Whether there is something that the client has not taken yet.
    pub fn has_unsent(&self) -> bool {
        !self.unsent.is_empty() && !self.gone
    }

    /// The next message.
    pub fn receive(&mut self) -> Received {
        loop {
            let fresh = &self.read[self.searched..];
            if let Some(at) = fresh.iter().position(|byte| *byte == 0) {
                let mut message: Vec<u8> = self.read.drain(..=self.searched + at).collect();
                message.pop();
                self.searched = 0;
                return Received::Message(message);
            }
            self.searched = self.read.len();
            if self.gone || self.read.len() > LONGEST {
                return Received::Gone;
            }
            let mut chunk = vec![0; CHUNK];
            match self.stream.read(&mut chunk) {
                Ok(0) => self.gone = true,
                Ok(count) => self.read.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Received::Nothing,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.gone = true,
            }
        }
    }

    /// Sends a message, as far as the client takes it; the rest goes with [`Self::flush`].
    pub fn send(&mut self, message: &Value) {
        self.unsent
            .extend_from_slice(message.to_string().as_bytes());
        self.unsent.push(0);
        self.flush();
        if self.unsent.len() > MOST_UNREAD {
            self.gone = true;
        }
    }

    /// Sends what is unsent, as far as the client takes it.
    pub fn flush(&mut self) {
        let mut sent = 0;
        while sent < self.unsent.len() && !self.gone {
            match self.stream.write(&self.unsent[sent..]) {
                Ok(0) => self.gone = true,
                Ok(count) => sent += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.gone = true,
            }
        }
        self.unsent.drain(..sent);
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::{Duration, Instant};

    use super::*;

    fn pair() -> (TcpStream, Connection) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (
            client,
            Connection::new(listener.accept().unwrap().0).unwrap(),
        )
    }

    fn next(connection: &mut Connection) -> Received {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match connection.receive() {
                Received::Nothing if Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                other => return other,
            }
        }
    }

    #[test]
    fn messages_come_whole_however_they_are_cut() {
        let (mut client, mut connection) = pair();
        assert_eq!(connection.receive(), Received::Nothing);
        client.write_all(b"{\"a\"").unwrap();
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(connection.receive(), Received::Nothing);
        client.write_all(b":1}\0\0second\0thi").unwrap();
        for expected in [&b"{\"a\":1}"[..], b"", b"second"] {
            assert_eq!(next(&mut connection), Received::Message(expected.to_vec()));
        }
        drop(client);
        assert_eq!(next(&mut connection), Received::Gone);
    }

    #[test]
    fn an_answer_that_nobody_reads_does_not_wait() {
        let (mut client, mut connection) = pair();
        let long = Value::String("x".repeat(32 << 20));
        connection.send(&long);
        assert!(connection.has_unsent());
        let reader = std::thread::spawn(move || {
            let mut all = Vec::new();
            client.read_to_end(&mut all).unwrap();
            all.len()
        });
        while connection.has_unsent() {
            connection.flush();
            std::thread::yield_now();
        }
        drop(connection);
        assert_eq!(reader.join().unwrap(), (32 << 20) + 3);
    }
}
