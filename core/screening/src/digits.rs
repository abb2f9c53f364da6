//! Digits of other scripts, taken as input and written as the digits every later step reads.

/// First digit of each script that is taken: Arabic-Indic, Persian and Urdu, Devanagari, Bengali.
const ZEROS: [char; 4] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}'];

/// The text with ASCII digits; everything else stays as it is.
pub fn normalise(text: &str) -> String {
    text.chars()
        .map(|c| {
            let of = |zero: &char| (c as u32).checked_sub(*zero as u32).filter(|digit| *digit < 10);
            ZEROS.iter().find_map(of).and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn digits_of_four_scripts() {
        assert_eq!(normalise("٠١٢٣٤٥٦٧٨٩"), "0123456789");
        assert_eq!(normalise("۰۱۲۳۴۵۶۷۸۹"), "0123456789");
        assert_eq!(normalise("०१२३४५६७८९"), "0123456789");
        assert_eq!(normalise("০১২৩৪৫৬৭৮৯"), "0123456789");
        assert_eq!(normalise("سال ۱۳۸۵, 12 и ½"), "سال 1385, 12 и ½");
    }
}
