//! Numbers of fixed widths, one after the other, the highest bit first.

use crate::SealError;

#[derive(Default)]
pub(crate) struct BitWriter {
    out: Vec<u8>,
    used: u32,
}

impl BitWriter {
    /// Fails with `Malformed` where the value does not fit the width: then another form is taken.
    pub(crate) fn put(&mut self, value: u64, width: u32) -> Result<(), SealError> {
        if width < 64 && value >> width != 0 {
            return Err(SealError::Malformed);
        }
        for bit in (0..width).rev() {
            if self.used == 0 {
                self.out.push(0);
            }
            if let Some(last) = self.out.last_mut() {
                *last |= ((value >> bit & 1) as u8) << (7 - self.used);
            }
            self.used = (self.used + 1) % 8;
        }
        Ok(())
    }
    pub(crate) fn flag(&mut self, value: bool) -> Result<(), SealError> {
        self.put(u64::from(value), 1)
    }
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }
}

pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
    pub(crate) fn take(&mut self, width: u32) -> Result<u64, SealError> {
        let mut value = 0;
        for _ in 0..width {
            let byte = self.bytes.get(self.at / 8).ok_or(SealError::Malformed)?;
            value = value << 1 | u64::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Ok(value)
    }
    pub(crate) fn flag(&mut self) -> Result<bool, SealError> {
        self.take(1).map(|bit| bit == 1)
    }
    /// What follows, from the next whole byte on. The bits left over have to be zero.
    pub(crate) fn rest(mut self) -> Result<&'a [u8], SealError> {
        while !self.at.is_multiple_of(8) {
            if self.flag()? {
                return Err(SealError::Malformed);
            }
        }
        self.bytes.get(self.at / 8..).ok_or(SealError::Malformed)
    }
}
