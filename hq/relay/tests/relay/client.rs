//! A relay in a folder of its own and an HTTP client for it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use wayside_model::{Coded, DeviceId, Timestamp};
use wayside_relay::{RelayConfig, RunningRelay, read_desk_token, serve};
use wayside_sync::wire::{self, ItemPage, StoredItem, TokenTicket};
use wayside_sync::{Method, Response, read, read_stored};

pub(crate) struct World {
    pub(crate) dir: TempDir,
    pub(crate) relay: Option<RunningRelay>,
    pub(crate) desk_token: String,
    pub(crate) client: Client,
}

pub(crate) fn start(dir: &Path) -> RunningRelay {
    serve(&RelayConfig::new(dir.to_owned(), "127.0.0.1:0".parse().unwrap())).unwrap()
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let relay = start(dir.path());
        let desk_token = read_desk_token(relay.desk_token_file()).unwrap().expose().clone();
        let client = Client::new(relay.address());
        Self { dir, relay: Some(relay), desk_token, client }
    }

    /// Stops the relay and starts it again on the same folder.
    pub(crate) fn restart(&mut self) {
        self.relay.take().unwrap().shutdown().unwrap();
        let relay = start(self.dir.path());
        self.client = Client::new(relay.address());
        self.relay = Some(relay);
    }

    pub(crate) fn desk(&self, method: Method, path: &str, body: &[u8]) -> Response {
        self.client.send(method, path, body, Some(&self.desk_token))
    }

    /// Registers an enrolment token as the desk does.
    pub(crate) fn ticket(&self, token: &[u8; 16], expires: Timestamp) {
        let body = wire::encode(&TokenTicket { sha256: wayside_seal::sha256(token), expires });
        expect_stored(&self.desk(Method::Post, wire::desk_tokens(), &body), &body);
    }

    /// Deletes an item as the desk does; the status.
    pub(crate) fn delete(&self, device: DeviceId, id: &[u8; 16]) -> u16 {
        let url = format!("{}{}", self.client.base, wire::desk_item(device, id));
        let request = ureq::http::Request::delete(url).header("authorization", format!("Bearer {}", self.desk_token));
        self.client.agent.run(request.body(()).unwrap()).unwrap().status().as_u16()
    }

    /// All items the relay has, page by page.
    pub(crate) fn items(&self) -> Vec<StoredItem> {
        let (mut items, mut after) = (Vec::new(), 0);
        loop {
            let page: ItemPage = read(&self.desk(Method::Get, &wire::desk_items(after, 7), b"")).unwrap();
            after = page.items.last().map_or(after, |item| item.cursor);
            items.extend(page.items);
            if !page.more {
                return items;
            }
        }
    }
}

pub(crate) struct Client {
    pub(crate) agent: ureq::Agent,
    pub(crate) base: String,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)));
        Self { agent: config.build().into(), base: format!("http://{address}") }
    }

    pub(crate) fn try_send(
        &self,
        method: Method,
        path: &str,
        body: &[u8],
        bearer: Option<&str>,
    ) -> Result<Response, ureq::Error> {
        let mut request = ureq::http::Request::builder().method(method.as_str()).uri(format!("{}{path}", self.base));
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        let mut response = match method {
            Method::Get => self.agent.run(request.body(()).unwrap())?,
            Method::Put | Method::Post => {
                self.agent.run(request.header("content-type", wire::MEDIA_TYPE).body(body).unwrap())?
            }
        };
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        Ok(Response {
            status: response.status().as_u16(),
            content_type: header("content-type").unwrap_or_default().to_owned(),
            retry_after_s: header("retry-after").and_then(|seconds| seconds.parse().ok()),
            body: response.body_mut().read_to_vec()?,
        })
    }

    pub(crate) fn send(&self, method: Method, path: &str, body: &[u8], bearer: Option<&str>) -> Response {
        self.try_send(method, path, body, bearer).unwrap()
    }
}

#[track_caller]
pub(crate) fn expect_stored(response: &Response, sent: &[u8]) {
    read_stored(response, &wayside_seal::sha256(sent)).unwrap();
}

#[track_caller]
pub(crate) fn expect_refused(response: &Response, status: u16, code: &str) {
    let error = read::<wire::Stored>(response).unwrap_err();
    assert_eq!((response.status, error.code().as_str()), (status, code));
}
