//! Bearer tokens: 32 random bytes, shown as 64 hexadecimal digits. The relay keeps SHA-256 of the 32 bytes.

/// The text after `Bearer ` for these token bytes.
pub fn bearer(token: &[u8; 32]) -> String {
    hex(token)
}

/// The token bytes of a bearer text.
pub fn token_of(bearer: &str) -> Option<[u8; 32]> {
    unhex(bearer)
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| char::from(DIGITS[usize::from(half)])).collect()
}

/// Reads exactly `N` bytes of hexadecimal digits, of either case.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let half = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(half(pair[0])? * 16 + half(pair[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let token: [u8; 32] = std::array::from_fn(|i| (i * 9) as u8);
        assert_eq!(token_of(&bearer(&token)), Some(token));
        assert_eq!(bearer(&token).len(), 64);
        assert_eq!(unhex::<2>("00fF"), Some([0, 255]));
        for bad in ["", "0", "00f", "00fg", "+0ff", "00ff0"] {
            assert_eq!(unhex::<2>(bad), None, "{bad}");
        }
    }
}
