//! Where an asker listens, and how the processes that it wakes find it: an abstract socket, which leaves nothing on
//! disk. Both sides check who the other one is.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::{Pid, geteuid, getpid};

/// A listener under a name that nobody can guess.
pub(super) struct Listener {
    pub(super) listener: UnixListener,
    name: String,
}

impl Listener {
    pub(super) fn new() -> io::Result<Self> {
        let name = format!("lightsss-{}", random()?);
        let listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name)?)?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, name })
    }

    /// What a process is told to find this listener, and the token that it is to say.
    pub(super) fn invite(&self) -> io::Result<(String, String)> {
        let token = random()?;
        let address = format!("{} {} {token}", self.name, getpid());
        Ok((address, token))
    }

    /// The next process that came; none if there is none yet. One of another user is turned away.
    pub(super) fn accept(&self) -> io::Result<Option<(UnixStream, Pid)>> {
        match self.listener.accept() {
            Ok((stream, _)) => {
                let peer = getsockopt(&stream, PeerCredentials)?;
                if peer.uid() != geteuid().as_raw() {
                    return Ok(None);
                }
                stream.set_nonblocking(false)?;
                Ok(Some((stream, Pid::from_raw(peer.pid()))))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// In a process that was woken: connects to its asker, which has to be the process of the address. Gives the token.
pub(super) fn connect(address: &str) -> io::Result<(UnixStream, String)> {
    let mut parts = address.split(' ');
    let (Some(name), Some(pid), Some(token)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let stream = UnixStream::connect_addr(&SocketAddr::from_abstract_name(name)?)?;
    let peer = getsockopt(&stream, PeerCredentials)?;
    if pid.parse() != Ok(peer.pid()) || peer.uid() != geteuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok((stream, token.to_owned()))
}

/// 128 random bits.
pub(super) fn random() -> io::Result<String> {
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
