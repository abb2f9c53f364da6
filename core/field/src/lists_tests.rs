//! Lists beside forms and what interviews leave in them, over a real vault.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use wayside_forms::{EntityAction, EntityChange, Env, Form, List, Session, Table};
use wayside_model::{CaseId, EventId, Sensitive, Timestamp};
use wayside_seal::control::case_hash;
use wayside_seal::stretch::StretchParams;
use wayside_seal::{HardwareLevel, Key, KeyStore, KeyStoreError};

use crate::after_finish::{self, Planned};
use crate::entity_cases;
use crate::lists::{self, FormFile};
use crate::orders;
use crate::ports::SystemClock;
use crate::stored_list::StoredList;
use crate::vault::Inner;

#[derive(Default)]
pub(crate) struct Keys(Mutex<BTreeMap<String, Key>>);

impl KeyStore for Keys {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::StrongBox
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.0.lock().unwrap().entry(alias.to_owned()).or_insert_with(|| Key::random().unwrap());
        Ok(())
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        let keys = self.0.lock().unwrap();
        let key = keys.get(alias).ok_or(KeyStoreError::Invalidated)?;
        Ok(key.derive("memory-keys", data).expose().to_vec())
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.0.lock().unwrap().remove(alias);
        Ok(())
    }
    fn limited_use(&self) -> bool {
        false
    }
}

pub(crate) fn inner(directory: &Path) -> Arc<Inner> {
    let secret = Sensitive::new("294017".to_owned());
    let store = wayside_vault::Vault::create(directory, &secret, &Keys::default(), StretchParams::FLOOR).unwrap();
    Arc::new(Inner::new(directory.to_owned(), store, Arc::new(SystemClock)))
}

fn form(instances: &str, nodes: &str, binds: &str) -> Arc<Form> {
    let xml = format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"><h:head><model><instance><data id="f">{nodes}</data></instance>{instances}{binds}</model></h:head><h:body><input ref="/data/q"/></h:body></h:html>"#
    );
    Arc::new(Form::parse(&xml).unwrap())
}

fn session(inner: &Arc<Inner>, form: &Arc<Form>) -> Session {
    let env = Env {
        now: Timestamp::from_millis(0),
        offset_minutes: 0,
        instance_id: "1".into(),
        random_seed: 1,
        device_id: String::new(),
        username: String::new(),
        email: String::new(),
        phone_number: String::new(),
    };
    let resources = lists::resources(inner, form, &[7; 32]).unwrap();
    Session::start_with(Arc::clone(form), env, &resources).unwrap()
}

fn file(name: &str, text: &str) -> FormFile {
    FormFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

const GEO: &str = r#"{"type": "FeatureCollection", "features": [
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [102, 0.5]}, "properties": {"name": "w", "kind": "well"}},
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"name": "t"}}]}"#;

#[test]
fn files_of_a_form_are_rows_of_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let inner = inner(folder.path());
    let form = form(
        "<instance id='c' src='jr://file-csv/c.csv'/><instance id='g' src='jr://file/g.geojson'/>\
         <instance id='x' src='jr://file/x.xml'/><instance id='w' src='jr://file/w.xml'/><instance id='m' src='jr://file/m.xml'/>",
        "<q/><c/><g/><gaps/><x/><w/><m/>",
        "<bind nodeset='/data/c' calculate=\"instance('c')/root/item[name = /data/q]/label\"/>\
         <bind nodeset='/data/g' calculate=\"instance('g')/root/item[name = 'w']/geometry\"/>\
         <bind nodeset='/data/gaps' calculate=\"count(instance('g')/root/item/kind)\"/>\
         <bind nodeset='/data/x' calculate=\"sum(instance('x')/root/item/n)\"/>\
         <bind nodeset='/data/w' calculate=\"instance('w')/shape/deep/er\"/>\
         <bind nodeset='/data/m' calculate=\"instance('m')/root/item/n\"/>",
    );
    let files = [
        file("c.csv", "name,label\na,Aleppo\nb,Basra\n"),
        file("g.geojson", GEO),
        file("x.xml", "<root><item><n>1</n></item><item><n>41</n></item></root>"),
        file("w.xml", "<shape><deep><er>whole</er></deep></shape>"),
        file("other.csv", "not,named\nby,the form\n"),
    ];
    lists::keep(&inner, &form, &[7; 32], &files).unwrap();
    let mut session = session(&inner, &form);
    session.answer("/data/q", "b").unwrap();
    let value = |name: &str| session.value(&format!("/data/{name}")).unwrap().to_owned();
    assert_eq!(["c", "g", "gaps", "x", "w", "m"].map(value), ["Basra", "0.5 102 0 0", "1", "42", "whole", ""]);
    assert_eq!(session.missing_instances().map(|missing| missing.id.as_str()).collect::<Vec<_>>(), ["m"]);
    let info = inner.store.list("form/0707070707070707070707070707070707070707070707070707070707070707/c.csv").unwrap();
    assert_eq!(info.unwrap().indexed, ["name"], "what the form searches by");
    assert!(lists::keep(&inner, &form, &[7; 32], &[file("c.csv", "a,a\n1,2\n")]).is_err());
    // Suspended, the rows cannot be read, and the question says so; nothing breaks.
    inner.store.suspend().unwrap();
    session.answer("/data/q", "a").unwrap();
    assert_eq!(session.problem("/data/c"), Some(wayside_forms::Problem::List));
    inner.store.resume().unwrap();
    session.answer("/data/q", "b").unwrap();
    assert_eq!(session.value("/data/c"), Some("Basra"));
}

