//! The smallest program around the relay, for tests that kill, watch and count it. `relay_process DIR` serves the folder on
//! free ports, writes `HOST:PORT METRICS-HOST:PORT` into `DIR/address`, and takes the rest from its environment:
//! `RELAY_DATABASE` (a PostgreSQL URL), `RELAY_CONNECTIONS` (how many it takes), `RELAY_BUCKET` (for large items, with the S3
//! variables of its store).

#![allow(clippy::unwrap_used, reason = "a test's process fails by panicking")]

use std::env;
use std::path::PathBuf;

use wayside_model::Sensitive;
use wayside_relay::{BlobPlace, Database, Limits, RelayConfig, serve};

fn main() {
    let dir = PathBuf::from(env::args_os().nth(1).unwrap());
    let mut config = RelayConfig { log: true, ..RelayConfig::new(dir.clone(), "127.0.0.1:0".parse().unwrap()) };
    config.metrics = Some(config.listen);
    if let Ok(url) = env::var("RELAY_DATABASE") {
        config.database = Database::Postgres { url: Sensitive::new(url), roots: None };
    }
    if let Ok(connections) = env::var("RELAY_CONNECTIONS") {
        config.limits = Limits { connections: connections.parse().unwrap(), ..Limits::default() };
    }
    if let Ok(bucket) = env::var("RELAY_BUCKET") {
        config.blobs = BlobPlace::S3 { bucket };
    }
    let relay = serve(&config).unwrap();
    let addresses = format!("{} {}", relay.address(), relay.metrics().unwrap());
    std::fs::write(dir.join("address.new"), addresses).unwrap();
    std::fs::rename(dir.join("address.new"), dir.join("address")).unwrap();
    relay.run_until_signal().unwrap();
}
