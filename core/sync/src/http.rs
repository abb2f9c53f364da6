//! One exchange as values. The host turns a [`Request`] into HTTP and hands back a [`Response`] or a [`Failure`].

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// PUT.
    Put,
    /// POST.
    Post,
}

impl Method {
    /// The word in the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
        }
    }
}

/// What to send. No `Debug`: it holds a token.
///
/// The host adds `Content-Type: application/vnd.wayside.v1+cbor` where there is a body, and does not follow redirects.
#[derive(Clone)]
pub struct Request {
    /// To be given back with the reply.
    pub id: u64,
    /// Method.
    pub method: Method,
    /// Path with query, to be joined to the relay's address.
    pub path: String,
    /// Body; empty for GET.
    pub body: Vec<u8>,
    /// Goes into `Authorization: Bearer …`.
    pub bearer: Option<String>,
}

impl Request {
    /// An open GET, apart from the engine: the directory.
    pub fn get(path: &str) -> Self {
        Self { id: 0, method: Method::Get, path: path.to_owned(), body: Vec::new(), bearer: None }
    }
    /// An open POST, apart from the engine: a request to enrol.
    pub fn post(path: &str, body: Vec<u8>) -> Self {
        Self { id: 0, method: Method::Post, path: path.to_owned(), body, bearer: None }
    }
}

/// What came back, whoever sent it. No `Debug`: a control page may be in it.
#[derive(Clone)]
pub struct Response {
    /// Status as received, whatever it is.
    pub status: u16,
    /// `Content-Type` as received; empty where there was none.
    pub content_type: String,
    /// Body. The host may cut it off beyond [`crate::wire::MAX_BODY_BYTES`] times 8.
    pub body: Vec<u8>,
    /// `Retry-After` in seconds, where the header was a number.
    pub retry_after_s: Option<u32>,
}

/// Why no response came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No network, no name, connection refused or reset.
    NoPath,
    /// No answer in time.
    Timeout,
    /// The peer's certificate is not the expected one.
    UntrustedPeer,
    /// The host's transport failed otherwise.
    Unexpected,
    /// The user or the system stopped it.
    Cancelled,
}
