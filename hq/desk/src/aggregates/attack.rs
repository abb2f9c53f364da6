//! An attacker who holds all published tables of all months, knows the rule, and wants the size of a group below the
//! threshold. What can be worked out exactly from sums of people is what lies in the row space of the published equations;
//! beside it stand the bounds that two tables of the same people put on each other.

use super::{Counted, Month, TOGETHER, Table, suppress, tabulate};
use std::collections::BTreeMap;

const K: u64 = 11;

/// A small generator, so that a failure can be run again.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    /// Small numbers more often than large ones: there the danger is.
    fn category(&mut self, of: u64) -> u64 {
        let one = self.next(of);
        one.min(self.next(of))
    }

    fn people(&mut self) -> Vec<Counted> {
        let (sites, outcomes, profiles) = (1 + self.next(15), 1 + self.next(6), 1 + self.next(4));
        let number = self.next(90);
        (0..number)
            .map(|_| Counted {
                site: format!("s{}", self.category(sites)),
                outcome: format!("N{}", self.category(outcomes)),
                profile: format!("p{}", self.category(profiles)),
            })
            .collect()
    }
}

fn category<'a>(by: &str, one: &'a Counted) -> &'a str {
    match by {
        "site" => &one.site,
        "outcome" => &one.outcome,
        _ => &one.profile,
    }
}

/// The groups of one table an attacker can tell apart: each published cell, and the hidden ones together, whose number is
/// the total less the published ones.
fn blocks(month: &Month, by: &str) -> Vec<(Vec<String>, u64)> {
    let Some(total) = month.total else { return Vec::new() };
    let Some(table) = month.tables.iter().find(|table| table.by == by && !table.cells.is_empty()) else {
        return Vec::new();
    };
    let mut rest = (Vec::new(), total);
    let mut blocks = Vec::new();
    for cell in &table.cells {
        match cell.people {
            Some(people) => {
                rest.1 -= people;
                blocks.push((vec![cell.category.clone()], people));
            }
            None => rest.0.push(cell.category.clone()),
        }
    }
    if !rest.0.is_empty() {
        blocks.push(rest);
    }
    blocks
}

/// Sizes of groups of 1 to 10 people that the attacker has exactly.
fn recovered(month: &Month) -> Vec<u64> {
    let mut found = Vec::new();
    let mut note = |low: u64, high: u64| {
        if low == high && (1..K).contains(&low) {
            found.push(low);
        }
    };
    let Some(total) = month.total else { return found };
    note(total, total);
    let tables = ["site", "outcome", "profile"].map(|by| blocks(month, by));
    for table in &tables {
        // Every sum of blocks is known; the smallest ones are the blocks themselves, and all the others taken from the total.
        for (categories, people) in table {
            note(*people, *people);
            note(total - people, total - people);
            // One named category of several: it is not empty, and neither are the others.
            let others = categories.len() as u64 - 1;
            if others > 0 {
                note(1, people - others);
            }
        }
    }
    for (n, one) in tables.iter().enumerate() {
        for other in &tables[n + 1..] {
            for (_, a) in one {
                for (_, b) in other {
                    note((a + b).saturating_sub(total), *a.min(b));
                }
            }
        }
    }
    for (_, a) in &tables[0] {
        for (_, b) in &tables[1] {
            for (_, c) in &tables[2] {
                note((a + b + c).saturating_sub(2 * total), *a.min(b).min(c));
            }
        }
    }
    found
}