#[test]
fn a_list_in_the_vault_answers_as_one_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let inner = inner(folder.path());
    let mut table = Table::new(["name", "region", "note"].map(str::to_owned).to_vec()).unwrap();
    for n in 0..700_u32 {
        let row = table.push_row();
        table.set(row, 0, &format!("n{n}")).unwrap();
        table.set(row, 1, &format!("r{}", n % 7)).unwrap();
        if n % 3 == 0 {
            table.set(row, 2, if n % 2 == 0 { "" } else { "odd" }).unwrap();
        }
    }
    lists::put(&inner.store, "l", [1; 32], &table, &["name".into(), "region".into(), "none".into()]).unwrap();
    let vault = inner.store.list("l").unwrap().unwrap();
    assert_eq!(vault.indexed, ["name", "region"]);
    let stored = StoredList::open(lists::Held(Arc::clone(&inner)), "l").unwrap().unwrap();
    assert_eq!((stored.columns(), stored.len()), (table.columns(), table.len()));
    for row in (0..700).chain([3, 650, 0, 701]) {
        for column in 0..4 {
            assert_eq!(stored.cell(row, column).unwrap(), table.cell(row, column).unwrap(), "{row} {column}");
        }
    }
    let searches: [&[(u32, &str)]; 7] = [
        &[(0, "n5")],
        &[(1, "r3")],
        &[(1, "r3"), (0, "n10")],
        &[(1, "r3"), (2, "odd")],
        &[(2, "")],
        &[(2, "none")],
        &[(1, "none")],
    ];
    for wanted in searches {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        stored.find(wanted, &mut one).unwrap();
        table.find(wanted, &mut other).unwrap();
        assert_eq!(one, other, "{wanted:?}");
    }
}

fn change(action: EntityAction, id: &str, label: &str, properties: &[(&str, &str)]) -> EntityChange {
    EntityChange {
        list: "trees".into(),
        id: id.into(),
        action,
        label: label.into(),
        properties: properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        base_version: String::new(),
        trunk_version: String::new(),
        branch_id: String::new(),
    }
}

/// What a finish does with these changes, its record queued.
fn apply(inner: &Inner, branch: &str, changes: &[EntityChange]) {
    apply_of(inner, None, branch, changes);
}

fn apply_of(inner: &Inner, case: Option<CaseId>, branch: &str, changes: &[EntityChange]) {
    let mut planned = Planned::new(inner);
    for change in changes {
        change.apply(&mut planned, branch).unwrap();
    }
    // Twice, as after a crash.
    for _ in 0..2 {
        planned.put_all(case).unwrap();
    }
}

fn row(inner: &Inner, id: &str) -> BTreeMap<String, String> {
    let info = inner.store.list("entities/trees").unwrap().unwrap();
    let mut found = BTreeMap::new();
    let see = &mut |_, cells: Vec<String>| {
        found = info.columns.iter().cloned().zip(cells).collect();
        true
    };
    inner.store.list_rows("entities/trees", &[("name", id)], see).unwrap();
    found
}

