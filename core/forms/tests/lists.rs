//! Instances beside the form: lists, files, the last saved instance, and what happens without them.
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

mod common;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{env, parse};
use wayside_forms::{List, ListUnreadable, Problem, Resources, Session, Table};

const PLACES: &str = "name,label,region,population\np1,One,r1,10\np2,Two,r2,20\np3,Three,r1,30\n";

fn form() -> Arc<wayside_forms::Form> {
    let model = r#"<instance id="places" src="jr://file-csv/places.csv"/>
        <bind nodeset="/data/place" type="string"/>
        <bind nodeset="/data/label" calculate="instance('places')/root/item[name = /data/place]/label"/>
        <bind nodeset="/data/sum" calculate="sum(instance('places')/root/item[region = /data/region and population &gt; 5]/population)"/>
        <bind nodeset="/data/all" calculate="count(instance('places')/root/item)"/>
        <bind nodeset="/data/second" calculate="instance('places')/root/item[2]/@x | instance('places')/root/item[position() = 2]/name"/>
        <bind nodeset="/data/pulled" calculate="pulldata('places', 'population', 'name', /data/place)"/>"#;
    let body = r#"<input ref="/data/region"/><select1 ref="/data/place"><label>Place</label>
        <itemset nodeset="instance('places')/root/item[region = current()/../region]"><value ref="name"/><label ref="label"/></itemset></select1>"#;
    let instance = "<data id='l'><region/><place/><label/><sum/><all/><second/><pulled/></data>";
    Arc::new(parse(instance, model, body).unwrap())
}

fn values(session: &Session) -> Vec<&str> {
    ["label", "sum", "all", "second", "pulled"].map(|name| session.value(&format!("/data/{name}")).unwrap()).to_vec()
}

fn choices(session: &Session) -> Vec<String> {
    let number = session.screens().iter().position(|screen| screen.reference == "/data/place").unwrap();
    session.screen(number).unwrap().questions[0].choices.iter().map(|choice| choice.label.clone()).collect()
}

#[test]
fn rows_are_filtered_summed_and_looked_up() {
    let mut resources = Resources::new();
    resources.add_file("places.csv", PLACES.as_bytes()).unwrap();
    let mut session = Session::start_with(form(), env(), &resources).unwrap();
    assert_eq!(session.missing_instances().count(), 0);
    assert_eq!(choices(&session), Vec::<String>::new());
    session.answer("/data/region", "r1").unwrap();
    assert_eq!(choices(&session), ["One", "Three"]);
    session.answer("/data/place", "p3").unwrap();
    assert_eq!(values(&session), ["Three", "40", "3", "p2", "30"]);
    assert!(session.answer("/data/place", "p2").is_err(), "not in this region");
}

#[test]
fn the_same_list_as_xml_gives_the_same() {
    let item = |name, label, region, population| {
        format!(
            "<item><name>{name}</name><label>{label}</label><region>{region}</region><population>{population}</population></item>"
        )
    };
    let rows = [item("p1", "One", "r1", 10), item("p2", "Two", "r2", 20), item("p3", "Three", "r1", 30)].concat();
    // An attribute makes it a tree and no list.
    for open in ["<root>", "<root kind='tree'>"] {
        let mut resources = Resources::new();
        resources.add_xml("jr://file-csv/places.csv", &format!("{open}{rows}</root>"));
        let mut session = Session::start_with(form(), env(), &resources).unwrap();
        session.answer("/data/region", "r1").unwrap();
        session.answer("/data/place", "p3").unwrap();
        assert_eq!(values(&session), ["Three", "40", "3", "p2", "30"], "{open}");
    }
}

#[test]
fn a_missing_file_hinders_nobody_and_is_named_where_it_is_needed() {
    let mut session = Session::start(form(), env()).unwrap();
    assert_eq!(session.missing_instances().map(|instance| instance.id.as_str()).collect::<Vec<_>>(), ["places"]);
    session.answer("/data/region", "r1").unwrap();
    assert_eq!(values(&session), ["", "", "", "", ""]);
    assert_eq!(session.problem("/data/sum"), Some(Problem::Missing));
    let number = session.screens().iter().position(|screen| screen.reference == "/data/place").unwrap();
    assert_eq!(session.screen(number).unwrap().questions[0].problem, Some(Problem::Missing));
}

/// A list that counts how it is used, and breaks when told to.
struct Counting {
    table: Table,
    finds: AtomicUsize,
    cells: AtomicUsize,
    broken: AtomicUsize,
}

impl List for Counting {
    fn columns(&self) -> &[String] {
        self.table.columns()
    }
    fn len(&self) -> u32 {
        self.table.len()
    }
    fn cell(&self, row: u32, column: u32) -> Result<Option<Cow<'_, str>>, ListUnreadable> {
        self.cells.fetch_add(1, Ordering::Relaxed);
        if self.broken.load(Ordering::Relaxed) > 0 { Err(ListUnreadable) } else { self.table.cell(row, column) }
    }
    fn find(&self, wanted: &[(u32, &str)], rows: &mut Vec<u32>) -> Result<(), ListUnreadable> {
        self.finds.fetch_add(1, Ordering::Relaxed);
        self.table.find(wanted, rows)
    }
}

#[test]
fn ten_thousand_rows_are_filtered_without_a_scan() {
    let mut csv = String::from("name,label,region,population\n");
    (0..10_000).for_each(|n| csv.push_str(&format!("p{n},Place {n},r{},10\n", n % 500)));
    let table = Table::from_csv(csv.as_bytes()).unwrap();
    let zero = AtomicUsize::new;
    let list = Arc::new(Counting { table, finds: zero(0), cells: zero(0), broken: zero(0) });
    let mut resources = Resources::new();
    resources.add_list("jr://file-csv/places.csv", list.clone());
    let mut session = Session::start_with(form(), env(), &resources).unwrap();
    session.answer("/data/region", "r7").unwrap();
    let before = (list.finds.load(Ordering::Relaxed), list.cells.load(Ordering::Relaxed));
    assert_eq!(choices(&session).len(), 20);
    let (finds, cells) = (list.finds.load(Ordering::Relaxed) - before.0, list.cells.load(Ordering::Relaxed) - before.1);
    assert!(finds >= 1 && cells < 200, "{finds} look-ups, {cells} cells");
    assert_eq!(session.value("/data/sum"), Some("200"));

    list.broken.store(1, Ordering::Relaxed);
    session.answer("/data/region", "r8").unwrap();
    assert_eq!((session.value("/data/sum"), session.problem("/data/sum")), (Some(""), Some(Problem::List)));
}

#[test]
fn the_last_saved_instance_is_read_and_blank_before_there_is_one() {
    let model = r#"<instance id="last" src="jr://instance/last-saved"/>
        <setvalue event="odk-instance-first-load" ref="/data/who" value="instance('last')/data/who"/>"#;
    let form = Arc::new(parse("<data id='l'><who/></data>", model, "<input ref='/data/who'/>").unwrap());
    let first = Session::start(Arc::clone(&form), env()).unwrap();
    assert_eq!((first.value("/data/who"), first.missing_instances().count()), (Some(""), 0));
    let mut resources = Resources::new();
    resources.add_last_saved("<data id='l'><who>same worker</who></data>");
    let next = Session::start_with(form, env(), &resources).unwrap();
    assert_eq!(next.value("/data/who"), Some("same worker"));
}
