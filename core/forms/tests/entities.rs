//! Entities that forms make and change, on the device at once.

#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

mod common;

use std::sync::Arc;

use common::{env, parse};
use wayside_forms::{EntityAction, EntityStore, Form, List, Resources, Session, Table};

const NS: &str = "xmlns:entities='http://www.opendatakit.org/xforms/entities'";

/// A household and its members, each an entity; the members in a repeat.
fn register() -> Arc<Form> {
    let instance = format!(
        "<data id='r' {NS}><village/><hidden/><person><name/><age/><meta><entity dataset='people' create='' id=''><label/></entity></meta></person>
         <meta><entity dataset='households' create='1' id=''><label/></entity></meta></data>"
    );
    let model = format!(
        "<bind nodeset='/data/village' {NS} entities:saveto='village'/>
         <bind nodeset='/data/hidden' {NS} entities:saveto='hidden' relevant='false()'/>
         <bind nodeset='/data/meta/entity/label' calculate='concat(\"House in \", /data/village)'/>
         <bind nodeset='/data/person/age' type='int' {NS} entities:saveto='age'/>
         <bind nodeset='/data/person/meta/entity/@create' calculate='../../../age &gt; 17'/>
         <bind nodeset='/data/person/meta/entity/label' calculate='../../../name'/>
         <setvalue event='odk-instance-first-load' ref='/data/meta/entity/@id' value='uuid()'/>
         <setvalue event='odk-instance-first-load' ref='/data/person/meta/entity/@id' value='uuid()'/>"
    );
    let body = "<input ref='/data/village'/><group ref='/data/person'><repeat nodeset='/data/person'>
        <setvalue event='odk-new-repeat' ref='/data/person/meta/entity/@id' value='uuid()'/>
        <input ref='/data/person/name'/><input ref='/data/person/age'/></repeat></group>";
    Arc::new(parse(&instance, &model, body).unwrap())
}

/// Changes a person who is there, as pyxform writes it.
fn visit() -> Arc<Form> {
    let instance = format!(
        "<data id='v' {NS}><person/><age/><meta><entity dataset='people' update='1' baseVersion='' trunkVersion='' branchId='' id=''/></meta></data>"
    );
    let look_up = |attribute: &str, column: &str| {
        format!(
            "<bind nodeset='/data/meta/entity/@{attribute}' calculate=\"instance('people')/root/item[name=/data/person]/{column}\"/>"
        )
    };
    let model = format!(
        "<instance id='people' src='jr://file-csv/people.csv'/><bind nodeset='/data/age' type='int' {NS} entities:saveto='age'/>
         <bind nodeset='/data/meta/entity/@id' calculate='/data/person'/>{}{}{}",
        look_up("baseVersion", "__version"),
        look_up("trunkVersion", "__trunkVersion"),
        look_up("branchId", "__branchId")
    );
    let body = "<select1 ref='/data/person'><itemset nodeset=\"instance('people')/root/item\"><value ref='name'/><label ref='label'/></itemset></select1><input ref='/data/age'/>";
    Arc::new(parse(&instance, &model, body).unwrap())
}

#[test]
fn a_form_and_its_repeats_make_entities() {
    let mut session = Session::start(register(), env()).unwrap();
    session.answer("/data/village", "Lome").unwrap();
    session.answer("/data/person[1]/name", "Ama").unwrap();
    session.answer("/data/person[1]/age", "30").unwrap();
    session.add_repeat("/data/person").unwrap();
    session.answer("/data/person[2]/name", "Kofi").unwrap();
    session.answer("/data/person[2]/age", "7").unwrap();
    let entities = session.entities();
    let lines: Vec<_> =
        entities.iter().map(|one| (one.list.as_str(), one.label.as_str(), one.properties.clone())).collect();
    let property = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    assert_eq!(
        lines,
        [("people", "Ama", property("age", "30")), ("households", "House in Lome", property("village", "Lome"))]
    );
    let ids: Vec<_> = ["person[1]", "person[2]"]
        .map(|one| session.value(&format!("/data/{one}/meta/entity/@id")).unwrap().to_owned())
        .to_vec();
    assert!(ids.iter().all(|id| id.len() == 36) && ids[0] != ids[1]);
    assert_eq!(entities[0].id, ids[0]);
    let xml = session.submission_xml(wayside_model::Timestamp::from_millis(0));
    assert!(
        xml.contains(&format!(
            "<entity dataset=\"people\" create=\"true\" id=\"{}\"><label>Ama</label></entity>",
            ids[0]
        )),
        "{xml}"
    );
}

#[test]
fn changes_chain_on_the_device() {
    let source = "name,label,age,__version\ne1,Ama,30,4\n";
    let mut people = Table::from_csv(source.as_bytes()).unwrap();
    for (age, base, trunk, branch, version) in [("31", "4", "", "", "5"), ("32", "5", "4", "b1", "6")] {
        let mut resources = Resources::new();
        resources.add_list("people.csv", Arc::new(std::mem::take(&mut people)));
        let mut session = Session::start_with(visit(), env(), &resources).unwrap();
        session.answer("/data/person", "e1").unwrap();
        session.answer("/data/age", age).unwrap();
        let [change] = session.entities().try_into().ok().unwrap();
        assert_eq!((change.action, change.id.as_str()), (EntityAction::Update, "e1"));
        assert_eq!(
            (change.base_version.as_str(), change.trunk_version.as_str(), change.branch_id.as_str()),
            (base, trunk, branch)
        );
        // The list as the device has it, beside the one the session read.
        let mut copy = Table::from_csv(source.as_bytes()).unwrap();
        if version == "6" {
            copy.put_entity(
                "people",
                "e1",
                &[("age", "31"), ("__version", "5"), ("__trunkVersion", "4"), ("__branchId", "b1")],
            )
            .unwrap();
        }
        assert!(change.apply(&mut copy, "b1").unwrap());
        let cell = |column: &str| copy.entity("people", "e1", column).unwrap().unwrap();
        assert_eq!(
            (cell("age"), cell("label"), cell("__version")),
            (age.to_owned(), "Ama".to_owned(), version.to_owned())
        );
        assert_eq!((cell("__trunkVersion"), cell("__branchId")), ("4".to_owned(), "b1".to_owned()));
        people = copy;
    }
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let mut session = Session::start(register(), env()).unwrap();
    session.answer("/data/village", "Lome").unwrap();
    let [house] = session.entities().try_into().ok().unwrap();
    let mut list = Table::default();
    assert!(house.apply(&mut list, "b").unwrap());
    assert!(!house.apply(&mut list, "b").unwrap(), "made twice");
    assert_eq!((list.len(), list.entity("", &house.id, "__version").unwrap().as_deref()), (1, Some("1")));
    let mut other = house.clone();
    (other.id, other.action) = ("gone".to_owned(), EntityAction::Update);
    assert!(!other.apply(&mut list, "b").unwrap());
    (other.action, other.label) = (EntityAction::Upsert, " ".to_owned());
    assert!(!other.apply(&mut list, "b").unwrap());
    other.id = String::new();
    assert!(!other.apply(&mut list, "b").unwrap());
    assert_eq!(list.len(), 1);
}
