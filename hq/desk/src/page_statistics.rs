//! Published numbers: how they go over the months, and each month by itself. Nothing is told by a bar alone, and nothing here
//! says more than the tables that were published.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::aggregates::{Month, THRESHOLD, TOGETHER, Table};
use crate::page::{Head, Tab, frame};
use crate::words;

/// Months a chart shows; older ones stand in their own tables.
const SHOWN: usize = 12;
/// Room of one month, and height of the longest bar, in units of the drawing.
const STEP: usize = 14;
const HEIGHT: u64 = 48;

/// `months`: newest first.
pub(crate) fn statistics(head: &Head<'_>, months: &[Month]) -> Markup {
    let content = html! {
        h1 { "Statistics" }
        p.lead { "Published numbers of records, of people who agreed to it. Numbers below " bdi { (THRESHOLD) } " are hidden, and others with them." }
        @if months.is_empty() { p { "No month is published yet." } }
        @if months.len() > 1 { (over_time(months)) }
        @for month in months {
            section aria-labelledby={ "m" (month.month) } {
                h2 id={ "m" (month.month) } { bdi { (month.month) } }
                @match month.total {
                    None => p { "Too few people to publish anything." },
                    Some(total) => {
                        p { bdi { (total) } " people" }
                        @for table in &month.tables { (bars(month, table)) }
                    },
                }
            }
        }
    };
    frame("Statistics", head, Some(Tab::Statistics), &content)
}

/// One line of a chart: a number for each month, `None` where it is hidden or there is none to hide.
struct Line {
    name: Markup,
    numbers: Vec<Option<u64>>,
}

fn over_time(months: &[Month]) -> Markup {
    let mut shown: Vec<&Month> = months.iter().take(SHOWN).collect();
    shown.reverse();
    let total = Line { name: html! { "All records" }, numbers: shown.iter().map(|month| month.total).collect() };
    html! {
        section aria-labelledby="over-time" {
            h2 #over-time { "Over the months" }
            p { "Oldest month first. A dash: too few to publish, or hidden, or none." }
            (chart("Screenings by month", &shown, &[total]))
            (chart("Outcomes by month", &shown, &lines(&shown, "outcome")))
            (chart("Sites by month", &shown, &lines(&shown, "site")))
        }
    }
}

/// A line for each category that was published in any of the months.
fn lines(months: &[&Month], by: &str) -> Vec<Line> {
    let tables = months.iter().flat_map(|month| &month.tables).filter(|table| table.by == by);
    let cells = tables.flat_map(|table| &table.cells).filter(|cell| cell.people.is_some());
    let names: BTreeSet<&String> = cells.map(|cell| &cell.category).collect();
    let numbers = |name: &str| months.iter().map(|month| number(month, by, name)).collect();
    names.into_iter().map(|name| Line { name: category(by, name), numbers: numbers(name) }).collect()
}

/// A category as people read it. What somebody at HQ or in the field named stays as it is in every language.
fn category(by: &str, name: &str) -> Markup {
    let words = match by {
        "outcome" => words::outcome_name(name),
        "profile" => words::profile_name(name),
        _ => name,
    };
    html! {
        @if name == TOGETHER { (name) }
        @else if words == name { bdi { (name) } }
        @else if by == "outcome" { span.code.quiet { (name) } " " (words) }
        @else { (words) }
    }
}

/// What the lines of a table are.
fn caption(by: &str) -> &str {
    match by {
        "site" => "By site",
        "outcome" => "By outcome",
        "profile" => "By set of questions",
        other => other,
    }
}

/// What a month's table says of a category. That it is not in a table without anything hidden says that there is none; beside
/// something hidden it says nothing.
fn number(month: &Month, by: &str, category: &str) -> Option<u64> {
    let table = month.tables.iter().find(|table| table.by == by)?;
    match table.cells.iter().find(|cell| cell.category == category) {
        Some(cell) => cell.people,
        None if table.cells.is_empty() || table.cells.iter().any(|cell| cell.people.is_none()) => None,
        None => Some(0),
    }
}

