//! Rounding to decimal places on the decimal digits, because 1.005 has no exact binary form.

/// Half away from zero at `places` digits behind the point (before it where negative).
pub(crate) fn round(number: f64, places: i32) -> f64 {
    if !number.is_finite() || number == 0.0 {
        return number;
    }
    let text = number.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let keep = whole.len() as i64 + i64::from(places);
    if keep >= (whole.len() + fraction.len()) as i64 {
        return number;
    }
    let sign = if number < 0.0 { -1.0 } else { 1.0 };
    if keep < 0 {
        return 0.0 * sign;
    }
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
    let keep = keep as usize;
    let mut kept = vec![0];
    kept.extend_from_slice(&digits[..keep]);
    if digits[keep] >= 5 {
        for digit in kept.iter_mut().rev() {
            *digit = (*digit + 1) % 10;
            if *digit != 0 {
                break;
            }
        }
    }
    let mut text: String = kept.iter().map(|digit| char::from(b'0' + digit)).collect();
    text.push_str(&format!("e{}", -places));
    text.parse::<f64>().map_or(f64::NAN, |rounded| rounded * sign)
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn decimal_and_not_binary() {
        for (number, places, rounded) in [
            (1.005, 2, 1.01),
            (-1.475, 2, -1.48),
            (12345.12345, -2, 12300.0),
            (99.95, 1, 100.0),
            (50.0, -2, 100.0),
            (49.0, -2, 0.0),
            (2.15, -3, 0.0),
            (1.5, 5, 1.5),
        ] {
            assert_eq!(round(number, places), rounded, "{number} {places}");
        }
        assert!(round(-1.0, -2).is_sign_negative());
    }
}
