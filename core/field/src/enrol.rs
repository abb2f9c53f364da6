//! Enrolment: a record (carried by a QR code) becomes a vault with keys of its own, known to HQ's relay.
//!
//! Trust comes from the record's fingerprint of HQ's root, never from the network: the directory fetched over it must be
//! signed by that root. The words are compared by people before HQ confirms.

use std::path::PathBuf;
use std::sync::Arc;

use wayside_model::{Coded, DeviceId, ErrorCode, Sensitive};
use wayside_seal::stretch::{self, StretchParams};
use wayside_seal::{
    Directory, EnrolmentRecord, EnrolmentRequest, Key, KeyStore, SigningKey, StartedEpoch, epoch, hpke, random,
};
use wayside_sync::{ReplyError, Request, Response, read_bytes, read_stored, wire};
use wayside_vault::outbox::{Outbox, OutboxConfig};

use crate::carry;
use crate::device::{Identity, Settings};
use crate::duress;
use crate::epochs::FIRST;
use crate::error::FieldError;
use crate::ports::{Clock, SystemClock, Transport, WireRequest, WireResponse};
use crate::vault::{Inner, Vault};
use crate::wipe_order;

/// How to enrol.
#[derive(Clone)]
pub struct EnrolOptions {
    /// Where the vault will be; nothing of a vault may be there.
    pub directory: PathBuf,
    /// The record, as text.
    pub record: String,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Cost of stretching the secret.
    pub stretch: StretchParams,
}

impl EnrolOptions {
    /// This folder and record, with the system's clock and the default cost.
    pub fn new(directory: impl Into<PathBuf>, record: impl Into<String>) -> Self {
        Self {
            directory: directory.into(),
            record: record.into(),
            clock: Arc::new(SystemClock),
            stretch: StretchParams::DEFAULT,
        }
    }
}

/// A device that HQ has not confirmed yet.
pub struct Enrolled {
    /// Its vault, open.
    pub vault: Vault,
    /// Its id.
    pub device: DeviceId,
    /// Words that must be the same at HQ.
    pub words: String,
}

impl Vault {
    /// Makes a vault from an enrolment record. Two requests go to the relay: the directory, and the enrolment itself. Only
    /// when the relay has taken the second is anything written.
    ///
    /// Errors: `enrol.*`, `directory.*`, `vault.exists`, `vault.weak_secret`, `sync.*`, `keystore.*`, `storage.*`.
    pub fn enrol(
        options: EnrolOptions,
        secret: &Sensitive<String>,
        keys: &dyn KeyStore,
        transport: &dyn Transport,
    ) -> Result<Enrolled, FieldError> {
        let record = EnrolmentRecord::parse(&options.record)?;
        // The record's fifteen minutes run on real clocks: HQ's and this device's, not on a clock set for training.
        record.check_fresh(SystemClock.now())?;
        if Self::is_present(&options.directory) {
            return Err(ErrorCode::VaultExists.into());
        }
        stretch::check_strength(keys.level(), secret.expose())?;

        let signed_directory = fetch_directory(transport, &record)?;
        let now = SystemClock.now();
        let directory = Directory::verify(&signed_directory, &record.root_fingerprint, now, None)?;

        let signing = SigningKey::generate()?;
        let sealing = hpke::PrivateKey::generate()?;
        let upload_token: [u8; 32] = random::bytes()?;
        let device: DeviceId = random::id()?;
        let request = EnrolmentRequest {
            device,
            token: record.token,
            sign: signing.public(),
            seal: sealing.public()?,
            upload_token_hash: wayside_seal::sha256(&upload_token),
            at: now.rounded(),
        };
        let words = request.comparison_words();
        let StartedEpoch { header, chain, receipt_key } = epoch::start(device, FIRST, &directory, &signing)?;
        post_enrolment(transport, &record, request.to_bytes(&signing)?)?;

        let store = wayside_vault::Vault::create(&options.directory, secret, keys, options.stretch)?;
        let settings = Settings(&store);
        let identity = Identity {
            device,
            sign_seed: *signing.seed(),
            seal_secret: *sealing.expose(),
            receipt_key: *receipt_key.expose(),
            root_fingerprint: record.root_fingerprint,
            words: words.clone(),
        };
        settings.put_identity(&identity)?;
        settings.put_directory(&signed_directory)?;
        settings.put_chain(&chain)?;
        let config = OutboxConfig { relay: record.relay, device, upload_token: Key::from_bytes(upload_token) };
        let mut outbox = Outbox::create(&options.directory, config)?;
        outbox.add(&header)?;
        wipe_order::keep_trust(&outbox, &identity, &signed_directory)?;
        let inner = Inner::new(options.directory, store, options.clock);
        carry::note_hq(&inner)?;
        inner.store.note_contact(directory.issued)?;
        duress::furnish(&inner)?;
        Ok(Enrolled { vault: Self::of(inner), device, words })
    }
}

fn fetch_directory(transport: &dyn Transport, record: &EnrolmentRecord) -> Result<Vec<u8>, FieldError> {
    let response = exchange(transport, record, Request::get(wire::DIRECTORY))?;
    read_bytes(&response).map_err(|error| error.code().into())
}

fn post_enrolment(transport: &dyn Transport, record: &EnrolmentRecord, bytes: Vec<u8>) -> Result<(), FieldError> {
    let sha256 = wayside_seal::sha256(&bytes);
    let response = exchange(transport, record, Request::post(wire::ENROLMENTS, bytes))?;
    read_stored(&response, &sha256).map_err(|error| error.code().into())
}

fn exchange(transport: &dyn Transport, record: &EnrolmentRecord, request: Request) -> Result<Response, FieldError> {
    match transport.exchange(to_host(&record.relay, request)) {
        Ok(response) => Ok(from_host(response)),
        Err(failure) => Err(ReplyError::from(failure).code().into()),
    }
}

/// A request of the engine as the host sends it.
pub(crate) fn to_host(relay: &str, request: Request) -> WireRequest {
    to_host_as(wire::MEDIA_TYPE, relay, request)
}

/// The same to somebody who speaks another media type.
pub(crate) fn to_host_as(media_type: &str, address: &str, request: Request) -> WireRequest {
    let mut headers = vec![("Accept".to_owned(), media_type.to_owned())];
    if !request.body.is_empty() {
        headers.push(("Content-Type".to_owned(), media_type.to_owned()));
    }
    if let Some(token) = &request.bearer {
        headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
    }
    let url = format!("{}{}", address.trim_end_matches('/'), request.path);
    WireRequest { id: request.id, method: request.method, url, headers, body: request.body }
}

/// A response of the host as the engine reads it.
pub(crate) fn from_host(response: WireResponse) -> Response {
    Response {
        status: response.status,
        content_type: response.content_type,
        retry_after_s: response.retry_after_seconds,
        body: response.body,
    }
}
