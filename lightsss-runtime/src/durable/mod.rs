//! Durable snapshots: a harness and its model in one file.
