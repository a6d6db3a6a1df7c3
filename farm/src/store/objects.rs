//! A store's objects, through a blocking interface.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;

use super::address;
use super::error::{StoreError, reason};

/// Requests that are under way at once.
const AT_ONCE: usize = 16;

/// Between the tries of a request that `object_store` does not repeat by itself.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A store of objects: keys with `/` between their parts, and the bytes behind them. Clones are of one store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    objects: Arc<dyn ObjectStore>,
    brief: Arc<dyn ObjectStore>,
    root: Path,
    address: String,
    is_folder: bool,
    runtime: Runtime,
}

/// What came of creating an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It was not there, and is now.
    New,
    /// It was there already, and is as it was.
    There,
}

/// An object as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Differs when the object was replaced.
    pub version: String,
    /// When it was written, as the store's clock says.
    pub written: SystemTime,
}

impl Store {
    /// Opens the store at `address`: a folder, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`.
    /// Credentials come from the environment.
    pub fn open(address: &str) -> Result<Self, StoreError> {
        let opened = address::open(address)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(4)
            .build()
            .map_err(|error| StoreError::Open {
                address: opened.address.clone(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            inner: Arc::new(Inner {
                objects: opened.objects,
                brief: opened.brief,
                root: opened.root,
                address: opened.address,
                is_folder: opened.is_folder,
                runtime,
            }),
        })
    }

    /// The address, usable from any folder.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.inner.address
    }

