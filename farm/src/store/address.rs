//! Addresses of stores: a folder, `s3://`, `gs://` and `az://`.

use std::fs;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreScheme};
use url::Url;

use super::error::{StoreError, reason};

/// What an address leads to.
pub(super) struct Opened {
    pub(super) objects: Arc<dyn ObjectStore>,
    /// The same store for what may be lost when the machine loses power.
    pub(super) brief: Arc<dyn ObjectStore>,
    /// What all keys begin with.
    pub(super) root: Path,
    /// The address, usable from any folder.
    pub(super) address: String,
    pub(super) is_folder: bool,
}

/// Opens the store at `address`. A folder is made if it is not there.
pub(super) fn open(address: &str) -> Result<Opened, StoreError> {
    if !address.contains("://") {
        return folder(FilePath::new(address));
    }
    let refused = |reason: String| StoreError::Address {
        address: bare(address),
        reason,
    };
    let url = Url::parse(address).map_err(|error| refused(error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err(refused(
            "it holds a user, a password or a query; credentials belong into the environment, such as AWS_ACCESS_KEY_ID"
                .to_owned(),
        ));
    }
    let (scheme, root) = ObjectStoreScheme::parse(&url).map_err(|error| {
        refused(format!(
            "{error}; expected a folder, s3://BUCKET/PATH, gs://BUCKET/PATH or az://CONTAINER/PATH"
        ))
    })?;
    if matches!(scheme, ObjectStoreScheme::Local) {
        let path = url
            .to_file_path()
            .map_err(|()| refused("expected file:///PATH".to_owned()))?;
        return folder(&path);
    }
    let failed = |error: object_store::Error| StoreError::Open {
        address: address.to_owned(),
        reason: reason(&error),
    };
    let objects = cloud(&scheme, &url).map_err(failed)?.ok_or_else(|| {
        refused(
            "expected a folder, s3://, gs:// or az:// (the latter three with the feature `cloud`)"
                .to_owned(),
        )
    })?;
    Ok(Opened {
        brief: Arc::clone(&objects),
        objects,
        root,
        address: address.trim_end_matches('/').to_owned(),
        is_folder: false,
    })
}

/// The address without what may be secret in it.
fn bare(address: &str) -> String {
    let without_query = address.split(['?', '#']).next().unwrap_or_default();
    match (
        without_query.split_once("://"),
        without_query.rsplit_once('@'),
    ) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => without_query.to_owned(),
    }
}

fn folder(path: &FilePath) -> Result<Opened, StoreError> {
    let failed = |said: String| StoreError::Open {
        address: path.display().to_string(),
        reason: said,
    };
    fs::create_dir_all(path).map_err(|error| failed(error.to_string()))?;
    let path: PathBuf = fs::canonicalize(path).map_err(|error| failed(error.to_string()))?;
    let address = path
        .to_str()
        .ok_or_else(|| failed("expected a path in UTF-8".to_owned()))?
        .to_owned();
    let objects =
        LocalFileSystem::new_with_prefix(&path).map_err(|error| failed(reason(&error)))?;
    Ok(Opened {
        brief: Arc::new(objects.clone()),
        objects: Arc::new(objects.with_fsync(true)),
        root: Path::default(),
        address,
        is_folder: true,
    })
}

/// How often a request is repeated, and for how long.
#[cfg(feature = "cloud")]
fn retries() -> object_store::RetryConfig {
    object_store::RetryConfig {
        max_retries: 12,
        retry_timeout: std::time::Duration::from_mins(3),
        ..object_store::RetryConfig::default()
    }
}

#[cfg(feature = "cloud")]
fn cloud(
    scheme: &ObjectStoreScheme,
    url: &Url,
) -> object_store::Result<Option<Arc<dyn ObjectStore>>> {
    use object_store::aws::AmazonS3Builder;
    use object_store::azure::MicrosoftAzureBuilder;
    use object_store::gcp::GoogleCloudStorageBuilder;

    // Another part of the process may have chosen one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(Some(match scheme {
        ObjectStoreScheme::AmazonS3 => Arc::new(
            AmazonS3Builder::from_env()
                .with_url(url.as_str())
                .with_retry(retries())
                .build()?,
        ),
        ObjectStoreScheme::GoogleCloudStorage => Arc::new(
            GoogleCloudStorageBuilder::from_env()
                .with_url(url.as_str())
                .with_retry(retries())
                .build()?,
        ),
        ObjectStoreScheme::MicrosoftAzure => Arc::new(
            MicrosoftAzureBuilder::from_env()
                .with_url(url.as_str())
                .with_retry(retries())
                .build()?,
        ),
        _ => return Ok(None),
    }))
}

#[cfg(not(feature = "cloud"))]
fn cloud(_: &ObjectStoreScheme, _: &Url) -> object_store::Result<Option<Arc<dyn ObjectStore>>> {
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::open;

    fn refusal(address: &str) -> String {
        open(address).err().expect("a refusal").to_string()
    }

    #[test]
    fn an_address_with_credentials_is_refused_without_repeating_them() {
        for address in [
            "s3://user:hunter22@bucket/path",
            "az://container/path?sig=hunter22",
        ] {
            let refusal = refusal(address);
            assert!(refusal.contains("environment"), "{refusal}");
            assert!(!refusal.contains("hunter22"), "{refusal}");
        }
    }

    #[test]
    fn an_unknown_scheme_is_refused_with_those_that_are_known() {
        let refusal = refusal("ftp://host/path");
        assert!(refusal.contains("s3://"), "{refusal}");
    }
}
