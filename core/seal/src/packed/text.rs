//! The texts of a record: PPMd variant H (D. Shkarin, 2001; as in 7-Zip) that has read the dictionary first.
//!
//! Characters outside ASCII are first written as a byte each within a window of 128, so that Arabic, Ethiopic or Bengali
//! script costs one symbol a letter and not two or three. The encoder's output for the dictionary is known to both sides;
//! only what differs from it is sent: how many bytes of it are cut off, then what follows.

use std::io::{Read, Write};

use ppmd_rust::{Ppmd7Decoder, Ppmd7Encoder};

use crate::SealError;

const ORDER: u32 = 4;
/// 256 KiB: a record's texts hardly ever fill it; where they do, the model begins anew.
const MEMORY: u32 = 1 << 18;
/// Longest texts of one record, in bytes after the windows.
pub(crate) const MAX_TEXT: usize = 256 * 1024;
/// Longest dictionary.
pub(crate) const MAX_DICTIONARY: usize = 64 * 1024;
const WINDOW: u8 = 1;
const END: u8 = 0;
/// The range coder ends with so many bytes, not all of which are needed.
const TAIL: usize = 5;

/// Packs texts, each closed by its end. Fails with `Malformed` where one holds a character that ends texts.
pub(crate) fn pack(texts: &[String], dictionary: &[u8]) -> Result<Vec<u8>, SealError> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let mut plain = Vec::new();
    for text in texts {
        windows(text, &mut plain)?;
    }
    if plain.len() > MAX_TEXT || dictionary.len() > MAX_DICTIONARY {
        return Err(SealError::TooLarge);
    }
    let known = encode(&[dictionary])?;
    let full = encode(&[dictionary, &plain])?;
    let common = known.iter().zip(&full).take_while(|(a, b)| a == b).count();
    let cut = u8::try_from(known.len() - common).map_err(|_| SealError::Malformed)?;
    let mut packed = vec![cut];
    packed.extend_from_slice(&full[common..]);
    for _ in 0..TAIL {
        let shorter = &packed[..packed.len() - 1];
        if shorter.is_empty() || unpack(shorter, texts.len(), dictionary).as_deref() != Ok(texts) {
            break;
        }
        packed.pop();
    }
    Ok(packed)
}

/// Unpacks `count` texts. Fails with `Malformed`, `TooLarge`.
pub(crate) fn unpack(packed: &[u8], count: usize, dictionary: &[u8]) -> Result<Vec<String>, SealError> {
    if count == 0 {
        return if packed.is_empty() { Ok(Vec::new()) } else { Err(SealError::Malformed) };
    }
    let (cut, tail) = packed.split_first().ok_or(SealError::Malformed)?;
    let known = encode(&[dictionary])?;
    let common = known.len().checked_sub(usize::from(*cut)).ok_or(SealError::Malformed)?;
    let stream = known[..common].chain(tail).chain(std::io::repeat(0));
    let mut decoder = Ppmd7Decoder::new(stream, ORDER, MEMORY).map_err(|_| SealError::Malformed)?;
    let mut buffer = vec![0; dictionary.len()];
    decoder.read_exact(&mut buffer).map_err(|_| SealError::Malformed)?;
    let (mut texts, mut plain) = (Vec::new(), Vec::new());
    let mut byte = [0];
    for _ in 0..MAX_TEXT {
        decoder.read_exact(&mut byte).map_err(|_| SealError::Malformed)?;
        plain.push(byte[0]);
        if byte[0] == END {
            texts.push(letters(&plain)?);
            plain.clear();
            if texts.len() == count {
                return Ok(texts);
            }
        }
    }
    Err(SealError::TooLarge)
}

fn encode(parts: &[&[u8]]) -> Result<Vec<u8>, SealError> {
    let mut encoder = Ppmd7Encoder::new(Vec::new(), ORDER, MEMORY).map_err(|_| SealError::Bug)?;
    for part in parts {
        encoder.write_all(part).map_err(|_| SealError::Bug)?;
    }
    encoder.finish(false).map_err(|_| SealError::Bug)
}

/// ASCII as it is; another character as 0x80 and its place in a window of 128. `1 n m` opens window `n + 128 m`, both above 0.
fn windows(text: &str, out: &mut Vec<u8>) -> Result<(), SealError> {
    let mut window = 0;
    for letter in text.chars() {
        let code = u32::from(letter);
        if code == u32::from(END) || code == u32::from(WINDOW) {
            return Err(SealError::Malformed);
        }
        if code < 0x80 {
            out.push(code as u8);
            continue;
        }
        if code >> 7 != window {
            window = code >> 7;
            out.extend([WINDOW, (window & 0x7f) as u8 + 2, (window >> 7) as u8 + 2]);
        }
        out.push(0x80 | (code & 0x7f) as u8);
    }
    out.push(END);
    Ok(())
}

fn letters(plain: &[u8]) -> Result<String, SealError> {
    let (mut text, mut window) = (String::new(), 0_u32);
    let mut bytes = plain.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            END => break,
            WINDOW => {
                let mut part =
                    || bytes.next().and_then(|byte| u32::from(byte).checked_sub(2)).ok_or(SealError::Malformed);
                window = part()? | part()? << 7;
            }
            0x02..0x80 => text.push(char::from(byte)),
            0x80.. => {
                let code = window << 7 | u32::from(byte & 0x7f);
                text.push(char::from_u32(code).ok_or(SealError::Malformed)?);
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DICTIONARY: &[u8] =
        b"Asked for shelter tonight and does not want police. Female interpreter needed. Wants a doctor.";

    #[test]
    fn scripts_come_back_and_get_small() {
        for (text, at_most) in [
            ("Asked for shelter and wants a doctor tonight.", 24),
            ("طلبت مكانا آمنا هذه الليلة ولا تريد الشرطة", 50),
            ("ኣብ ዶብ ተታሒዙ ነይሩ", 34),
            ("সে আজ রাতে আশ্রয় চায়", 40),
            ("", 6),
        ] {
            let texts = vec![text.to_owned(), "second".to_owned()];
            let packed = pack(&texts, DICTIONARY).unwrap();
            assert_eq!(unpack(&packed, 2, DICTIONARY).unwrap(), texts);
            assert!(packed.len() <= at_most + 8, "{} bytes for {} letters", packed.len(), text.chars().count());
        }
        assert_eq!(pack(&["a\0b".to_owned()], DICTIONARY), Err(SealError::Malformed));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
        #[test]
        fn any_texts_come_back(texts in proptest::collection::vec("[^\u{0}\u{1}]{0,60}", 0..4)) {
            let packed = pack(&texts, DICTIONARY).unwrap();
            prop_assert_eq!(unpack(&packed, texts.len(), DICTIONARY), Ok(texts));
        }
        #[test]
        fn any_bytes_are_only_refused(packed: Vec<u8>, count in 0..4_usize) {
            let _ = unpack(&packed, count, DICTIONARY);
        }
    }
}