    /// Whether it is a folder of this machine.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.inner.is_folder
    }

    /// Creates an object that nobody else can create then. After a fault on the way the store may say that it is there
    /// though this call made it: compare what it holds where that matters.
    pub fn create(&self, key: &str, bytes: impl Into<Vec<u8>>) -> Result<Created, StoreError> {
        let payload = PutPayload::from(bytes.into());
        let path = self.path(key);
        let mut pause = Duration::from_millis(50);
        loop {
            let put = self
                .writer(key)
                .put_opts(&path, payload.clone(), PutMode::Create.into());
            match self.inner.runtime.block_on(put) {
                Ok(_) => return Ok(Created::New),
                // Some stores say so, too, when two requests meet, and neither may have been carried out.
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. })
                    if pause > LONGEST_PAUSE || self.exists(key)? =>
                {
                    return Ok(Created::There);
                }
                // To create once more what may have been created does no harm.
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {}
                Err(Error::Generic { .. }) if !self.is_folder() && pause <= LONGEST_PAUSE => {}
                Err(error) => return Err(self.failed("create", key, &error)),
            }
            std::thread::sleep(pause);
            pause *= 2;
        }
    }

    /// As [`Self::create`], of a value as JSON.
    pub fn create_json(&self, key: &str, value: &impl Serialize) -> Result<Created, StoreError> {
        self.create(key, self.json(key, value)?)
    }

    /// Writes an object, whether it is there or not.
    pub fn replace(&self, key: &str, bytes: impl Into<Vec<u8>>) -> Result<(), StoreError> {
        let path = self.path(key);
        let put = self.writer(key).put(&path, PutPayload::from(bytes.into()));
        self.inner
            .runtime
            .block_on(put)
            .map(drop)
            .map_err(|error| self.failed("write", key, &error))
    }

    /// As [`Self::replace`], of a value as JSON.
    pub fn replace_json(&self, key: &str, value: &impl Serialize) -> Result<(), StoreError> {
        self.replace(key, self.json(key, value)?)
    }

    /// The object's bytes, if it is there.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(key);
        let read = async { self.inner.objects.get(&path).await?.bytes().await };
        match self.inner.runtime.block_on(read) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("read", key, &error)),
        }
    }

    /// The value that the object holds as JSON, if it is there.
    pub fn get_json<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let Some(bytes) = self.get(key)? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| self.damaged(key, error.to_string()))
    }

    /// The bytes of several objects, in their order; all of them have to be there.
    pub fn get_all(&self, keys: &[String]) -> Result<Vec<Vec<u8>>, StoreError> {
        let reads = keys.iter().map(|key| {
            let path = self.path(key);
            async move {
                let read = async { self.inner.objects.get(&path).await?.bytes().await };
                read.await
                    .map(Vec::from)
                    .map_err(|error| self.failed("read", key, &error))
            }
        });
        self.inner
            .runtime
            .block_on(stream::iter(reads).buffered(AT_ONCE).try_collect())
    }

    /// Creates those objects that are not there, several at once. Gives how many bytes were sent.
    pub fn create_missing(&self, objects: Vec<(String, Vec<u8>)>) -> Result<u64, StoreError> {
        let puts = objects.into_iter().map(|(key, bytes)| async move {
            let path = self.path(&key);
            match self.inner.objects.head(&path).await {
                Ok(there) if there.size == bytes.len() as u64 => return Ok(0),
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(self.failed("look for", &key, &error)),
            }
            let sent = bytes.len() as u64;
            // Its content is its name: whatever is there is the same, or damaged and to be replaced.
            let put = self.inner.objects.put(&path, PutPayload::from(bytes)).await;
            put.map(|_| sent)
                .map_err(|error| self.failed("write", &key, &error))
        });
        let sent: Vec<u64> = self
            .inner
            .runtime
            .block_on(stream::iter(puts).buffer_unordered(AT_ONCE).try_collect())?;
        Ok(sent.iter().sum())
    }

    /// Whether the object is there.
    pub fn exists(&self, key: &str) -> Result<bool, StoreError> {
        match self
            .inner
            .runtime
            .block_on(self.inner.objects.head(&self.path(key)))
        {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(self.failed("look for", key, &error)),
        }
    }

    /// Removes an object; one that is not there is none to be removed.
    pub fn remove(&self, key: &str) -> Result<(), StoreError> {
        match self
            .inner
            .runtime
            .block_on(self.inner.objects.delete(&self.path(key)))
        {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed("remove", key, &error)),
        }
    }

    /// The objects whose keys begin with the parts of `prefix`, in the order of their keys.
    pub fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        let path = self.path(prefix);
        let listing = self.inner.objects.list(Some(&path));
        // An object that vanishes while a folder is listed is not in the listing.
        let kept = listing.filter_map(async |found| match found {
            Err(Error::NotFound { .. }) => None,
            found => Some(found),
        });
        let found: Vec<_> = self
            .inner
            .runtime
            .block_on(kept.try_collect())
            .map_err(|error| self.failed("list", prefix, &error))?;
        let mut listed: Vec<Listed> = found
            .into_iter()
            .map(|meta: object_store::ObjectMeta| Listed {
                written: meta.last_modified.into(),
                key: self.key(&meta.location),
                size: meta.size,
                version: format!(
                    "{} {}",
                    meta.last_modified.timestamp_micros(),
                    meta.e_tag.unwrap_or_default()
                ),
            })
            .collect();
        listed.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(listed)
    }

    /// An error for an object that does not hold what it should.
    #[must_use]
    pub fn damaged(&self, key: &str, reason: impl Into<String>) -> StoreError {
        StoreError::Damaged {
            address: self.address().to_owned(),
            key: key.to_owned(),
            reason: reason.into(),
        }
    }

    /// An error for an object that has to be there.
    #[must_use]
    pub fn missing(&self, key: &str, hint: &'static str) -> StoreError {
        StoreError::Missing {
            address: self.address().to_owned(),
            key: key.to_owned(),
            hint,
        }
    }

    /// Claims and signs of life say nothing any more once the machine has lost its power.
    fn writer(&self, key: &str) -> &dyn ObjectStore {
        if key.starts_with("claims/") || key.starts_with("workers/") {
            &*self.inner.brief
        } else {
            &*self.inner.objects
        }
    }

    fn json(&self, key: &str, value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec(value).map_err(|error| self.damaged(key, error.to_string()))
    }

    fn failed(&self, action: &'static str, key: &str, error: &Error) -> StoreError {
        StoreError::Request {
            address: self.address().to_owned(),
            action,
            key: key.to_owned(),
            reason: reason(error),
        }
    }

    fn path(&self, key: &str) -> Path {
        let parts = key
            .split('/')
            .filter(|part| !part.is_empty())
            .map(Into::into);
        self.inner.root.parts().chain(parts).collect()
    }

    fn key(&self, path: &Path) -> String {
        let depth = self.inner.root.parts().count();
        let parts: Vec<String> = path
            .parts()
            .skip(depth)
            .map(|part| part.as_ref().to_owned())
            .collect();
        parts.join("/")
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.inner.address).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Created, Store};

    #[test]
    fn an_object_is_created_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_str().unwrap()).unwrap();
        assert_eq!(store.create("claims/a/1", "first").unwrap(), Created::New);
        assert_eq!(
            store.create("claims/a/1", "second").unwrap(),
            Created::There
        );
        assert_eq!(store.get("claims/a/1").unwrap().unwrap(), b"first");
    }

    #[test]
    fn a_listing_shows_when_an_object_was_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_str().unwrap()).unwrap();
        store.replace("claims/a/1", "one").unwrap();
        let before = store.list("claims").unwrap();
        store.replace("claims/a/1", "two").unwrap();
        let after = store.list("claims").unwrap();
        assert_eq!(before[0].key, "claims/a/1");
        assert_ne!(before[0].version, after[0].version);
    }
}
