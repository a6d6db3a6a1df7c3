//! Results for CI: a test case for each task.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::summary::Summary;
use crate::campaign::{Outcome, Status};
use crate::plan::Entry;

/// The results as JUnit's XML. Tasks that have not run are skipped cases.
pub fn junit(summary: &Summary) -> Result<String, SerializeError> {
    let mut report = Report::new(&summary.campaign.name);
    let mut suite = TestSuite::new(&summary.campaign.name);
    for (entry, outcome) in summary.rows() {
        suite.add_test_case(case(summary, entry, outcome));
    }
    report.add_test_suite(suite);
    report.to_string()
}

fn case(summary: &Summary, entry: &Entry, outcome: Option<&Outcome>) -> TestCase {
    let Some(outcome) = outcome else {
        return TestCase::new(&entry.name, TestCaseStatus::skipped());
    };
    let mut case = TestCase::new(&entry.name, status(summary, entry, outcome));
    case.set_classname(&entry.task.program.name);
    case.set_time(Duration::from_millis(
        outcome.ended.saturating_sub(outcome.started),
    ));
    if !outcome.tail.is_empty() {
        case.set_system_out(&outcome.tail);
    }
    case
}

fn status(summary: &Summary, entry: &Entry, outcome: &Outcome) -> TestCaseStatus {
    let kind = match outcome.status {
        Status::Passed => return TestCaseStatus::success(),
        Status::Failed | Status::Deadline => NonSuccessKind::Failure,
        Status::Crashed | Status::NotRun | Status::Lost => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(outcome.status.word());
    status.set_message(outcome.message.as_deref().unwrap_or_default());
    status.set_description(summary.reproduce(entry));
    status
}
