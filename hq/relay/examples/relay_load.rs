//! Load for `cargo xtask relay-bench`: phones that send sealed envelopes in batches over connections kept open, resend some,
//! go on through outages, and afterwards compare what was acknowledged with what the desk can read.
//!
//! `relay_load URL DESK-TOKEN-FILE SECONDS` prints one `name value` a line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a measuring tool")]

use std::collections::HashMap;
use std::time::{Duration, Instant};

use wayside_model::{DeviceId, Timestamp};
use wayside_relay::batch::{self, Batch, BatchStored, ItemState};
use wayside_seal::directory::{Directory, Recipient, Role};
use wayside_seal::hpke::PrivateKey;
use wayside_seal::{Chain, EnrolmentRequest, SigningKey, epoch, random, sha256};
use wayside_sync::wire::{self, ItemPage, TokenTicket};

const CONNECTIONS: usize = 64;
const BATCH: usize = 20;
/// Of each batch so many were sent and acknowledged before.
const RESENT: usize = 2;
/// Makes an envelope of 264 bytes: of the padded sizes the least above 250.
const PLAIN: usize = 200;

struct Http {
    agent: ureq::Agent,
    base: String,
}

impl Http {
    fn new(base: &str) -> Self {
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30)));
        Self { agent: config.build().into(), base: base.to_owned() }
    }

    /// The body of a success.
    fn send(&self, method: &str, path: &str, body: &[u8], bearer: &str) -> Option<Vec<u8>> {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        let request = request.header("authorization", format!("Bearer {bearer}"));
        let reply = match method {
            "GET" => self.agent.run(request.body(()).unwrap()),
            _ => self.agent.run(request.header("content-type", wire::MEDIA_TYPE).body(body).unwrap()),
        };
        let mut reply = reply.ok().filter(|reply| reply.status().is_success())?;
        reply.body_mut().with_config().limit(1 << 30).read_to_vec().ok()
    }
}

struct Phone {
    http: Http,
    bearer: String,
    chain: Chain,
    acknowledged: Vec<Vec<u8>>,
    times_us: Vec<u64>,
    resent: usize,
}

impl Phone {
    fn enrol(base: &str, desk_token: &str) -> Self {
        let http = Http::new(base);
        let (device, key): (DeviceId, _) = (random::id().unwrap(), SigningKey::generate().unwrap());
        let (token, upload): ([u8; 16], [u8; 32]) = (random::bytes().unwrap(), random::bytes().unwrap());
        let ticket = TokenTicket { sha256: sha256(&token), expires: Timestamp::from_millis(i64::MAX) };
        http.send("POST", wire::desk_tokens(), &wire::encode(&ticket), desk_token).unwrap();
        let request = EnrolmentRequest {
            device,
            token,
            sign: key.public(),
            seal: PrivateKey::generate().unwrap().public().unwrap(),
            upload_token_hash: sha256(&upload),
            at: Timestamp::from_millis(0),
        };
        http.send("POST", wire::ENROLMENTS, &request.to_bytes(&key).unwrap(), "").unwrap();
        let epoch = epoch::start(device, 1, &directory(), &key).unwrap();
        let (acknowledged, times_us) = (Vec::new(), Vec::new());
        Self { http, bearer: wire::bearer(&upload), chain: epoch.chain, acknowledged, times_us, resent: 0 }
    }

    fn batch(&mut self) -> Vec<Vec<u8>> {
        let old = RESENT.min(self.acknowledged.len());
        let mut items: Vec<_> = (0..old)
            .map(|n| self.acknowledged[self.acknowledged.len() - 1 - n * 7 % self.acknowledged.len()].clone())
            .collect();
        self.resent += old;
        while items.len() < BATCH {
            let sealed = self.chain.seal(random::id().unwrap(), 1, &[7; PLAIN]).unwrap();
            self.chain = sealed.next;
            items.push(sealed.bytes);
        }
        items
    }

    /// Until all of the batch is acknowledged, through any outage.
    fn deliver(&mut self, items: Vec<Vec<u8>>) {
        let body = wire::encode(&Batch { items: items.iter().cloned().map(Into::into).collect() });
        let old = items.len() - (BATCH - RESENT.min(self.acknowledged.len()));
        loop {
            let start = Instant::now();
            let answer = self.http.send("POST", batch::PATH, &body, &self.bearer);
            match answer.and_then(|bytes| wire::decode::<BatchStored>(&bytes)) {
                Some(stored) => {
                    assert!(stored.states.iter().all(|state| matches!(state, ItemState::New | ItemState::Held)));
                    self.times_us.push(start.elapsed().as_micros() as u64);
                    self.acknowledged.extend(items.into_iter().skip(old));
                    return;
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
}

fn directory() -> Directory {
    let key = |seed: u8| SigningKey::from_seed([seed; 32]).unwrap().public();
    Directory {
        org: "org".to_owned(),
        version: 1,
        issued: Timestamp::from_millis(0),
        expires: Timestamp::from_millis(i64::MAX),
        root: key(1),
        desk: key(2),
        recipients: vec![Recipient { role: Role::CaseTeam, key: PrivateKey::generate().unwrap().public().unwrap() }],
        officers: Vec::new(),
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base, token_file, seconds] = arguments.as_slice() else { panic!("relay_load URL DESK-TOKEN-FILE SECONDS") };
    let token = std::fs::read_to_string(token_file).unwrap().trim().to_owned();
    let mut phones: Vec<_> = (0..CONNECTIONS).map(|_| Phone::enrol(base, &token)).collect();
    println!("ready 1");
    let start = Instant::now();
    let end = start + Duration::from_secs_f64(seconds.parse().unwrap());
    std::thread::scope(|scope| {
        for phone in &mut phones {
            scope.spawn(move || {
                while Instant::now() < end {
                    let items = phone.batch();
                    phone.deliver(items);
                }
            });
        }
    });
    let elapsed = start.elapsed();
    println!("done 1");

    let mut stored: HashMap<[u8; 32], usize> = HashMap::new();
    let (http, mut after) = (Http::new(base), 0);
    loop {
        let Some(body) = http.send("GET", &wire::desk_items(after, 500), b"", &token) else {
            std::thread::sleep(Duration::from_millis(100));
            continue;
        };
        let page: ItemPage = wire::decode(&body).unwrap();
        after = page.items.last().map_or(after, |item| item.cursor);
        page.items.iter().for_each(|item| *stored.entry(sha256(&item.bytes)).or_default() += 1);
        if !page.more {
            break;
        }
    }
    let acknowledged: usize = phones.iter().map(|phone| phone.acknowledged.len()).sum();
    let lost =
        phones.iter().flat_map(|phone| &phone.acknowledged).filter(|item| !stored.contains_key(&sha256(item))).count();
    let mut times: Vec<u64> = phones.iter().flat_map(|phone| phone.times_us.iter().copied()).collect();
    times.sort_unstable();
    println!("acknowledged {acknowledged}");
    println!("stored {}", stored.len());
    println!("resent {}", phones.iter().map(|phone| phone.resent).sum::<usize>());
    println!("lost {lost}");
    println!("duplicated {}", stored.values().filter(|count| **count > 1).count());
    println!("p99_us {}", times.get(times.len() * 99 / 100).copied().unwrap_or(0));
    println!("envelope_bytes {}", phones[0].acknowledged[0].len());
    println!("elapsed_us {}", elapsed.as_micros());
}
