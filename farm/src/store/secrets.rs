//! Credentials of the environment: their names, and texts without their values.

/// What the names of a store's variables begin with.
const PREFIXES: [&str; 4] = ["AWS_", "AZURE_", "GOOGLE_", "GCS_"];

/// What makes such a variable a credential.
const MARKS: [&str; 7] = [
    "KEY",
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "SAS",
    "CREDENTIAL",
    "SERVICE_ACCOUNT",
];

/// Shorter values could be part of any text.
const SHORTEST: usize = 6;

/// Whether the variable with this name holds a credential of a store. The program of a task does not get it.
#[must_use]
pub fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && MARKS.iter().any(|mark| name.contains(mark))
}

/// The text with each credential of the environment replaced by `***`.
#[must_use]
pub fn without(text: &str) -> String {
    let mut text = text.to_owned();
    for (name, value) in std::env::vars_os() {
        if let (Some(name), Some(value)) = (name.to_str(), value.to_str())
            && is_credential(name)
            && value.len() >= SHORTEST
        {
            text = text.replace(value, "***");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::is_credential;

    #[test]
    fn keys_are_credentials_and_regions_are_none() {
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "AWS_SESSION_TOKEN",
            "AZURE_STORAGE_SAS_TOKEN",
            "GOOGLE_SERVICE_ACCOUNT",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in ["AWS_REGION", "AWS_ENDPOINT_URL", "LICENSE_KEY", "PATH"] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
