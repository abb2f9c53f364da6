//! The local web page: this machine only.
//!
//! Three things keep other web sites out: it listens on a loopback address and refuses any other; the `Host` header must
//! name that address, so that a name of somebody else that points here (DNS rebinding) gets nothing, and a form that
//! another page sends is refused; and the answers forbid every script, frame and foreign load.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use crate::client::is_loopback_name;
use crate::{Desk, DeskError, language, routes};

/// Sent with every answer. `default-src 'none'` leaves the one style sheet; there is no script at all.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Without any referrer a browser says of its own forms that they come from nowhere (Fetch, "serializing a request origin").
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Serves the pages until `stop` is done. `ready` learns the address, which matters where `address` has port 0.
/// Fails with `desk.not_loopback` before it listens, and with `storage.io` where the address is taken.
pub async fn serve(
    desk: Arc<Desk>,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), DeskError> {
    let (pages, sweep) = routes::pages(desk);
    tokio::select! {
        served = listen(pages, address, ready, stop) => served,
        () = sweep => Ok(()),
    }
}

/// Serves pages of ours, guarded.
pub(crate) async fn listen(
    pages: Router,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), DeskError> {
    if !address.ip().is_loopback() {
        return Err(DeskError::NotLoopback);
    }
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    ready(bound);
    let port = bound.port();
    let pages = pages
        .route("/language/{language}", axum::routing::get(language::choose))
        .layer(middleware::from_fn(language::translate));
    let guarded = pages.layer(middleware::from_fn(move |request: Request, next: Next| guard(port, request, next)));
    axum::serve(listener, guarded).with_graceful_shutdown(stop).await?;
    Ok(())
}

async fn guard(port: u16, request: Request, next: Next) -> Response {
    let mut response = if is_ours(request.headers(), port) {
        if request.method() == Method::GET || is_from_here(request.headers()) {
            next.run(request).await
        } else {
            (StatusCode::FORBIDDEN, "This form was not sent from the desk's own page.\n").into_response()
        }
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "This page is only served under its own address.\n").into_response()
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether the `Host` header names this machine and this port.
fn is_ours(headers: &HeaderMap, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else { return false };
    let (name, given) = match host.rsplit_once(':') {
        Some((name, digits)) if !digits.ends_with(']') => (name, digits.parse().ok()),
        _ => (host, Some(80)),
    };
    given == Some(port) && is_loopback_name(name)
}

/// Whether a form comes from a page of ours: the browser says where from, and no page can make it say otherwise.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.strip_prefix("http://") == Some(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_with_the_right_port_are_hosts() {
        let asked = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
            is_ours(&headers, 8080)
        };
        for good in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "127.0.0.2:8080"] {
            assert!(asked(good), "{good}");
        }
        for bad in [
            "127.0.0.1",
            "127.0.0.1:80",
            "evil.example:8080",
            "127.0.0.1.evil.example:8080",
            "localhost.evil.example:8080",
            "10.0.0.1:8080",
            "[::1]",
            "8080",
            "",
        ] {
            assert!(!asked(bad), "{bad}");
        }
        assert!(!is_ours(&HeaderMap::new(), 8080));
        let mut twice = HeaderMap::new();
        twice.append(header::HOST, HeaderValue::from_static("localhost:8080"));
        twice.append(header::HOST, HeaderValue::from_static("evil.example:8080"));
        assert!(!is_ours(&twice, 8080));
    }
}