#[test]
fn entities_are_made_changed_and_taken_over_from_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let inner = inner(folder.path());
    let form = form("<instance id='trees' src='jr://file-csv/trees.csv'/>", "<q/>", "");
    let get = |row: &BTreeMap<String, String>, column: &str| row.get(column).cloned().unwrap_or_default();
    let state = |id: &str| {
        let row = row(&inner, id);
        ["label", "height", "__version", "__trunkVersion", "__branchId"].map(|column| get(&row, column)).join("|")
    };
    apply(&inner, "b1", &[change(EntityAction::Create, "new", "Oak", &[("height", "3")])]);
    assert_eq!(state("new"), "Oak|3|1||b1");
    let server = "name,label,__version,species\ns1,Elm,4,elm\ns2,Fir,1,fir\n";
    lists::keep(&inner, &form, &[7; 32], &[file("trees.csv", server)]).unwrap();
    assert_eq!((state("new").as_str(), state("s1").as_str()), ("Oak|3|1||b1", "Elm||4||"));
    // Two changes of one entity in one form, and a property that the list did not have.
    let update = |label, height| change(EntityAction::Update, "s1", label, &[("height", height)]);
    apply(&inner, "b2", &[update("Elm, old", "7"), update("", "8")]);
    assert_eq!(state("s1"), "Elm, old|8|6|4|b2");
    assert_eq!(get(&row(&inner, "s1"), "species"), "elm");
    apply(
        &inner,
        "b3",
        &[change(EntityAction::Update, "none", "x", &[]), change(EntityAction::Create, "new", "Again", &[])],
    );
    assert_eq!((state("new").as_str(), row(&inner, "none").len()), ("Oak|3|1||b1", 0));
    // The server knows an older state: what is newer here stays. What it has no more goes.
    lists::keep(&inner, &form, &[7; 32], &[file("trees.csv", "name,label,__version\ns1,Elm,5\n")]).unwrap();
    assert_eq!((state("s1").as_str(), state("new").as_str()), ("Elm, old|8|6|4|b2", "Oak|3|1||b1"));
    assert!(row(&inner, "s2").is_empty());
    // Now it has caught up.
    lists::keep(
        &inner,
        &form,
        &[7; 32],
        &[file("trees.csv", "name,label,height,__version\ns1,Elm,8,6\nnew,Oak,3,1\n")],
    )
    .unwrap();
    assert_eq!((state("s1").as_str(), state("new").as_str()), ("Elm|8|6||", "Oak|3|1||"));
}

#[test]
fn a_form_may_search_by_a_column_that_no_form_did_before() {
    let folder = tempfile::tempdir().unwrap();
    let inner = inner(folder.path());
    apply(&inner, "b1", &[change(EntityAction::Create, "new", "Oak", &[("height", "3")])]);
    let form = form(
        "<instance id='trees' src='jr://file-csv/trees.csv'/>",
        "<q/><found/>",
        "<bind nodeset='/data/found' calculate=\"instance('trees')/root/item[label = 'Oak' and __version = '1']/height\"/>",
    );
    assert_eq!(session(&inner, &form).value("/data/found"), Some("3"));
    let indexed = inner.store.list("entities/trees").unwrap().unwrap().indexed;
    assert!(["__version", "label", "name", "height"].iter().all(|name| indexed.iter().any(|known| known == name)));
}

#[test]
fn what_belongs_to_no_queued_record_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let inner = inner(folder.path());
    let config = wayside_vault::outbox::OutboxConfig {
        relay: "https://relay.example".into(),
        device: wayside_model::DeviceId::from_bytes([1; 16]),
        upload_token: Key::from_bytes([2; 32]),
    };
    wayside_vault::outbox::Outbox::create(&inner.directory, config).unwrap();
    let form = form(
        "<instance id='last' src='jr://instance/last-saved'/>",
        "<q/><secret/><old/>",
        "<bind nodeset='/data/old' calculate=\"instance('last')/data/q\"/>",
    );
    let mut session = session(&inner, &form);
    session.answer("/data/q", "kept").unwrap();
    session.preset("/data/secret", "not read by the form").unwrap();
    let remains = after_finish::of(
        &inner,
        (EventId::from_bytes([9; 16]), CaseId::from_bytes([8; 16])),
        &session,
        false,
        Vec::new(),
        None,
    )
    .unwrap();
    remains.prepare(&inner).unwrap();
    assert!(!inner.store.setting("after-finish").unwrap().unwrap().is_empty());
    after_finish::carry_out(&inner).unwrap();
    assert!(inner.store.setting("after-finish").unwrap().unwrap().is_empty());
    assert_eq!(lists::last_saved(&inner, "f").unwrap(), None);
    let saved = session.last_saved_xml().unwrap();
    assert!(saved.contains("<q>kept</q>") && saved.contains("<secret/>"), "{saved}");
    inner.store.put_setting(&lists::last_saved_setting("f"), saved.as_bytes()).unwrap();
    assert_eq!(self::session(&inner, &form).value("/data/old"), Some("kept"));

    // Nothing of it stays after an erasure, whichever case it was of.
    inner.store.put_form("f", "1", &wayside_seal::sha256(b"the form"), "the form").unwrap();
    orders::erase(&inner, &[0; 32]).unwrap();
    assert_eq!(lists::last_saved(&inner, "f").unwrap(), None);
    assert_eq!(self::session(&inner, &form).value("/data/old").unwrap_or_default(), "");
}

