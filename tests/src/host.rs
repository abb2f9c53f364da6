//! What a host gives to the core, as small as it can be: a key store in memory and a network.

use crate::scenario::Link;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use wayside_field::{
    CarryRequest, CarrySession, Failure, HardwareLevel, KeyStore, KeyStoreError, Method, Transport, WireRequest,
    WireResponse,
};

/// How the relay's own answers are marked.
const MEDIA_TYPE: &str = "application/vnd.wayside.v1+cbor";

/// A key store that lasts as long as the object.
#[derive(Default)]
pub(crate) struct MemoryKeys(Mutex<BTreeMap<String, ring::hmac::Key>>);

impl KeyStore for MemoryKeys {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::Software
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        let random = ring::rand::SystemRandom::new();
        let key =
            ring::hmac::Key::generate(ring::hmac::HMAC_SHA256, &random).map_err(|_| KeyStoreError::Unavailable)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(alias.to_owned()).or_insert(key);
        Ok(())
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = keys.get(alias).ok_or(KeyStoreError::Invalidated)?;
        Ok(ring::hmac::sign(key, data).as_ref().to_vec())
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(alias);
        Ok(())
    }
    fn limited_use(&self) -> bool {
        false
    }
}

/// A key store that answers with nothing but this.
pub(crate) struct NoKeys(pub(crate) KeyStoreError);

impl KeyStore for NoKeys {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::Software
    }
    fn create(&self, _: &str) -> Result<(), KeyStoreError> {
        Err(self.0)
    }
    fn mac(&self, _: &str, _: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        Err(self.0)
    }
    fn delete(&self, _: &str) -> Result<(), KeyStoreError> {
        Err(self.0)
    }
    fn limited_use(&self) -> bool {
        false
    }
}

/// The way to the relay, or what stands in it.
pub(crate) struct Network(pub(crate) Link);

impl Transport for Network {
    fn exchange(&self, request: WireRequest) -> Result<WireResponse, Failure> {
        match self.0 {
            Link::Relay | Link::Cancelled => http(request),
            Link::Tampered => http(request).map(changed_on_the_way),
            Link::Slow => Err(Failure::Timeout),
            Link::Lying if request.method == Method::Get => http(request),
            Link::Lying | Link::Garbled => Ok(WireResponse { content_type: MEDIA_TYPE.to_owned(), ..page(200) }),
            Link::NoPath => Err(Failure::NoPath),
            Link::Portal => Ok(page(200)),
            Link::NotFound => Ok(page(404)),
            Link::Down => Ok(page(503)),
            Link::Odd => Ok(page(520)),
        }
    }

    /// An exchange ends by itself within its time limit.
    fn abort(&self) {}
}

/// Where the phone beside is said to be.
pub(crate) const BESIDE: &str = "http://beside";

/// Another phone that carries, as near as a call: what goes over a hotspot otherwise. The command line does it over a socket.
pub(crate) struct Beside(Mutex<CarrySession>);

impl Beside {
    pub(crate) const fn new(carrying: CarrySession) -> Self {
        Self(Mutex::new(carrying))
    }
}

impl Transport for Beside {
    fn exchange(&self, request: WireRequest) -> Result<WireResponse, Failure> {
        let authorization = request.headers.iter().find(|(name, _)| name == "Authorization");
        let asked = CarryRequest {
            method: request.method,
            path: request.url.strip_prefix(BESIDE).unwrap_or_default().to_owned(),
            authorization: authorization.map(|(_, value)| value.clone()).unwrap_or_default(),
            body: request.body,
        };
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).answer(&asked))
    }

    fn abort(&self) {}
}

fn changed_on_the_way(mut response: WireResponse) -> WireResponse {
    if let Some(last) = response.body.last_mut() {
        *last ^= 1;
    }
    response
}

fn page(status: u16) -> WireResponse {
    let body = b"<html><title>Welcome</title><p>ok</p></html>".to_vec();
    WireResponse { status, content_type: "text/html".to_owned(), retry_after_seconds: None, body }
}

fn http(request: WireRequest) -> Result<WireResponse, Failure> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into();
    let mut builder = ureq::http::Request::builder().uri(&request.url).method(request.method.as_str());
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let sent = match request.method {
        Method::Get => builder.body(()).map_err(ureq::Error::from).and_then(|ready| agent.run(ready)),
        _ => builder.body(request.body).map_err(ureq::Error::from).and_then(|ready| agent.run(ready)),
    };
    let mut response = sent.map_err(|_| Failure::NoPath)?;
    let field = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (content_type, retry_after) = (field("content-type").unwrap_or_default(), field("retry-after"));
    Ok(WireResponse {
        status: response.status().as_u16(),
        content_type,
        retry_after_seconds: retry_after.and_then(|text| text.parse().ok()),
        body: response.body_mut().read_to_vec().map_err(|_| Failure::NoPath)?,
    })
}
