//! Calendars and the age they lead to.
#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use wayside_model::{AgeBasis, AgeStatement, Calendar, CivilDate, Coded, ErrorCode, Route};
use wayside_screening::age::{OLDEST, route, second_reading};
use wayside_screening::to_gregorian;

use Calendar::{Ethiopian, Gregorian, LunarHijri, SolarHijri};

fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn born(calendar: Calendar, year: i32, month: Option<u8>, day: Option<u8>) -> AgeStatement {
    AgeStatement::Born { calendar, year, month, day, basis: AgeBasis::Statement }
}

/// The statement has no `Debug`, because people make it; these ones are made up.
fn shown(statement: &AgeStatement) -> String {
    serde_json::to_string(statement).unwrap()
}

fn between(low: u8, high: u8) -> AgeStatement {
    AgeStatement::Between { low, high, basis: AgeBasis::Statement }
}

#[test]
fn known_dates() {
    for (calendar, (year, month, day_of_month), wanted) in [
        (Ethiopian, (1998, 1, 1), "2005-09-11"),
        (Ethiopian, (2000, 1, 1), "2007-09-12"),
        (Ethiopian, (2000, 13, 5), "2008-09-10"),
        (Ethiopian, (1999, 13, 6), "2007-09-11"),
        (Ethiopian, (2016, 1, 1), "2023-09-12"),
        (Ethiopian, (2017, 1, 1), "2024-09-11"),
        (SolarHijri, (1385, 1, 1), "2006-03-21"),
        (SolarHijri, (1403, 1, 1), "2024-03-20"),
        (SolarHijri, (1404, 1, 1), "2025-03-21"),
        (SolarHijri, (1386, 12, 29), "2008-03-19"),
        (LunarHijri, (1430, 1, 1), "2008-12-29"),
        (Gregorian, (2004, 2, 29), "2004-02-29"),
    ] {
        let found = to_gregorian(calendar, year, month, day_of_month).unwrap();
        assert_eq!(found, day(wanted), "{calendar:?} {year}-{month}-{day_of_month}");
    }
}

#[test]
fn an_ethiopian_year_makes_a_child_that_a_gregorian_reading_would_miss() {
    let june = day("2023-06-15");
    let right = route(&born(Ethiopian, 1998, None, None), june).unwrap();
    assert_eq!((right.low, right.high, right.route), (16, 17, Route::Child));
    let misread = route(&born(Gregorian, 1998, None, None), june).unwrap();
    assert_eq!((misread.low, misread.high, misread.route), (24, 25, Route::Adult));
    assert!(right != misread);
}

#[test]
fn who_is_not_shown_to_be_an_adult_is_taken_for_a_child() {
    let today = day("2024-05-01");
    for (statement, wanted) in [
        (AgeStatement::Unknown, Route::Child),
        (between(16, 19), Route::Child),
        (between(17, 17), Route::Child),
        (between(18, 18), Route::Adult),
        (between(24, 26), Route::Adult),
        (AgeStatement::Between { low: 17, high: 30, basis: AgeBasis::Authority }, Route::Child),
        (born(Gregorian, 2006, None, None), Route::Child),
        (born(Gregorian, 2006, Some(5), None), Route::Child),
        (born(Gregorian, 2006, Some(5), Some(1)), Route::Adult),
        (born(Gregorian, 2006, Some(5), Some(2)), Route::Child),
        (born(Gregorian, 2006, Some(4), None), Route::Adult),
        (born(SolarHijri, 1385, None, None), Route::Child),
        (born(SolarHijri, 1384, None, None), Route::Adult),
    ] {
        let found = route(&statement, today).unwrap();
        assert!(found.route == wanted, "{} gave {} to {}", shown(&statement), found.low, found.high);
    }
    assert_eq!(route(&AgeStatement::Unknown, today).unwrap().high, OLDEST);
}

#[test]
fn a_born_this_year_child_is_nought() {
    let found = route(&born(Gregorian, 2024, None, None), day("2024-05-01")).unwrap();
    assert_eq!((found.low, found.high), (0, 0));
}

#[test]
fn what_cannot_be_is_refused() {
    let today = day("2024-05-01");
    for statement in [
        between(20, 19),
        between(10, 200),
        born(Gregorian, 2023, Some(2), Some(29)),
        born(Gregorian, 2023, Some(13), None),
        born(Gregorian, 2023, Some(0), None),
        born(Gregorian, 2023, None, Some(3)),
        born(Gregorian, 2025, None, None),
        born(Gregorian, 1850, None, None),
        born(Gregorian, -5, None, None),
        born(Gregorian, i32::MAX, None, None),
        born(Ethiopian, i32::MIN, None, None),
        born(Ethiopian, 2000, Some(13), Some(6)),
        born(Ethiopian, 2000, Some(14), None),
        born(SolarHijri, 1404, Some(12), Some(30)),
        born(SolarHijri, 2001, None, None),
        born(LunarHijri, 1430, Some(1), Some(31)),
    ] {
        match route(&statement, today) {
            Ok(found) => panic!("{} gave {} to {}", shown(&statement), found.low, found.high),
            Err(error) => assert_eq!(error.code(), ErrorCode::AgeImplausible),
        }
    }
}

#[test]
fn a_year_that_fits_two_calendars_is_asked_back() {
    let today = day("2023-06-15");
    let other = second_reading(&born(Gregorian, 1998, None, None), today).unwrap();
    assert!(other.calendar == Ethiopian && other.changes_route);
    assert_eq!((other.reading.low, other.reading.high), (16, 17));
    let back = second_reading(&born(Ethiopian, 1998, None, None), today).unwrap();
    assert!(back.calendar == Gregorian && back.changes_route);

    let hijri = second_reading(&born(LunarHijri, 1390, None, None), today).unwrap();
    assert!(
        hijri.calendar == SolarHijri && hijri.changes_route,
        "1390 is 1970 in one Hijri calendar, 2011 in the other"
    );

    // 1960 is long past in both, so the way does not change; 2020 cannot be Ethiopian yet.
    assert!(!second_reading(&born(Gregorian, 1960, None, None), today).unwrap().changes_route);
    assert!(second_reading(&born(Gregorian, 2020, None, None), today).is_none());
    // The thirteenth month exists in one calendar only.
    assert!(second_reading(&born(Ethiopian, 1990, Some(13), Some(2)), today).is_none());
    assert!(second_reading(&between(20, 30), today).is_none());
    assert!(second_reading(&born(Gregorian, 2030, None, None), today).is_none());
}
