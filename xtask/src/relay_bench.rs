//! `cargo xtask relay-bench`: how many envelopes a second the real relay takes, each durable before it is acknowledged, and
//! whether one of them is lost or doubled when relay and database are killed meanwhile. Load, relay and database share this
//! machine's processors.
use crate::cargo::Cargo;
use crate::failure::{Doing, Failure};
use crate::place::Place;
use crate::postgres::Postgres;
use crate::process;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SECONDS: u64 = 20;
const UP: Duration = Duration::from_secs(60);

/// What is measured, from the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    postgres: bool,
    kill: bool,
    json: bool,
    /// With the build of the tests, which is quicker to make and slower.
    dev: bool,
}

impl Options {
    pub(crate) fn parse(arguments: &[&str]) -> Option<Self> {
        let mut options = Self { postgres: false, kill: false, json: false, dev: false };
        let mut rest = arguments.iter();
        let mut database = None;
        while let Some(argument) = rest.next() {
            match *argument {
                "--database" => database = rest.next().copied(),
                "--kill" => options.kill = true,
                "--json" => options.json = true,
                "--dev" => options.dev = true,
                _ => return None,
            }
        }
        options.postgres = match database? {
            "sqlite" => false,
            "postgres" => true,
            _ => return None,
        };
        Some(options)
    }
}

/// Everything of one run: the relay, its database, how long one of them was away.
struct Bench {
    wayside: PathBuf,
    folder: PathBuf,
    address: SocketAddr,
    relay: Option<Child>,
    database: Option<Postgres>,
    down: Duration,
}

pub(crate) fn run(place: &Place, cargo: &Cargo<'_>, options: Options) -> Result<(), Failure> {
    let mut build = cargo.command("build");
    build.args(["--quiet", "--locked", "-p", "wayside-cli", "--bin", "wayside"]);
    build.args(["-p", "wayside-relay", "--example", "relay_load"]);
    if !options.dev {
        build.arg("--release");
    }
    process::run(&mut build)?;
    let programs = place.target.join(if options.dev { "debug" } else { "release" });
    let folder = place.target.join("relay-bench");
    if folder.exists() {
        fs::remove_dir_all(&folder).doing("Removing the relay of an earlier run")?;
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing("Looking for a free port")?;
    let address = listener.local_addr().doing("Looking for a free port")?;
    drop(listener);
    let database = if options.postgres { Some(Postgres::start(&place.target).map_err(Failure)?) } else { None };
    if let Some(database) = &database {
        eprintln!("{}", database.version());
    }
    let wayside = programs.join("wayside");
    let mut bench = Bench { wayside, folder, address, relay: None, database, down: Duration::ZERO };
    bench.start_relay()?;
    bench.wait_until_up()?;
    let sums = bench.load(&programs.join("examples/relay_load"), options.kill)?;
    report(&sums, bench.down, options)
}

impl Bench {
    fn start_relay(&mut self) -> Result<(), Failure> {
        let mut serve = Command::new(&self.wayside);
        serve.args(["relay", "--dir"]).arg(&self.folder).args(["serve", "--listen", &self.address.to_string()]);
        if let Some(database) = &self.database {
            serve.args(["--database", &database.url()]);
        }
        let relay = serve.stdin(Stdio::null()).stdout(Stdio::null()).spawn().doing("Starting the relay")?;
        self.relay = Some(relay);
        Ok(())
    }

    fn kill_relay(&mut self) {
        if let Some(mut relay) = self.relay.take() {
            let _ = relay.kill();
            let _ = relay.wait();
        }
    }

    fn load(&mut self, program: &Path, kill: bool) -> Result<BTreeMap<String, u64>, Failure> {
        let mut load = Command::new(program);
        load.arg(format!("http://{}", self.address)).arg(self.folder.join("desk-token")).arg(SECONDS.to_string());
        let load = load.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().doing("Starting the load")?;
        let mut load = Load(load);
        let out = load.0.stdout.take().ok_or_else(|| Failure::new("The load has no output."))?;
        let mut lines = BufReader::new(out).lines();
        let first = lines.next();
        if kill && matches!(first, Some(Ok(_))) {
            self.outages()?;
        }
        let mut sums = BTreeMap::new();
        for line in lines {
            let line = line.doing("Reading what the load says")?;
            if let Some((name, value)) = line.split_once(' ') {
                sums.insert(name.to_owned(), value.parse().doing("Reading what the load says")?);
            }
        }
        let status = load.0.wait().doing("Waiting for the load")?;
        if status.success() { Ok(sums) } else { Err(Failure::new("The load ended with an error.")) }
    }

    /// Kills relay and database, each while the load goes on.
    fn outages(&mut self) -> Result<(), Failure> {
        let quarter = Duration::from_secs(SECONDS / 4);
        for n in 0..3 {
            thread::sleep(quarter);
            let start = Instant::now();
            match (n, &mut self.database) {
                (1, Some(database)) => {
                    database.kill();
                    database.restart().map_err(Failure)?;
                }
                _ => {
                    self.kill_relay();
                    self.start_relay()?;
                }
            }
            self.wait_until_up()?;
            self.down += start.elapsed();
        }
        Ok(())
    }

    /// Until the relay says that it and its store are in order.
    fn wait_until_up(&self) -> Result<(), Failure> {
        let start = Instant::now();
        while start.elapsed() < UP {
            if self.is_up().unwrap_or(false) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(Failure::new("The relay did not answer within a minute."))
    }

    fn is_up(&self) -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&self.address, Duration::from_millis(500))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /v1/health HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer.starts_with(b"HTTP/1.1 200"))
    }
}

