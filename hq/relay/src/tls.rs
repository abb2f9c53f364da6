//! TLS 1.3, with ring's primitives and nothing older.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::RelayError;

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// For libraries that take the process's provider.
pub(crate) fn install() {
    // Another one was there first: then that one serves.
    let _ = ring::default_provider().install_default();
}

/// Answers with the chain and key of two PEM files.
pub(crate) fn server(chain: &Path, key: &Path) -> Result<TlsAcceptor, RelayError> {
    let chain = certificates(chain)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|_| RelayError::Certificate)?;
    let config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|_| RelayError::Certificate)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Believes what the certificates of this PEM file vouch for, and nothing else.
pub(crate) fn client(roots: &Path) -> Result<ClientConfig, RelayError> {
    let mut store = RootCertStore::empty();
    for root in certificates(roots)? {
        store.add(root).map_err(|_| RelayError::Certificate)?;
    }
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])
        .map_err(|_| RelayError::Certificate)?;
    Ok(builder.with_root_certificates(store).with_no_client_auth())
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, RelayError> {
    let found = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    found.ok().filter(|found| !found.is_empty()).ok_or(RelayError::Certificate)
}
