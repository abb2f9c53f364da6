//! `format-date` and `format-date-time`: the directives of the ODK XForms specification.

use chrono::Datelike;

use crate::xpath::dates::{Clock, day};
use crate::xpath::value::When;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Nothing for a directive that does not exist, or a day beyond the calendar.
pub(crate) fn format(clock: &Clock, when: When, pattern: &str) -> Option<String> {
    let date = day(clock.day_of(when))?;
    let of_day = clock.time_of(when);
    let (hour, minute, second, millis) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1000 % 60, of_day % 1000);
    let mut text = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        let piece = match letters.next()? {
            '%' => "%".to_owned(),
            'Y' => format!("{:04}", date.year()),
            'y' => format!("{:02}", date.year().rem_euclid(100)),
            'm' => format!("{:02}", date.month()),
            'n' => date.month().to_string(),
            'b' => MONTHS.get(date.month0() as usize)?.to_string(),
            'd' => format!("{:02}", date.day()),
            'e' => date.day().to_string(),
            'a' => DAYS.get(date.weekday().num_days_from_monday() as usize)?.to_string(),
            'w' => date.weekday().num_days_from_sunday().to_string(),
            'W' => date.iso_week().week().to_string(),
            'H' => format!("{hour:02}"),
            'h' => hour.to_string(),
            'M' => format!("{minute:02}"),
            'S' => format!("{second:02}"),
            '3' => format!("{millis:03}"),
            _ => return None,
        };
        text.push_str(&piece);
    }
    Some(text)
}
