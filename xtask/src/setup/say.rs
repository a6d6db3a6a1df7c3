//! What `setup` reports.

/// Prints one line of what `setup` does.
pub fn say(line: &str) {
    println!("setup: {line}");
}
