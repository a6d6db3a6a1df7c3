//! What a panic said and where it began, for the failure that is made of it.
//!
//! A caught panic carries its message, but only the panic hook learns the place. So there is one,
//! which notes it and then lets the one before it do what it does.

use std::any::Any;
use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, Once};

/// The last panic of any thread: of a model with threads, imports run on those.
static LAST: Mutex<Option<Panic>> = Mutex::new(None);

struct Panic {
    message: String,
    place: String,
}

/// From here on the places of panics are noted. The hook that there is goes on being called; one that is
/// set later, in the place of this, is left alone, and panics then have no place.
pub fn note_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            note(info);
            before(info);
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) {
    // Who waits in a panic may wait for ever.
    if let (Some(place), Ok(mut last)) = (info.location(), LAST.try_lock()) {
        *last = Some(Panic {
            message: text(info.payload()).to_owned(),
            place: place.to_string(),
        });
    }
}

/// A panic that was caught, in words: with its file and line where they were noted.
pub fn in_words(payload: &(dyn Any + Send)) -> String {
    let message = text(payload);
    let last = LAST.try_lock().ok().and_then(|mut last| last.take());
    // One that was raised anew, or under another hook, is not the one that was noted.
    match last.filter(|last| last.message == message) {
        Some(last) => format!("panicked at {}: {message}", last.place),
        None => format!("panicked: {message}"),
    }
}

fn text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("with a payload that is no text")
}