/// Bars to look at and the same numbers to read.
fn chart(caption: &str, months: &[&Month], lines: &[Line]) -> Markup {
    let most = lines.iter().flat_map(|line| &line.numbers).flatten().max().copied().unwrap_or(1).max(1);
    html! {
        div.sheet {
            table.over-time {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "What" }
                        th scope="col" { "Bars" }
                        @for month in months { th.narrow scope="col" { span dir="ltr" { (month.month) } } }
                    }
                }
                tbody {
                    @if lines.is_empty() { tr { td.nothing colspan=(2 + months.len()) { "Hidden." } } }
                    @for line in lines {
                        tr {
                            th scope="row" { (line.name) }
                            td { (drawing(&line.numbers, most)) }
                            @for number in &line.numbers {
                                td { @match number { Some(number) => (number), None => span.quiet { "–" } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn drawing(numbers: &[Option<u64>], most: u64) -> Markup {
    let width = numbers.len() * STEP;
    html! {
        svg.bars aria-hidden="true" width=(width) height=(HEIGHT) viewBox={ "0 0 " (width) " " (HEIGHT) } {
            @for (n, number) in numbers.iter().enumerate() {
                @match number {
                    Some(number) => {
                        @let tall = (number * HEIGHT).div_ceil(most).min(HEIGHT);
                        rect x=(n * STEP) y=(HEIGHT - tall) width=(STEP - 3) height=(tall) {}
                    },
                    None => rect.unknown x=(n * STEP) y=(HEIGHT - 2) width=(STEP - 3) height="2" {},
                }
            }
        }
    }
}

/// A table whose numbers are bars, too; nothing is told by the bar alone.
fn bars(month: &Month, table: &Table) -> Markup {
    let most = table.cells.iter().filter_map(|cell| cell.people).max().unwrap_or(1).max(1);
    html! {
        div.sheet {
            table {
                caption { (caption(&table.by)) " " bdi { (month.month) } }
                thead { tr { th scope="col" { "What" } th scope="col" { "People" } } }
                tbody {
                    @if table.cells.is_empty() { tr { td.nothing colspan="2" { "Hidden." } } }
                    @for cell in &table.cells {
                        tr {
                            th scope="row" { (category(&table.by, &cell.category)) }
                            td {
                                @match cell.people {
                                    Some(people) => {
                                        span.number { (people) }
                                        meter.bar-of aria-hidden="true" min="0" max=(most) value=(people) {}
                                    },
                                    None => span.quiet { "hidden" },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::{Cell, Counted, tabulate};

    fn month(name: &str, groups: &[(&str, &str, usize)]) -> Month {
        let one = |site: &str, outcome: &str| Counted {
            site: site.to_owned(),
            outcome: outcome.to_owned(),
            profile: "AL".to_owned(),
        };
        let people: Vec<Counted> =
            groups.iter().flat_map(|(site, outcome, n)| std::iter::repeat_n(one(site, outcome), *n)).collect();
        tabulate(name, &people, THRESHOLD)
    }

    /// Oldest first: all shown; some hidden; too few.
    fn months() -> [Month; 3] {
        [
            month("2026-01", &[("North", "N4", 20), ("South", "N7", 30)]),
            month("2026-02", &[("North", "N4", 40), ("East", "N4", 3), ("West", "N7", 2), ("South", "N4", 12)]),
            month("2026-03", &[("North", "N4", 3)]),
        ]
    }

    #[test]
    fn a_chart_says_what_was_published_and_nothing_else() {
        let months = months();
        let all: Vec<&Month> = months.iter().collect();
        let sites = lines(&all, "site");
        let names: Vec<String> = sites.into_iter().map(|line| line.name.into_string()).collect();
        let has = |name: &str| names.iter().any(|line| line.contains(name));
        assert!(has("North") && !has("East") && !has(TOGETHER), "{names:?}");
        // Each number stands in the table of its month; a zero only where nothing is hidden there.
        for (by, line) in
            ["site", "outcome"].into_iter().flat_map(|by| lines(&all, by).into_iter().map(move |it| (by, it)))
        {
            for (month, number) in all.iter().zip(&line.numbers) {
                let table = month.tables.iter().find(|table| table.by == by);
                let cells = table.map(|table| table.cells.as_slice()).unwrap_or_default();
                let name = line.name.clone().into_string();
                let of_line = |cell: &&Cell| category(by, &cell.category).into_string() == name;
                let published = cells.iter().find(of_line).and_then(|cell| cell.people);
                match number {
                    Some(0) => assert!(!cells.is_empty() && cells.iter().all(|cell| cell.people.is_some())),
                    number => assert_eq!(*number, published, "{name} in {}", month.month),
                }
            }
        }
        // A site that is missing in a month with something hidden is not said to be none.
        assert_eq!(number(&months[0], "site", "East"), Some(0));
        assert_eq!((number(&months[1], "site", "East"), number(&months[2], "site", "North")), (None, None));
    }

    #[test]
    fn bars_and_numbers_say_the_same() {
        let mut newest_first = months().to_vec();
        newest_first.reverse();
        let page = over_time(&newest_first).into_string();
        let first = page.find("2026-01").unwrap();
        assert!(first < page.find("2026-02").unwrap() && page.contains("Screenings by month"));
        // All records: 50, 57, too few. The longest bar is the largest number.
        assert!(page.contains("<td>50</td><td>57</td><td><span class=\"quiet\">–</span></td>"), "{page}");
        assert!(
            page.contains(r#"y="0" width="11" height="48""#) && page.contains(r#"class="unknown" x="28""#),
            "{page}"
        );
        assert!(!page.contains("style=") && !page.contains("<script"));
    }
}
