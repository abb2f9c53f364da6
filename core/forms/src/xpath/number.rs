//! Numbers as text and back, the way XPath and ODK write them.

/// XPath 1.0 §4.4: digits with one dot and a leading minus, white space around. No exponent, no plus, no comma.
/// Everything else is not a number.
pub(crate) fn parse(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain =
        digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && digits.bytes().any(|byte| byte != b'.');
    if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

/// Never in exponent form; no sign on zero.
pub(crate) fn write(number: f64) -> String {
    if number == 0.0 {
        "0".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_without_exponent() {
        for (number, text) in [
            (1e12, "1000000000000"),
            (12_345_678.9, "12345678.9"),
            (-0.0, "0"),
            (1e-7, "0.0000001"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(write(number), text);
        }
    }

    #[test]
    fn read_by_the_grammar() {
        for (text, number) in [(" 1.5\n", 1.5), ("-.5", -0.5), ("5.", 5.0), ("007", 7.0)] {
            assert_eq!(parse(text), number, "{text}");
        }
        for text in ["", " ", ".", "-", "1e3", "+1", "- 1", "1,5", "0x1", "Infinity", "1.2.3", "--1", "\u{661}"] {
            assert!(parse(text).is_nan(), "{text}");
        }
    }
}