const CANARY: &str = "the person who plants oaks";

/// How often a text is in the pages of the database, free ones and those of the log too.
pub(crate) fn hits(inner: &Inner, text: &str) -> usize {
    let mut hits = 0;
    let find = |bytes: &[u8]| bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
    inner.store.scan_pages(&mut |_, bytes| hits += find(bytes)).unwrap();
    hits
}

fn names(inner: &Inner) -> Vec<String> {
    let rows = lists::all_rows(inner, "entities/trees").unwrap();
    let place = inner.store.list("entities/trees").unwrap().unwrap().columns;
    let place = place.iter().position(|column| column == "name").unwrap();
    rows.into_iter().map(|row| row[place].clone()).collect()
}

#[test]
fn an_entity_goes_with_the_interview_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let inner = inner(folder.path());
    let server = "name,label,__version,height\nof-hq,Elm,3,9\nchanged,Ash,1,4\n";
    let form = form("<instance id='trees' src='jr://file-csv/trees.csv'/>", "<q/>", "");
    lists::keep(&inner, &form, &[7; 32], &[file("trees.csv", server)]).unwrap();
    let [one, two, three] = [1, 2, 3].map(|n| CaseId::from_bytes([n; 16]));
    let create = |id: &str| change(EntityAction::Create, id, CANARY, &[("height", "1")]);
    apply_of(&inner, Some(one), "b1", &[create("first"), change(EntityAction::Update, "changed", CANARY, &[])]);
    apply_of(
        &inner,
        Some(two),
        "b2",
        &[create("second"), change(EntityAction::Update, "first", "", &[("height", "2")])],
    );
    apply_of(&inner, Some(three), "b3", &[create("third")]);
    assert_eq!(names(&inner), ["of-hq", "changed", "first", "second", "third"]);
    assert!(hits(&inner, CANARY) > 3, "the search finds it before");

    orders::erase(&inner, &case_hash(CaseId::from_bytes([9; 16]))).unwrap();
    assert_eq!(names(&inner).len(), 5, "another case");
    orders::erase(&inner, &case_hash(two)).unwrap();
    assert_eq!(names(&inner), ["of-hq", "changed", "third"], "first spoke of this case too");
    // A decoy gets what HQ sent and nothing of an interview.
    let decoy = inner.store.open_decoy().unwrap();
    entity_cases::give(&inner, &decoy).unwrap();
    let info = decoy.list("entities/trees").unwrap().unwrap();
    assert_eq!(info.rows, 1);
    assert!(!info.columns.iter().any(|column| column == entity_cases::CASES));
    decoy.lock();
    // Nothing keeps the others here: no work list names them.
    entity_cases::forget_unkept(&inner).unwrap();
    assert_eq!(names(&inner), ["of-hq"]);
    assert_eq!(hits(&inner, CANARY), 0, "nor in free pages or the log");
}

#[test]
fn what_waits_of_an_erased_case_is_not_carried_out() {
    let folder = tempfile::tempdir().unwrap();
    let inner = inner(folder.path());
    let form = form("<instance id='last' src='jr://instance/last-saved'/>", "<q/>", "");
    let (event, case) = (EventId::from_bytes([9; 16]), CaseId::from_bytes([8; 16]));
    let remains = || after_finish::of(&inner, (event, case), &session(&inner, &form), false, Vec::new(), None).unwrap();
    inner.store.put_setting("after-finish", &wayside_model::to_canonical(&remains())).unwrap();
    orders::erase(&inner, &case_hash(CaseId::from_bytes([7; 16]))).unwrap();
    assert!(!inner.store.setting("after-finish").unwrap().unwrap().is_empty());
    orders::erase(&inner, &case_hash(case)).unwrap();
    assert!(inner.store.setting("after-finish").unwrap().unwrap().is_empty());
}
