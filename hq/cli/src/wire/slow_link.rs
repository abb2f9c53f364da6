//! Time on a link that drops: up for Exp(60 s), down for Exp(30 s), round trip 0.6 s. After a cut the receiver is asked for its
//! offset (one round trip, 48 bytes); what was in flight in the last round trip is lost.

use crate::wire::records::Random;

const ROUND_TRIP_S: f64 = 0.6;
const UP_S: f64 = 60.0;
const DOWN_S: f64 = 30.0;
const LIMIT_S: f64 = 3_600.0;
const RUNS: usize = 4_000;

/// Median of 4,000 runs in seconds, not rounded. `handshake`: bytes and round trips at each connection.
pub(crate) fn median_s(bytes: f64, bits_per_s: f64, round_trips: f64, handshake: (f64, f64)) -> f64 {
    let mut random = Random(11);
    let mut times: Vec<f64> =
        (0..RUNS).map(|_| trial(&mut random, bytes, bits_per_s, round_trips, handshake)).collect();
    times.sort_by(f64::total_cmp);
    times.get(RUNS / 2).copied().unwrap_or(LIMIT_S)
}

fn trial(random: &mut Random, bytes: f64, bits_per_s: f64, round_trips: f64, handshake: (f64, f64)) -> f64 {
    let (mut at, mut done, mut first) = (0.0, 0.0_f64, true);
    while at < LIMIT_S {
        let window = random.exponential(UP_S);
        let probe = if first { 0.0 } else { ROUND_TRIP_S + 48.0 * 8.0 / bits_per_s };
        let setup = handshake.1 * ROUND_TRIP_S + handshake.0 * 8.0 / bits_per_s + probe;
        first = false;
        let left = window - setup;
        if left > 0.0 {
            let need = (bytes - done) * 8.0 / bits_per_s + round_trips * ROUND_TRIP_S;
            if need <= left {
                return at + setup + need;
            }
            let got = ((left - ROUND_TRIP_S).max(0.0) * bits_per_s / 8.0).floor();
            done = (bytes - 1.0).min(done + got);
        }
        at += window + random.exponential(DOWN_S);
    }
    LIMIT_S
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quiet_link_takes_bytes_and_one_round_trip() {
        let median = super::median_s(1_200.0, 9_600.0, 1.0, (0.0, 0.0));
        assert!((1.6..1.7).contains(&median), "{median}");
        let with_handshake = super::median_s(1_200.0, 9_600.0, 1.0, (2_403.0, 2.0));
        assert!((4.8..5.2).contains(&with_handshake), "{with_handshake}");
    }
}
