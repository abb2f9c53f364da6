//! What an operator may see: one line a request, and sums. A line names the kind of request, never which device, which item
//! or from where.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;

use crate::answer::Refusal;
use crate::routes::Relay;

/// Upper bounds of the answer times that are counted, in milliseconds.
const BOUNDS_MS: [u64; 8] = [1, 5, 20, 50, 100, 500, 2_000, 10_000];

/// Sums since the start.
#[derive(Default)]
pub(crate) struct Meters {
    log: bool,
    statuses: [AtomicU64; 6],
    times: [AtomicU64; BOUNDS_MS.len() + 1],
    time_us: AtomicU64,
    pub(crate) open: AtomicI64,
    pub(crate) turned_away: AtomicU64,
}

/// A line of the log.
#[derive(Serialize)]
struct Line<'a> {
    method: &'a str,
    route: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    ms: u64,
}

impl Meters {
    pub(crate) fn new(log: bool) -> Self {
        Self { log, ..Self::default() }
    }

    /// The sums in the text form Prometheus reads.
    pub(crate) fn text(&self, free_memory: usize) -> String {
        let mut text = String::new();
        let mut line = |name: &str, kind: &str, help: &str, values: &[(String, u64)]| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (label, value) in values {
                let _ = writeln!(text, "{name}{label} {value}");
            }
        };
        let plain = |value: u64| [(String::new(), value)];
        let statuses: Vec<_> =
            (1..6).map(|n| (format!("{{status=\"{n}xx\"}}"), self.statuses[n].load(Relaxed))).collect();
        line("wayside_requests_total", "counter", "Requests answered, by class of status.", &statuses);
        let open = u64::try_from(self.open.load(Relaxed)).unwrap_or(0);
        line("wayside_connections", "gauge", "Connections open.", &plain(open));
        let away = self.turned_away.load(Relaxed);
        line("wayside_connections_refused_total", "counter", "Connections beyond the limit.", &plain(away));
        let free = free_memory as u64;
        line("wayside_body_memory_free_bytes", "gauge", "Memory left for request bodies.", &plain(free));
        let mut sum = 0;
        let mut times = Vec::new();
        for (n, count) in self.times.iter().enumerate() {
            sum += count.load(Relaxed);
            let bound = BOUNDS_MS.get(n).map_or("+Inf".to_owned(), |ms| format!("{}", *ms as f64 / 1e3));
            times.push((format!("_bucket{{le=\"{bound}\"}}"), sum));
        }
        times.push(("_count".to_owned(), sum));
        line("wayside_request_seconds", "histogram", "Time to the answer.", &times);
        let seconds = self.time_us.load(Relaxed) as f64 / 1e6;
        let _ = writeln!(text, "wayside_request_seconds_sum {seconds}");
        text
    }

    fn count(&self, status: u16, micros: u64) {
        self.statuses[usize::from(status / 100).min(5)].fetch_add(1, Relaxed);
        self.times[BOUNDS_MS.iter().filter(|ms| micros > **ms * 1_000).count()].fetch_add(1, Relaxed);
        self.time_us.fetch_add(micros, Relaxed);
    }
}

/// Counts and, where asked for, logs each request.
pub(crate) async fn observe(State(relay): State<Arc<Relay>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    // The pattern, not the path: an id in it is nobody's business.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    relay.meters.count(response.status().as_u16(), micros);
    if relay.meters.log {
        let line = Line {
            method: if route.is_some() { method.as_str() } else { "-" },
            route: route.as_ref().map_or("-", MatchedPath::as_str),
            status: response.status().as_u16(),
            code: response.extensions().get::<Refusal>().map(|refusal| refusal.code().as_str()),
            ms: micros / 1_000,
        };
        if let Ok(mut text) = serde_json::to_string(&line) {
            text.push('\n');
            // Nobody reads it: the work goes on.
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
        }
    }
    response
}
