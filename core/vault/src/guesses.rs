//! How often the secret was wrong. Written and synced before a guess is looked at, so that pulling the battery between the
//! guess and its answer gives no free guess. Nothing is destroyed by guessing wrong.

use std::io;
use std::path::Path;

use wayside_seal::sha256;

use crate::durable;

const MAGIC: &[u8; 8] = b"WAYGUESS";
const LEN: usize = 8 + 4 + 8 + 32;

/// Seconds to wait after so many wrong guesses (security design 3.4): five are free, then the wait grows to an hour.
const FREE: u32 = 5;
const WAITS: [u32; 5] = [30, 60, 5 * 60, 15 * 60, 60 * 60];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Guesses {
    count: u32,
    /// Of the last guess, on the boot clock.
    at_millis: u64,
}

impl Guesses {
    pub(crate) const NONE: Self = Self { count: 0, at_millis: 0 };

    /// Reads the file. A missing or damaged one counts as the longest wait, beginning now: who can remove the file must not
    /// gain a guess by it.
    pub(crate) fn read(path: &Path, now: u64) -> io::Result<Self> {
        if let Some(guesses) = durable::read(path, LEN as u64)?.as_deref().and_then(Self::parse) {
            return Ok(guesses);
        }
        let worst = Self { count: FREE + WAITS.len() as u32 - 1, at_millis: now };
        worst.write(path)?;
        Ok(worst)
    }

    pub(crate) fn write(self, path: &Path) -> io::Result<()> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.extend_from_slice(&self.at_millis.to_le_bytes());
        bytes.extend_from_slice(&sha256(&bytes));
        durable::replace(path, &bytes)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<32>()?;
        if bytes.len() != LEN || sha256(body) != *sum || !body.starts_with(MAGIC) {
            return None;
        }
        let count = u32::from_le_bytes(body.get(8..12)?.try_into().ok()?);
        let at_millis = u64::from_le_bytes(body.get(12..20)?.try_into().ok()?);
        Some(Self { count, at_millis })
    }

    /// One guess more.
    pub(crate) fn counted(self, now: u64) -> Self {
        Self { count: self.count.saturating_add(1), at_millis: now }
    }

    /// Whole seconds until a guess is looked at; 0 if it is looked at now. After a restart of the device the boot clock is
    /// behind the time of the guess: then the wait begins with the restart.
    pub(crate) fn wait_seconds(self, now: u64) -> u32 {
        let Some(over) = self.count.checked_sub(FREE) else { return 0 };
        let step = (over as usize).min(WAITS.len() - 1);
        let wait = u64::from(WAITS.get(step).copied().unwrap_or(0)) * 1000;
        let passed = now.checked_sub(self.at_millis).unwrap_or(now);
        u32::try_from(wait.saturating_sub(passed).div_ceil(1000)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(count: u32) -> Guesses {
        Guesses { count, at_millis: 1_000_000 }
    }

    #[test]
    fn the_wait_grows() {
        for (count, wait) in
            [(0, 0), (4, 0), (5, 30), (6, 60), (7, 300), (8, 900), (9, 3600), (10, 3600), (u32::MAX, 3600)]
        {
            assert_eq!(after(count).wait_seconds(1_000_000), wait, "{count}");
        }
        assert_eq!(after(5).wait_seconds(1_029_001), 1);
        assert_eq!(after(5).wait_seconds(1_030_000), 0);
    }

    #[test]
    fn a_restart_begins_the_wait_anew() {
        assert_eq!(after(5).wait_seconds(10_000), 20);
        assert_eq!(after(5).wait_seconds(0), 30);
    }

    #[test]
    fn removing_or_changing_the_file_gains_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("guesses");
        assert_eq!(Guesses::read(&path, 5_000).unwrap().wait_seconds(5_000), 3600);
        assert_eq!(
            Guesses::read(&path, 65_000).unwrap().wait_seconds(65_000),
            3540,
            "it begins once, not at each look"
        );
        Guesses::NONE.counted(7).write(&path).unwrap();
        assert_eq!(Guesses::read(&path, 9).unwrap(), Guesses { count: 1, at_millis: 7 });
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[8] = 0;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(Guesses::read(&path, 9).unwrap().wait_seconds(9), 3600);
    }
}
