//! Why a command failed, and its exit status.

use lightsss_farm::FileError;
use lightsss_farm::content::ContentError;
use lightsss_farm::executor::ExecutorError;
use lightsss_farm::plan::PlanError;
use lightsss_farm::results::WriteError;
use lightsss_farm::store::StoreError;
use lightsss_farm::worker::WorkerError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Arguments(String),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Content(#[from] ContentError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Executor(#[from] ExecutorError),
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("the results cannot be written as JUnit's XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    #[error("the results cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    File(#[from] FileError),
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Arguments(_)
            | Self::Plan(
                PlanError::Value { .. } | PlanError::Syntax { .. } | PlanError::Read { .. },
            )
            | Self::Store(StoreError::Address { .. })
            | Self::Executor(ExecutorError::Template { .. }) => 2,
            _ => 3,
        }
    }
}
