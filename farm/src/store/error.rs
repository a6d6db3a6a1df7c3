//! Why a store did not do what it was asked.

use super::secrets;

/// Why a store did not do what it was asked. No message holds a credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address is none that a store can have.
    #[error("`{address}` is no address of a store: {reason}")]
    Address {
        /// The address, without credentials.
        address: String,
        /// What is wrong with it, and what to write.
        reason: String,
    },
    /// The store could not be opened.
    #[error("the store `{address}` could not be opened: {reason}")]
    Open {
        /// The address.
        address: String,
        /// What the system or the store said.
        reason: String,
    },
    /// A request failed, also after it was repeated.
    #[error("could not {action} `{key}` in the store `{address}`: {reason}")]
    Request {
        /// The address.
        address: String,
        /// What was to be done.
        action: &'static str,
        /// The object.
        key: String,
        /// What the system or the store said.
        reason: String,
    },
    /// An object that has to be there is not.
    #[error("`{key}` is not in the store `{address}`; {hint}")]
    Missing {
        /// The address.
        address: String,
        /// The object.
        key: String,
        /// What to do.
        hint: &'static str,
    },
    /// An object does not hold what its kind or its name says.
    #[error("`{key}` in the store `{address}` is damaged: {reason}")]
    Damaged {
        /// The address.
        address: String,
        /// The object.
        key: String,
        /// What was expected, and what was found.
        reason: String,
    },
}

/// What an error and its causes say, in a line, without credentials.
pub(super) fn reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    secrets::without(&text)
}
