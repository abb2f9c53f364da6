//! Step 1: HQ makes its keys; relay and desk start as processes of their own, each on its own file.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::demo::checks::Check;
use crate::demo::child::{Service, wait_until};
use crate::demo::link::{Cut, Link, LinkPlan};
use crate::demo::world::World;
use crate::error::CliError;

/// What runs at HQ, and the link that leads there.
pub(crate) struct Hq {
    /// The relay.
    pub(crate) relay: Service,
    /// The desk's pages.
    pub(crate) desk: Service,
    /// The bad link between devices and relay; down until step 5.
    pub(crate) link: Link,
}

impl Hq {
    /// Where the desk's pages are.
    pub(crate) fn desk_url(&self) -> &str {
        self.desk.ready["url"].as_str().unwrap_or_default()
    }

    /// Where the relay is.
    pub(crate) fn relay_url(&self) -> &str {
        self.relay.ready["url"].as_str().unwrap_or_default()
    }
}

/// Starts HQ.
pub(crate) fn run(world: &World<'_>) -> Result<Hq, CliError> {
    world.heading("1. HQ makes its keys; relay and desk start");
    let relay_dir = world.path("relay");
    let relay = world.runner.serve(&["relay", "--dir", &relay_dir, "serve", "--listen", "127.0.0.1:0"])?;
    world.note_process("relay serve", relay.pid());
    world.make_words("desk.words")?;
    let relay_url = relay.ready["url"].as_str().unwrap_or_default().to_owned();
    let token = world.path("relay/desk-token");
    let recovery = world.path("shares");
    let init = ["init", "--org", "Demo", "--relay", &relay_url, "--relay-token", &token, "--kdf", "floor"];
    world.desk(&[init.as_slice(), &["--shares-out", &recovery]].concat())?;
    let pages = if world.sabotages(Check::PageShowsTheSame) {
        copy_folder(&world.dir.join("desk"), &world.dir.join("desk-old"))?;
        "desk-old"
    } else {
        "desk"
    };
    let mut desk = start_desk(world, pages)?;
    if world.sabotages(Check::ServicesAnswer) {
        desk.kill();
    }
    check(world, &relay_url, &desk);
    if world.sabotages(Check::ServicesAnswer) {
        desk = start_desk(world, pages)?;
    }
    let address: SocketAddr = relay_url
        .trim_start_matches("http://")
        .parse()
        .map_err(|_| CliError::Demo("the relay gave no address".into()))?;
    let link = Link::start(address, plan(world)).map_err(CliError::file("a socket of the demo"))?;
    let hq = Hq { relay, desk, link };
    world.tell(&format!("relay        {}  process {}", hq.relay_url(), hq.relay.pid()));
    world.tell(&format!("desk         {}  process {}", hq.desk_url(), hq.desk.pid()));
    Ok(hq)
}

fn start_desk(world: &World<'_>, folder: &str) -> Result<Service, CliError> {
    let (dir, words) = (world.path(folder), world.path("desk.words"));
    let desk =
        world.runner.serve(&["desk", "--dir", &dir, "--pin-file", &words, "serve", "--listen", "127.0.0.1:0"])?;
    world.note_process("desk serve", desk.pid());
    Ok(desk)
}

/// A link as at the edge of a network, and five cuts: three requests torn, two answers lost.
fn plan(world: &World<'_>) -> LinkPlan {
    let cuts = vec![Cut::Request(400), Cut::Answer(700), Cut::Request(900), Cut::Answer(1_000), Cut::Request(1_100)];
    LinkPlan {
        latency: Duration::from_millis(30),
        bytes_per_second: 24_000,
        cuts: if world.sabotages(Check::LinkDropped) { Vec::new() } else { cuts },
    }
}

fn check(world: &World<'_>, relay_url: &str, desk: &Service) {
    let desk_url = desk.ready["url"].as_str().unwrap_or_default();
    let answers = |url: &str| get(url).is_some_and(|(status, _)| status == 200);
    let relay_up = wait_until(Duration::from_secs(2), || answers(&format!("{relay_url}/v1/health")));
    let desk_up = wait_until(Duration::from_millis(500), || answers(&format!("{desk_url}/healthz")));
    let plain = |path: &Path| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"));
    let relay_plain = plain(&world.dir.join("relay/relay.db"));
    let desk_sealed = world.dir.join("desk/desk.db").is_file() && !plain(&world.dir.join("desk/desk.db"));
    let saw = format!(
        "relay answers: {}, desk answers: {}, the desk's file is encrypted: {}",
        yes(relay_up),
        yes(desk_up),
        yes(desk_sealed)
    );
    world.check(Check::ServicesAnswer, relay_up && desk_up && relay_plain && desk_sealed, saw);
}

fn yes(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// Status and text of a page.
pub(crate) fn get(url: &str) -> Option<(u16, String)> {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(5)))
        .build();
    let mut response = ureq::Agent::from(config).get(url).call().ok()?;
    let status = response.status().as_u16();
    let body = response.body_mut().read_to_vec().ok()?;
    Some((status, String::from_utf8_lossy(&body).into_owned()))
}

/// Copies a folder with everything in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<(), CliError> {
    const WHAT: &str = "a folder of the demo";
    crate::key_store::create_private_folder(to).map_err(CliError::file(WHAT))?;
    for entry in std::fs::read_dir(from).map_err(CliError::file(WHAT))? {
        let entry = entry.map_err(CliError::file(WHAT))?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target).map_err(CliError::file(WHAT))?;
        }
    }
    Ok(())
}
