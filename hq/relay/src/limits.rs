//! How much one device, all strangers together, and all requests together may take.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wayside_model::DeviceId;

use crate::answer::Refusal;

/// What the relay gives at most. The defaults serve 5,000 devices on a machine with two cores and a gigabyte.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Connections at once. One more is told to come back later.
    pub connections: usize,
    /// Bytes held for one device: its items until the desk deletes them, and its unfinished uploads.
    pub device_bytes: u64,
    /// Bytes of other devices' items held that one device carried here, until the desk deletes them.
    pub carried_bytes: u64,
    /// Requests a second of one device, in the long run.
    pub device_rate: f64,
    /// Requests of one device at once, after a silence.
    pub device_burst: f64,
    /// Requests a second of all who show no valid token, together.
    pub stranger_rate: f64,
    /// The same at once, after a silence.
    pub stranger_burst: f64,
    /// Bytes of request bodies in memory at once.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_000,
            device_bytes: 2 << 30,
            // A phone carries 8 MiB at a time.
            carried_bytes: 256 << 20,
            device_rate: 50.0,
            device_burst: 500.0,
            stranger_rate: 50.0,
            stranger_burst: 500.0,
            body_bytes: 64 << 20,
        }
    }
}

/// Devices whose buckets are kept; beyond it the full ones are forgotten, which changes nothing for them.
const MOST_BUCKETS: usize = 20_000;

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn take(&mut self, rate: f64, burst: f64, cost: f64, now: Instant) -> bool {
        self.tokens = (self.tokens + now.duration_since(self.at).as_secs_f64() * rate).min(burst);
        self.at = now;
        // A large cost is taken from what is there: it delays the next request instead of being refused for ever.
        if self.tokens < cost.min(1.0) {
            return false;
        }
        self.tokens -= cost;
        true
    }
}

/// Who has asked how much, in memory only.
pub(crate) struct Rates {
    limits: Limits,
    devices: Mutex<HashMap<DeviceId, Bucket>>,
    strangers: Mutex<Bucket>,
}

impl Rates {
    pub(crate) fn new(limits: Limits) -> Self {
        let strangers = Mutex::new(Bucket { tokens: limits.stranger_burst, at: Instant::now() });
        Self { limits, devices: Mutex::new(HashMap::new()), strangers }
    }

    /// Counts a request of this device. `cost`: 1, or more for one that makes the relay work.
    pub(crate) fn device(&self, device: DeviceId, cost: f64) -> Result<(), Refusal> {
        let Limits { device_rate: rate, device_burst: burst, .. } = self.limits;
        let now = Instant::now();
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if devices.len() >= MOST_BUCKETS {
            devices.retain(|_, bucket| bucket.tokens + now.duration_since(bucket.at).as_secs_f64() * rate < burst);
        }
        let bucket = devices.entry(device).or_insert(Bucket { tokens: burst, at: now });
        if bucket.take(rate, burst, cost, now) { Ok(()) } else { Err(Refusal::TOO_MANY) }
    }

    /// Counts a request of somebody without a valid token.
    pub(crate) fn stranger(&self) -> Result<(), Refusal> {
        let Limits { stranger_rate: rate, stranger_burst: burst, .. } = self.limits;
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if strangers.take(rate, burst, 1.0, Instant::now()) { Ok(()) } else { Err(Refusal::TOO_MANY) }
    }
}

/// Memory for bodies, in KiB, shared by all requests.
pub(crate) struct Memory(Arc<Semaphore>);

/// Memory that is taken until this is dropped.
pub(crate) struct Share(Option<OwnedSemaphorePermit>, usize);

impl Memory {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new((bytes / 1024).min(Semaphore::MAX_PERMITS))))
    }

    pub(crate) fn share(&self) -> Share {
        Share(None, 0)
    }

    /// Grows a share to hold `bytes`. Nobody waits for memory: who comes too much is told to come back later.
    pub(crate) fn grow(&self, share: &mut Share, bytes: usize) -> Result<(), Refusal> {
        let wanted = bytes.div_ceil(1024);
        let more = u32::try_from(wanted.saturating_sub(share.1)).map_err(|_| Refusal::TOO_LARGE)?;
        if more == 0 {
            return Ok(());
        }
        let permit = Arc::clone(&self.0).try_acquire_many_owned(more).map_err(|_| Refusal::BUSY)?;
        match &mut share.0 {
            Some(held) => held.merge(permit),
            None => share.0 = Some(permit),
        }
        share.1 = wanted;
        Ok(())
    }

    /// Bytes that are free.
    pub(crate) fn free(&self) -> usize {
        self.0.available_permits() * 1024
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let start = Instant::now();
        let mut bucket = Bucket { tokens: 5.0, at: start };
        let mut take = |ms, cost| bucket.take(2.0, 5.0, cost, start + Duration::from_millis(ms));
        assert_eq!((0..7).filter(|_| take(0, 1.0)).count(), 5);
        assert!(!take(400, 1.0));
        assert!(take(500, 1.0) && !take(500, 1.0));
        assert_eq!((0..9).filter(|_| take(1_000_000, 1.0)).count(), 5, "no more than the burst is saved up");
        assert!(take(1_001_000, 10.0), "dear, but possible");
        assert!(!take(1_002_000, 1.0) && take(1_006_000, 1.0), "and paid off later");
    }

    #[test]
    fn one_device_does_not_slow_another_and_memory_of_buckets_is_bounded() {
        let rates = Rates::new(Limits { device_rate: 0.001, device_burst: 2.0, ..Limits::default() });
        let (one, two) = (DeviceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        assert_eq!((0..5).filter(|_| rates.device(one, 1.0).is_ok()).count(), 2);
        assert!(rates.device(two, 1.0).is_ok());
        let rates = Rates::new(Limits { device_rate: 1e12, ..Limits::default() });
        for n in 0..3 * MOST_BUCKETS as u128 {
            rates.device(DeviceId::from_bytes(n.to_be_bytes()), 1.0).unwrap();
        }
        assert!(rates.devices.lock().unwrap().len() <= MOST_BUCKETS);
    }

    #[test]
    fn memory_is_given_back() {
        let memory = Memory::new(10 * 1024);
        let mut one = memory.share();
        memory.grow(&mut one, 1).unwrap();
        memory.grow(&mut one, 9 * 1024).unwrap();
        let mut two = memory.share();
        assert!(memory.grow(&mut two, 2 * 1024).is_err());
        memory.grow(&mut two, 1024).unwrap();
        assert_eq!(memory.free(), 0);
        drop((one, two));
        assert_eq!(memory.free(), 10 * 1024);
    }
}
