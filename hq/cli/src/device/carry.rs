//! `wayside device carry`: this device carries for neighbours, over HTTP on the address of `--listen`. What is answered is the
//! core's; here is only the socket.

use std::future::IntoFuture as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method as HttpMethod, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use wayside_field::{CarryRequest, CarrySession, LARGEST_CARRY_BODY, Method, OutboxSession, WireResponse};

use crate::device::args::CarryArgs;
use crate::device::home::Home;
use crate::error::CliError;
use crate::output::Output;

#[derive(Serialize)]
struct Carrying {
    url: String,
    code: String,
    pid: u32,
}

type Session = Arc<Mutex<CarrySession>>;

/// Serves until Ctrl-C.
pub(crate) fn run(args: &CarryArgs, output: &Output) -> Result<(), CliError> {
    let session = OutboxSession::open(&Home::new(&args.dir).vault_dir())?.begin_carry()?;
    let code = session.code().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(CliError::file("the network"))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(args.listen).await.map_err(CliError::file("--listen"))?;
        let address = listener.local_addr().map_err(CliError::file("--listen"))?;
        let carrying = Carrying { url: format!("http://{address}"), code, pid: std::process::id() };
        output.result(&carrying, || {
            format!("Carries at {}\nCode: {}\nEnd with Ctrl-C.\n", carrying.url, carrying.code)
        })?;
        let routes = Router::new().fallback(answer).with_state(Arc::new(Mutex::new(session)));
        tokio::select! {
            served = axum::serve(listener, routes).into_future() => served.map_err(CliError::file("the network")),
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    })
}

async fn answer(State(session): State<Session>, request: Request) -> Response {
    let method = match *request.method() {
        HttpMethod::GET => Method::Get,
        HttpMethod::PUT => Method::Put,
        _ => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
    };
    let path = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let field = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let authorization = field.unwrap_or_default().to_owned();
    let Ok(body) = to_bytes(request.into_body(), LARGEST_CARRY_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let asked = CarryRequest { method, path, authorization, body: body.into() };
    // The core writes to the disk before it answers.
    let answered =
        tokio::task::spawn_blocking(move || session.lock().unwrap_or_else(PoisonError::into_inner).answer(&asked));
    match answered.await {
        Ok(WireResponse { status, content_type, body, .. }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            (status, [(header::CONTENT_TYPE, content_type)], Body::from(body)).into_response()
        }
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
