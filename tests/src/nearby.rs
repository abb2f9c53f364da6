//! Two phones and a real socket between them: one carries as the program, the other hands over, both vaults locked.

use crate::device::Device;
use crate::hq::{Hq, program};
use crate::player;
use serde_json::Value;
use std::io::BufReader;
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Carrying {
    child: Child,
    url: String,
    code: String,
}

impl Carrying {
    fn start(home: &Path) -> Self {
        let mut command = Command::new(program().unwrap());
        command.args(["--json", "device", "carry"]).arg(home).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let said = serde_json::Deserializer::from_reader(said).into_iter::<Value>().next().unwrap().unwrap();
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        Self { child, url: text("url"), code: text("code") }
    }
}

impl Drop for Carrying {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn hand_over(home: &Path, to: &Carrying, code: &str) -> Value {
    let mut command = Command::new(program().unwrap());
    command.args(["--json", "device", "sync", "--locked"]).arg(home);
    let done = command.args(["--carrier", &to.url, "--code", code]).output().unwrap();
    serde_json::from_slice(&done.stdout).unwrap()
}

#[test]
fn a_locked_phone_hands_over_to_a_locked_phone_and_hq_hears_of_it_by_that_one() {
    let hq = Hq::start().unwrap();
    let (mut owner, mut carrier) = (Device::ready(&hq), Device::ready(&hq));
    owner.session = Some(owner.vault.start_session("wayside-b2", "en", wayside_field::SessionMode::Interview).unwrap());
    player::entries(&mut owner, &crate::root().join("tests/scenarios/demo/unconfirmed.json")).unwrap();
    let report = owner.session.as_mut().unwrap().finish().unwrap();
    owner.vault.lock();
    carrier.vault.lock();
    let home = |device: &Device| device.directory.parent().unwrap().to_owned();
    let (of_owner, of_carrier) = (home(&owner), home(&carrier));

    let carrying = Carrying::start(&of_carrier);
    let refused = hand_over(&of_owner, &carrying, "not-its-code");
    assert_eq!(refused["refused"]["code"], "carry.stranger");
    let handed = hand_over(&of_owner, &carrying, &carrying.code);
    assert_eq!((handed["sent"].as_u64(), handed["with_neighbour"].as_u64()), (Some(0), Some(2)), "{handed:#}");
    drop(carrying);

    carrier.sync_locked(crate::scenario::Link::Relay).unwrap();
    hq.desk(&["pull"]).unwrap();
    assert!(hq.desk(&["show", &report.event.to_string()]).is_ok());
    carrier.sync_locked(crate::scenario::Link::Relay).unwrap();
    let carrying = Carrying::start(&of_carrier);
    let back = hand_over(&of_owner, &carrying, &carrying.code);
    assert_eq!(back["received"].as_u64(), Some(1), "{back:#}");
    owner.open(crate::scenario::With::Right).unwrap();
    let queue = owner.vault.queue_status().unwrap();
    assert_eq!((queue.waiting, queue.handed_over, queue.hq_has_it), (0, 0, 1));
}