/// The process that makes the load. It ends with its run, also where that failed.
struct Load(Child);

impl Drop for Load {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.kill_relay();
    }
}

/// The JSON alone on standard output, or sentences; an error where something was lost or doubled.
fn report(sums: &BTreeMap<String, u64>, down: Duration, options: Options) -> Result<(), Failure> {
    let sum = |name: &str| sums.get(name).copied().ok_or_else(|| Failure(format!("The load did not say `{name}`.")));
    let (lost, duplicated) = (sum("lost")?, sum("duplicated")?);
    let up = sum("elapsed_us")? as f64 / 1e6 - down.as_secs_f64();
    let rate = sum("acknowledged")? as f64 / up;
    let (p99, down) = (sum("p99_us")? as f64 / 1e3, down.as_secs_f64());
    let (stored, acknowledged, resent) = (sum("stored")?, sum("acknowledged")?, sum("resent")?);
    if options.json {
        println!(
            "{{\"accepted_per_s\":{rate:.0},\"lost\":{lost},\"duplicated\":{duplicated},\"p99_ms\":{p99:.1},\
             \"down_s\":{down:.2},\"acknowledged\":{acknowledged},\"stored\":{stored},\"resent\":{resent},\
             \"envelope_bytes\":{}}}",
            sum("envelope_bytes")?
        );
    } else {
        println!(
            "{rate:.0} envelopes a second, each on disk before it was acknowledged; 99 of 100 requests under {p99:.1} ms."
        );
        println!(
            "{acknowledged} acknowledged, {stored} stored, {resent} sent twice, {lost} lost, {duplicated} doubled."
        );
        println!("Relay or database were away for {down:.2} s.");
    }
    if lost + duplicated > 0 || stored != acknowledged {
        return Err(Failure::new("What was acknowledged is not what is stored."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(lost: u64, duplicated: u64, stored: u64) -> BTreeMap<String, u64> {
        [("acknowledged", 100), ("resent", 9), ("p99_us", 7), ("elapsed_us", 1_000_000), ("envelope_bytes", 251)]
            .into_iter()
            .chain([("lost", lost), ("duplicated", duplicated), ("stored", stored)])
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    #[test]
    fn a_loss_is_never_a_success() {
        let options = Options::parse(&["--database", "sqlite", "--json"]).unwrap();
        assert!(report(&sums(0, 0, 100), Duration::ZERO, options).is_ok());
        assert!(report(&sums(1, 0, 100), Duration::ZERO, options).is_err());
        assert!(report(&sums(0, 1, 100), Duration::ZERO, options).is_err());
        assert!(report(&sums(0, 0, 99), Duration::ZERO, options).is_err());
        assert!(report(&BTreeMap::new(), Duration::ZERO, options).is_err());
    }

    #[test]
    fn no_load_outlives_its_run() {
        let child = Command::new("sleep").arg("600").spawn().unwrap();
        let id = child.id();
        drop(Load(child));
        assert!(!Path::new(&format!("/proc/{id}")).exists());
    }

    #[test]
    fn the_database_must_be_named() {
        let options = Options::parse(&["--kill", "--database", "postgres"]).unwrap();
        assert_eq!(options, Options { postgres: true, kill: true, json: false, dev: false });
        for bad in [&[][..], &["--database"], &["--database", "other"], &["--database", "sqlite", "--fast"]] {
            assert_eq!(Options::parse(bad), None);
        }
    }
}
