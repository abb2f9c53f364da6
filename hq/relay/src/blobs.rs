//! Large items, apart from the database: in a folder, or in an S3-compatible store. Kept under their hash, so that writing
//! one twice is writing it once, and nothing can take another's place.

use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use wayside_sync::wire::hex;

use crate::RelayError;

/// Items up to this size stay in the database: a page of them is one read.
pub(crate) const LARGEST_INLINE: usize = 64 << 10;
/// A whole attempt with all its repetitions.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where large items are kept.
#[derive(Clone, Default)]
pub enum BlobPlace {
    /// In the folder `blobs` of the relay's folder, each file and its folder synced before it counts.
    #[default]
    Folder,
    /// In this bucket. Region, endpoint and credentials come from the environment (`AWS_REGION`, `AWS_ENDPOINT`,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`). Plain HTTP is spoken to this machine only.
    S3 {
        /// The bucket, which exists.
        bucket: String,
    },
}

pub(crate) struct Blobs(Arc<dyn ObjectStore>);

impl Blobs {
    pub(crate) fn open(dir: &FilePath, place: &BlobPlace) -> Result<Self, RelayError> {
        Ok(Self(match place {
            BlobPlace::Folder => {
                let folder = dir.join("blobs");
                std::fs::create_dir_all(&folder)?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|_| RelayError::Blobs)?;
                Arc::new(store.with_fsync(true))
            }
            BlobPlace::S3 { bucket } => {
                crate::tls::install();
                let here = std::env::var("AWS_ENDPOINT").is_ok_and(|endpoint| is_here(&endpoint));
                let options = ClientOptions::new().with_timeout(PATIENCE).with_allow_http(here);
                let retry = RetryConfig { max_retries: 3, retry_timeout: PATIENCE, ..RetryConfig::default() };
                let builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
                let store = builder.with_client_options(options).with_retry(retry).build();
                Arc::new(store.map_err(|_| RelayError::Blobs)?)
            }
        }))
    }

    /// Returns when it is durable.
    pub(crate) async fn put(&self, sha256: &[u8; 32], bytes: Vec<u8>) -> Result<(), RelayError> {
        self.0.put(&name(sha256), PutPayload::from(bytes)).await.map(drop).map_err(|_| RelayError::Blobs)
    }

    /// The bytes, which are those of this hash; `None` where they are gone or changed. A store that does not answer is an error.
    pub(crate) async fn get(&self, sha256: &[u8; 32]) -> Result<Option<Vec<u8>>, RelayError> {
        let found = match self.0.get(&name(sha256)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(_) => return Err(RelayError::Blobs),
        };
        let bytes = found.bytes().await.map_err(|_| RelayError::Blobs)?.to_vec();
        Ok((wayside_seal::sha256(&bytes) == *sha256).then_some(bytes))
    }

    /// Writes a small thing: whether an item could be taken now.
    pub(crate) async fn probe(&self) -> Result<(), RelayError> {
        self.0.put(&Path::from("probe"), PutPayload::new()).await.map(drop).map_err(|_| RelayError::Blobs)
    }

    /// Also where nothing is.
    pub(crate) async fn delete(&self, sha256: &[u8; 32]) -> Result<(), RelayError> {
        match self.0.delete(&name(sha256)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(_) => Err(RelayError::Blobs),
        }
    }
}

fn name(sha256: &[u8; 32]) -> Path {
    Path::from(format!("items/{}", hex(sha256)))
}

fn is_here(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else { return false };
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    host == "localhost" || host == "127.0.0.1"
}
