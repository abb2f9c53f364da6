//! Bytes as words that can be read aloud and compared.

const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
const VOWELS: &[u8; 4] = b"aiou";

/// The bytes as proquints (D. S. Wilkerson, arXiv:0901.4016): two bytes become five letters, words joined by `-`.
/// A last odd byte is taken with a zero byte after it.
pub fn proquint(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for pair in bytes.chunks(2) {
        if !text.is_empty() {
            text.push('-');
        }
        let word = u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]);
        let consonant = |shift: u16| char::from(CONSONANTS[usize::from(word >> shift & 15)]);
        let vowel = |shift: u16| char::from(VOWELS[usize::from(word >> shift & 3)]);
        text.extend([consonant(12), vowel(10), consonant(6), vowel(4), consonant(0)]);
    }
    text
}

/// The bytes of such words; always an even number. `None` for letters that make no word.
pub fn from_proquint(text: &str) -> Option<Vec<u8>> {
    let place = |letters: &[u8], letter: u8| letters.iter().position(|known| *known == letter).map(|n| n as u16);
    let mut bytes = Vec::with_capacity(text.len() / 3);
    for word in text.split('-') {
        let [a, b, c, d, e]: [u8; 5] = word.as_bytes().try_into().ok()?;
        let number = place(CONSONANTS, a)? << 12
            | place(VOWELS, b)? << 10
            | place(CONSONANTS, c)? << 6
            | place(VOWELS, d)? << 4
            | place(CONSONANTS, e)?;
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paper's own list of addresses.
    #[test]
    fn the_papers_examples() {
        for (bytes, words) in [
            ([127, 0, 0, 1], "lusab-babad"),
            ([63, 84, 220, 193], "gutih-tugad"),
            ([63, 118, 7, 35], "gutuk-bisog"),
            ([140, 98, 193, 141], "mudof-sakat"),
            ([64, 255, 6, 200], "haguz-biram"),
            ([128, 30, 52, 45], "mabiv-gibot"),
            ([147, 67, 119, 2], "natag-lisaf"),
            ([212, 58, 253, 68], "tibup-zujah"),
            ([216, 35, 68, 215], "tobog-higil"),
            ([216, 68, 232, 21], "todah-vobij"),
            ([198, 81, 129, 136], "sinid-makam"),
            ([12, 110, 110, 204], "budov-kuras"),
        ] {
            assert_eq!(proquint(&bytes), words);
            assert_eq!(from_proquint(words), Some(bytes.to_vec()));
        }
        for bad in ["", "lusab-", "lusa", "lusabx", "cusab", "lesab", "LUSAB", "lusab babad"] {
            assert_eq!(from_proquint(bad), None, "{bad}");
        }
        assert_eq!(proquint(&[]), "");
        assert_eq!(proquint(&[127]), proquint(&[127, 0]));
    }
}
