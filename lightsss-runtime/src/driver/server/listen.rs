//! Where the server listens.

use std::fmt::Write as _;
use std::net::TcpListener;

/// Listens at `HOST:PORT`, or at a port of this machine.
///
/// # Errors
///
/// The address is none, or taken.
pub fn at(address: &str) -> Result<TcpListener, String> {
    let bare = address.strip_prefix(':').unwrap_or(address);
    let whole = if bare.parse::<u16>().is_ok() {
        format!("127.0.0.1:{bare}")
    } else {
        address.to_owned()
    };
    let refused = |error: std::io::Error| {
        format!(
            "`--serve {address}`: cannot listen there: {error}; give another port, or 0 for any that is free"
        )
    };
    let listener = TcpListener::bind(&whole).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    Ok(listener)
}

/// What the user is told.
pub fn invitation(listener: &TcpListener) -> String {
    let Ok(address) = listener.local_addr() else {
        return String::new();
    };
    let mut text = format!("the run is served at {address}: `surfer cxxrtl+tcp://{address}`\n");
    if !address.ip().is_loopback() {
        let _ = writeln!(
            text,
            "warning: anybody who reaches {address} can read and steer the run"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_one_of_this_machine() {
        for address in ["0", ":0", "127.0.0.1:0", "localhost:0"] {
            let listener = at(address).unwrap();
            assert!(
                listener.local_addr().unwrap().ip().is_loopback(),
                "{address}"
            );
            assert!(!invitation(&listener).contains("warning"));
        }
        let everywhere = at("0.0.0.0:0").unwrap();
        assert!(invitation(&everywhere).contains("warning"));
    }

    #[test]
    fn an_address_that_is_none_or_taken_is_refused() {
        for address in ["", "nowhere", "127.0.0.1", "127.0.0.1:99999"] {
            let error = at(address).unwrap_err();
            assert!(error.contains("cannot listen there"), "{address}: {error}");
        }
        let taken = at("0").unwrap().local_addr().unwrap().port();
        let holder = at(&taken.to_string()).unwrap();
        let error = at(&holder.local_addr().unwrap().to_string()).unwrap_err();
        assert!(error.contains("another port"), "{error}");
    }
}