/// The published equations of all months together, solved: sizes of single categories, and of two together, that follow.
fn solved(months: &[Month]) -> Vec<u64> {
    let mut names = BTreeMap::<(usize, &str, &str), usize>::new();
    for (m, month) in months.iter().enumerate() {
        for table in &month.tables {
            for cell in &table.cells {
                let next = names.len();
                names.entry((m, &table.by, &cell.category)).or_insert(next);
            }
        }
    }
    let width = names.len();
    let mut rows = Vec::<Vec<f64>>::new();
    for (m, month) in months.iter().enumerate() {
        for table in &month.tables {
            let mut all = vec![0.0; width + 1];
            for cell in &table.cells {
                let at = names[&(m, table.by.as_str(), cell.category.as_str())];
                all[at] = 1.0;
                if let Some(people) = cell.people {
                    let mut row = vec![0.0; width + 1];
                    (row[at], row[width]) = (1.0, people as f64);
                    rows.push(row);
                }
            }
            if !table.cells.is_empty() {
                all[width] = month.total.unwrap_or(0) as f64;
                rows.push(all);
            }
        }
    }
    let mut rank = 0;
    for column in 0..width {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column].abs() > 1e-9) else { continue };
        rows.swap(rank, pivot);
        let lead = rows[rank].clone();
        for (n, row) in rows.iter_mut().enumerate().filter(|(n, _)| *n != rank) {
            let factor = row[column] / lead[column];
            let _ = n;
            if factor.abs() > 1e-9 {
                row.iter_mut().zip(&lead).for_each(|(value, lead)| *value -= factor * lead);
            }
        }
        rank += 1;
    }
    let known = rows[..rank].iter().filter(|row| row[..width].iter().filter(|value| value.abs() > 1e-9).count() == 1);
    let size = |row: &Vec<f64>| {
        let value = row[..width].iter().find(|value| value.abs() > 1e-9).copied().unwrap_or(1.0);
        (row[width] / value).round() as u64
    };
    known.map(size).filter(|size| (1..K).contains(size)).collect()
}

/// The same tables with small cells hidden and nothing beside them: the mistake the attack must find.
fn careless(month: &str, people: &[Counted]) -> Month {
    let mut tables = tabulate(month, people, 0);
    tables.total = Some(people.len() as u64);
    for cell in tables.tables.iter_mut().flat_map(|table| &mut table.cells) {
        cell.people = cell.people.filter(|people| *people >= K);
    }
    tables
}

/// Hidden as the rule says, with the names of what is hidden.
fn named(month: &str, people: &[Counted]) -> Month {
    let open = tabulate(month, people, 0);
    let hide = |(closed, open): (Table, Table)| {
        let shown = |cell: &super::Cell| closed.cells.iter().any(|other| other == cell);
        let hidden_at_all = !closed.cells.is_empty();
        let mut cells = open.cells;
        cells.iter_mut().for_each(|cell| cell.people = cell.people.filter(|_| shown(&super::Cell { ..cell.clone() })));
        cells.retain(|_| hidden_at_all);
        Table { cells, ..closed }
    };
    let closed = tabulate(month, people, K);
    Month { tables: closed.tables.into_iter().zip(open.tables).map(hide).collect(), ..closed }
}

#[test]
fn the_attack_finds_groups_whose_names_give_them_away() {
    let eleven: Vec<Counted> = (0..11).map(|n| Counted { site: format!("s{n}"), ..one_of_many() }).collect();
    assert!(!recovered(&named("2026-01", &eleven)).is_empty());
    assert!(recovered(&tabulate("2026-01", &eleven, K)).is_empty());
}

fn one_of_many() -> Counted {
    Counted { site: String::new(), outcome: "N1".to_owned(), profile: "AL".to_owned() }
}

fn attack(rounds: u64, publish: impl Fn(&str, &[Counted]) -> Month) -> usize {
    let mut broken = 0;
    for round in 0..rounds {
        let mut dice = Dice(round);
        let months: Vec<Month> = (1..=3).map(|n| publish(&format!("2026-0{n}"), &dice.people())).collect();
        let exact: usize = months.iter().map(|month| recovered(month).len()).sum();
        broken += usize::from(exact + solved(&months).len() > 0);
    }
    broken
}

#[test]
fn no_group_below_the_threshold_follows_from_all_tables_of_all_months() {
    assert_eq!(attack(10_000, |month, people| tabulate(month, people, K)), 0);
}

#[test]
fn the_attack_finds_what_is_hidden_carelessly() {
    let broken = attack(300, careless);
    assert!(broken > 150, "only {broken} of 300");
}

/// Every number that is published is true, and people who are hidden are really few or were needed to hide those.
#[test]
fn what_is_published_is_true_and_no_more_is_hidden_than_must_be() {
    let mut shown = 0;
    for round in 0..500 {
        let people = Dice(round).people();
        let month = tabulate("2026-01", &people, K);
        for table in &month.tables {
            for cell in &table.cells {
                let count = people.iter().filter(|one| category(&table.by, one) == cell.category).count() as u64;
                let told = cell.people.map_or(cell.category == TOGETHER, |people| people == count && count >= K);
                assert!(told, "a hidden category is not named");
                shown += u64::from(cell.people.is_some());
            }
        }
    }
    assert!(shown > 300, "{shown}");
    assert_eq!(suppress::hidden(&[40, 50, 60], K), Some(vec![false; 3]));
}
