//! What forms of the field do that engines have got wrong: repeats in repeats with counts, selects from repeats, orders that
//! are drawn, dates far from UTC, texts that a language lacks, lists in each format, actions in groups and repeats.

#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

mod common;

use std::sync::Arc;

use common::{env, parse, start, values};
use wayside_forms::{EntityAction, Env, Resources, Session, Table};
use wayside_model::Timestamp;

fn codes(session: &Session, reference: &str) -> Vec<String> {
    session.question(reference).unwrap().choices.into_iter().map(|choice| choice.value).collect()
}

fn labels(session: &Session, reference: &str) -> Vec<String> {
    session.question(reference).unwrap().choices.into_iter().map(|choice| choice.label).collect()
}

#[test]
fn counts_of_repeats_in_repeats_follow_their_own_instance() {
    let mut session = start(
        "<data id='a'><n/><r jr:template=''><m/><s jr:template=''><t/><at/></s><inner/></r><all/><second/><beyond/></data>",
        "<bind nodeset='/data/n' type='int'/><bind nodeset='/data/r/m' type='int'/>
         <bind nodeset='/data/r/s/at' calculate='concat(position(../..), \".\", position(..))'/>
         <bind nodeset='/data/r/inner' calculate='count(../s)'/>
         <bind nodeset='/data/all' calculate='join(\" \", /data/r/s/at)'/>
         <bind nodeset='/data/second' calculate='indexed-repeat(/data/r/s/t, /data/r, 2, /data/r/s, 2)'/>
         <bind nodeset='/data/beyond' calculate='indexed-repeat(/data/r/s/t, /data/r, 2, /data/r/s, 9)'/>",
        "<input ref='/data/n'/><group ref='/data/r'><repeat nodeset='/data/r' jr:count='/data/n'><input ref='/data/r/m'/>
         <group ref='/data/r/s'><repeat nodeset='/data/r/s' jr:count='../m + 1'><input ref='/data/r/s/t'/></repeat></group></repeat></group>",
    );
    assert_eq!(session.value("/data/all"), Some(""));
    session.answer("/data/n", "2").unwrap();
    session.answer("/data/r[1]/m", "0").unwrap();
    session.answer("/data/r[2]/m", "1").unwrap();
    assert_eq!(values(&session, &["/data/all", "/data/r[1]/inner", "/data/r[2]/inner"]), ["1.1 2.1 2.2", "1", "2"]);
    session.answer("/data/r[2]/s[2]/t", "deep").unwrap();
    assert_eq!(values(&session, &["/data/second", "/data/beyond"]), ["deep", ""]);
    session.answer("/data/r[2]/m", "0").unwrap();
    assert_eq!(values(&session, &["/data/second", "/data/all"]), ["", "1.1 2.1"]);
    session.answer("/data/r[2]/m", "1").unwrap();
    assert_eq!(session.value("/data/second"), Some("deep"), "what fell away comes back");
    assert!(session.add_repeat("/data/r").is_err(), "the count alone says how many");
    session.answer("/data/n", "0").unwrap();
    assert_eq!(values(&session, &["/data/all", "/data/second"]), ["", ""]);
    session.answer("/data/n", "-3").unwrap();
    assert_eq!(session.value("/data/r[1]/m"), None);
}

#[test]
fn a_select_from_a_repeat_offers_what_was_entered() {
    let mut session = start(
        "<data id='a'><person jr:template=''><id/><name/><age/></person><head/><named/><older/></data>",
        "<bind nodeset='/data/person/id' calculate='position(..)'/><bind nodeset='/data/person/age' type='int'/>
         <bind nodeset='/data/named' calculate=\"/data/person[id = /data/head]/name\"/>
         <bind nodeset='/data/older' calculate='count(/data/person[age &gt; 17])'/>",
        "<repeat nodeset='/data/person'><input ref='/data/person/name'/><input ref='/data/person/age'/></repeat>
         <select1 ref='/data/head'><itemset nodeset=\"/data/person[./name != '' and age &gt; 17]\"><value ref='id'/><label ref='name'/></itemset></select1>",
    );
    for (number, name, age) in [(1, "Ana", "40"), (2, "", "50"), (3, "Cyr", "12"), (4, "Dov", "18")] {
        session.add_repeat("/data/person").unwrap();
        session.answer(&format!("/data/person[{number}]/name"), name).unwrap();
        session.answer(&format!("/data/person[{number}]/age"), age).unwrap();
    }
    assert_eq!(
        (codes(&session, "/data/head"), labels(&session, "/data/head")),
        (vec!["1".into(), "4".into()], vec!["Ana".into(), "Dov".into()])
    );
    assert!(session.answer("/data/head", "3").is_err());
    session.answer("/data/head", "4").unwrap();
    assert_eq!(values(&session, &["/data/named", "/data/older"]), ["Dov", "3"]);
    session.remove_repeat("/data/person[1]").unwrap();
    assert_eq!(codes(&session, "/data/head"), ["3"], "instances are renumbered");
    assert_eq!(
        values(&session, &["/data/head", "/data/named", "/data/older"]),
        ["4", "", "2"],
        "kept until it is asked again"
    );
}

#[test]
fn orders_that_are_drawn_are_the_same_everywhere() {
    let order = |seed: &str| {
        let mut session = start(
            "<data id='a'><seed/><q/></data>",
            "<instance id='l'><root><item><name>A</name></item><item><name>B</name></item><item><name>C</name></item><item><name>D</name></item>
             <item><name>E</name></item><item><name>F</name></item></root></instance>",
            "<input ref='/data/seed'/><select1 ref='/data/q'><itemset nodeset=\"randomize(instance('l')/root/item, /data/seed)\"><value ref='name'/><label ref='name'/></itemset></select1>",
        );
        session.answer("/data/seed", seed).unwrap();
        codes(&session, "/data/q").concat()
    };
    // The orders that JavaRosa, Web Forms and Enketo agree on.
    assert_eq!([order("42"), order("-42"), order("1"), order("")], ["AFCBDE", "EDAFBC", "BFEACD", "CBEAFD"]);
    assert_ne!(order("a text"), order(""), "a text is a seed too");
    let drawn = |random_seed| {
        let body = "<select1 ref='/data/q'><itemset nodeset=\"randomize(instance('l')/root/item)\"><value ref='name'/><label ref='name'/></itemset></select1>";
        let rows: String = ('A'..='Z').map(|letter| format!("<item><name>{letter}</name></item>")).collect();
        let form = parse("<data id='a'><q/></data>", &format!("<instance id='l'><root>{rows}</root></instance>"), body)
            .unwrap();
        let session = Session::start(Arc::new(form), Env { random_seed, ..env() }).unwrap();
        let (first, again) = (codes(&session, "/data/q"), codes(&session, "/data/q"));
        assert_eq!(first, again, "a question keeps its order while nothing changes");
        first.concat()
    };
    assert_ne!(drawn(1), drawn(2));
}

#[test]
fn days_and_times_keep_the_devices_offset() {
    for (offset_minutes, today, now, midnight) in [
        (-720, "2026-03-03", "2026-03-03T17:06:07.089-12:00", "2024-02-10T00:00:00.000-12:00"),
        (0, "2026-03-04", "2026-03-04T05:06:07.089+00:00", "2024-02-10T00:00:00.000+00:00"),
        (345, "2026-03-04", "2026-03-04T10:51:07.089+05:45", "2024-02-10T00:00:00.000+05:45"),
        (840, "2026-03-04", "2026-03-04T19:06:07.089+14:00", "2024-02-10T00:00:00.000+14:00"),
    ] {
        let form = parse(
            "<data id='a'><today/><now/><moment/><epoch/><days/><asked/><day/><hour/><typed/></data>",
            "<bind nodeset='/data/today' type='date' calculate='today()'/><bind nodeset='/data/now' type='dateTime' calculate='now()'/>
             <bind nodeset='/data/moment' type='dateTime' calculate=\"date-time('2024-02-10')\"/>
             <bind nodeset='/data/epoch' type='date' calculate='date(0)'/>
             <bind nodeset='/data/days' type='int' calculate=\"date('2024-03-01') - date('2024-02-28')\"/>
             <bind nodeset='/data/asked' type='dateTime'/><bind nodeset='/data/day' type='date' calculate='/data/asked'/>
             <bind nodeset='/data/hour' calculate=\"format-date-time(/data/asked, '%H:%M')\"/>
             <bind nodeset='/data/typed' type='date' calculate=\"date('2024-02-10') + 1\"/>",
            "<input ref='/data/asked'/>",
        );
        let mut session = Session::start(Arc::new(form.unwrap()), Env { offset_minutes, ..env() }).unwrap();
        let computed = ["/data/today", "/data/now", "/data/moment", "/data/epoch", "/data/days", "/data/typed"];
        assert_eq!(values(&session, &computed), [today, now, midnight, "1970-01-01", "2", "2024-02-11"]);
        session.answer("/data/asked", "2024-02-10T23:30:00.000+00:00").unwrap();
        assert_eq!(session.value("/data/asked"), Some("2024-02-10T23:30:00.000+00:00"), "as it was given");
        let local = (23 * 60 + 30 + offset_minutes).rem_euclid(24 * 60);
        assert_eq!(session.value("/data/hour").unwrap(), format!("{:02}:{:02}", local / 60, local % 60));
    }
}

#[test]
fn a_text_that_a_language_lacks_leaves_the_question_open() {
    let mut session = start(
        "<data id='a'><q/><named/></data>",
        "<itext><translation lang='en' default='true()'><text id='q'><value>Where?</value><value form='short'>W?</value>
           <value form='audio'>jr://audio/q.mp3</value></text><text id='a'><value>Here</value></text></translation>
         <translation lang='ti'><text id='a'><value form='image'>jr://images/a.png</value></text></translation></itext>
         <instance id='l'><root><item><name>a</name><itextId>a</itextId></item><item><name>b</name><itextId>none</itextId></item></root></instance>
         <bind nodeset='/data/named' calculate=\"jr:choice-name('a', '/data/q')\"/>",
        "<select1 ref='/data/q'><label ref=\"jr:itext('q')\"/><itemset nodeset=\"instance('l')/root/item\"><value ref='name'/><label ref='jr:itext(itextId)'/></itemset></select1>",
    );
    let question = session.question("/data/q").unwrap();
    assert_eq!((question.label.as_str(), question.short.as_str()), ("Where?", "W?"));
    assert_eq!(labels(&session, "/data/q"), ["Here", "none"], "a choice is never without a name");
    assert!(session.set_language("ti"));
    let question = session.question("/data/q").unwrap();
    assert_eq!((question.choices.len(), question.choices[0].media.len()), (2, 1));
    assert!(!question.choices[0].label.is_empty());
    session.answer("/data/q", "b").unwrap();
    assert!(session.set_language("en"));
    assert_eq!(values(&session, &["/data/q", "/data/named"]), ["b", "Here"]);
}

#[test]
fn a_list_says_the_same_in_each_format() {
    let csv = "name,label,n\nx,Ex,3\ny,\"Why, \"\"so\"\"\",4\n";
    let xml = "<root><item><name>x</name><label>Ex</label><n>3</n></item><item><name>y</name><label>Why, \"so\"</label><n>4</n></item></root>";
    let geojson = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","geometry":{"type":"Point","coordinates":[30.5,1.5]},"properties":{"name":"x","label":"Ex","n":3}},
        {"type":"Feature","geometry":{"type":"Point","coordinates":[31,2]},"properties":{"name":"y","label":"Why, \"so\"","n":4}}]}"#;
    for (scheme, file, bytes) in [("file-csv", "l.csv", csv), ("file", "l.xml", xml), ("file", "l.geojson", geojson)] {
        let form = parse(
            "<data id='a'><q/><label/><sum/><pulled/><place/></data>",
            &format!(
                "<instance id='l' src='jr://{scheme}/{file}'/>
                 <bind nodeset='/data/label' calculate=\"instance('l')/root/item[name = /data/q]/label\"/>
                 <bind nodeset='/data/sum' calculate=\"sum(instance('l')/root/item/n)\"/>
                 <bind nodeset='/data/pulled' calculate=\"pulldata('l', 'n', 'name', /data/q)\"/>
                 <bind nodeset='/data/place' calculate=\"instance('l')/root/item[name = /data/q]/geometry\"/>"
            ),
            "<select1 ref='/data/q'><itemset nodeset=\"instance('l')/root/item[name != '' and position() &lt; 9]\"><value ref='name'/><label ref='label'/></itemset></select1>",
        );
        let mut resources = Resources::new();
        resources.add_file(file, bytes.as_bytes()).unwrap();
        let mut session = Session::start_with(Arc::new(form.unwrap()), env(), &resources).unwrap();
        assert_eq!(
            (codes(&session, "/data/q"), labels(&session, "/data/q")[1].as_str()),
            (vec!["x".into(), "y".into()], "Why, \"so\"")
        );
        session.answer("/data/q", "y").unwrap();
        assert_eq!(
            values(&session, &["/data/label", "/data/sum", "/data/pulled"]),
            ["Why, \"so\"", "7", "4"],
            "{file}"
        );
        assert_eq!(session.value("/data/place").unwrap().is_empty(), file != "l.geojson", "{file}");
        session.answer("/data/q", "").unwrap();
        assert_eq!(values(&session, &["/data/label", "/data/pulled"]), ["", ""], "{file}");
    }
}

#[test]
fn actions_find_their_own_group_and_instance() {
    let mut session = start(
        "<data id='a'><g><src/><dst/></g><out/><loads/><r jr:template=''><x/><y/><drawn/><in><z/></in><here/></r><r><x/><y/><drawn/><in><z/></in><here/></r><log/></data>",
        "<setvalue event='odk-instance-first-load odk-instance-load' ref='/data/loads' value='concat(/data/loads, 1)'/>
         <setvalue event='odk-instance-first-load' ref='/data/g/dst' value=\"'first'\"/>
         <setvalue event='unknown-event' ref='/data/out' value='1'/>",
        "<group ref='/data/g'><input ref='/data/g/src'><setvalue event='xforms-value-changed' ref='/data/g/dst' value='../src'/>
           <setvalue event='xforms-value-changed' ref='/data/out' value='concat(/data/g/src, \"!\")'/></input></group>
         <group ref='/data/r'><repeat nodeset='/data/r'>
           <setvalue event='odk-instance-first-load odk-new-repeat' ref='/data/r/drawn' value='concat(\"no \", position(..))'/>
           <input ref='/data/r/x'><setvalue event='xforms-value-changed' ref='/data/r/y' value='../x * 2'/>
             <setvalue event='xforms-value-changed' ref='/data/r/in/z' value='position(../..)'/>
             <setvalue event='xforms-value-changed' ref='/data/log' value='concat(/data/log, /data/r/x)'/>
             <odk:setgeopoint event='xforms-value-changed' ref='/data/r/here'/></input></repeat></group>",
    );
    let all = ["/data/loads", "/data/g/dst", "/data/out", "/data/r[1]/drawn"];
    assert_eq!(values(&session, &all), ["1", "first", "", "no 1"]);
    session.answer("/data/g/src", "s").unwrap();
    assert_eq!(values(&session, &["/data/g/dst", "/data/out"]), ["s", "s!"]);
    session.add_repeat("/data/r").unwrap();
    session.answer("/data/r[2]/x", "4").unwrap();
    let second = ["/data/r[1]/y", "/data/r[2]/y", "/data/r[2]/in/z", "/data/r[2]/drawn", "/data/r[1]/in/z"];
    assert_eq!(values(&session, &second), ["", "8", "2", "no 2", ""]);
    let wanted: Vec<_> = session.take_requests().into_iter().map(|request| request.reference).collect();
    assert_eq!(wanted, ["/data/r[2]/here"]);
    session.preset("/data/r[2]/here", "1.5 30.25 0 5").unwrap();
    session.remove_repeat("/data/r[1]").unwrap();
    assert_eq!(values(&session, &["/data/r[1]/here", "/data/r[1]/drawn"]), ["1.5 30.25 0 5", "no 2"], "set once");
    let reopened = Session::reopen(Arc::clone(session.form()), env(), &Resources::new(), &session.draft_xml()).unwrap();
    assert_eq!(values(&reopened.session, &["/data/loads", "/data/g/dst"]), ["11", "s"]);
}

#[test]
fn values_drawn_once_stay() {
    let mut session = start(
        "<data id='a'><gate/><r jr:template=''><a/><id/></r><sum/><key/></data>",
        "<bind nodeset='/data/r/id' calculate='once(uuid(8))' relevant='/data/gate != \"off\"'/>
         <bind nodeset='/data/key' calculate=\"digest(concat(/data/r[1]/id, /data/gate), 'SHA-256', 'hex')\"/>",
        "<input ref='/data/gate'/><repeat nodeset='/data/r'><input ref='/data/r/a'/></repeat>",
    );
    session.add_repeat("/data/r").unwrap();
    session.add_repeat("/data/r").unwrap();
    let drawn = values(&session, &["/data/r[1]/id", "/data/r[2]/id"]);
    assert!(drawn[0].len() == 8 && drawn[0] != drawn[1]);
    session.answer("/data/r[1]/a", "x").unwrap();
    session.answer("/data/gate", "off").unwrap();
    assert_eq!(values(&session, &["/data/r[1]/id"]), [""], "not relevant: blank");
    session.answer("/data/gate", "on").unwrap();
    assert_eq!(values(&session, &["/data/r[1]/id", "/data/r[2]/id"]), drawn);
    assert_eq!(session.value("/data/key").unwrap().len(), 64);
    session.remove_repeat("/data/r[1]").unwrap();
    assert_eq!(values(&session, &["/data/r[1]/id"]), drawn[1..]);
}

#[test]
fn current_means_the_question_inside_predicates() {
    let mut session = start(
        "<data id='a'><r jr:template=''><region/><town/><label/><others/></r><x>5</x></data>",
        "<instance id='t'><root><item><name>a</name><region>1</region><x>9</x></item><item><name>b</name><region>2</region><x>9</x></item>
         <item><name>c</name><region>2</region><x>9</x></item></root></instance>
         <bind nodeset='/data/r/label' calculate=\"concat(instance('t')/root/item[name = current()/../town]/x, /data/x)\"/>
         <bind nodeset='/data/r/others' calculate='count(/data/r[region = current()/../region]) - 1'/>",
        "<repeat nodeset='/data/r'><input ref='/data/r/region'/><select1 ref='/data/r/town'>
         <itemset nodeset=\"instance('t')/root/item[region = current()/../region]\"><value ref='name'/><label ref='name'/></itemset></select1></repeat>",
    );
    for (number, region) in [(1, "2"), (2, "1"), (3, "2")] {
        session.add_repeat("/data/r").unwrap();
        session.answer(&format!("/data/r[{number}]/region"), region).unwrap();
    }
    assert_eq!(
        (codes(&session, "/data/r[1]/town").concat(), codes(&session, "/data/r[2]/town").concat()),
        ("bc".into(), "a".into())
    );
    session.answer("/data/r[1]/town", "c").unwrap();
    assert_eq!(
        values(&session, &["/data/r[1]/label", "/data/r[2]/label", "/data/r[1]/others", "/data/r[2]/others"]),
        ["95", "5", "1", "0"]
    );
    session.answer("/data/r[3]/region", "1").unwrap();
    assert_eq!(values(&session, &["/data/r[1]/others", "/data/r[2]/others"]), ["0", "1"]);
}

#[test]
fn entities_in_repeats_are_made_and_changed_each_for_itself() {
    const NS: &str = "xmlns:entities='http://www.opendatakit.org/xforms/entities'";
    let attribute =
        |name: &str, value: &str| format!("<bind nodeset='/data/r/g/meta/entity/@{name}' calculate=\"{value}\"/>");
    let found = |column: &str| format!("instance('trees')/root/item[name = current()/../../../../t]/{column}");
    let form = parse(
        &format!(
            "<data id='a' {NS}><site/><r jr:template=''><t/><g><c/><meta><entity dataset='trees' id='' create='' update='' baseVersion='' trunkVersion='' branchId=''><label/></entity></meta></g></r></data>"
        ),
        &format!(
            "<instance id='trees' src='jr://file-csv/trees.csv'/><bind nodeset='/data/r/g/c' type='int' {NS} entities:saveto='girth'/>
             <bind nodeset='/data/r/g/meta/entity/label' calculate='concat(/data/site, \" \", ../../../../t)'/>{}{}{}{}{}{}",
            attribute("create", "if(current()/../../../../t = 'new', '1', '')"),
            attribute("update", "if(current()/../../../../t != 'new', '1', '')"),
            attribute("id", "if(current()/../../../../t = 'new', once(uuid()), current()/../../../../t)"),
            attribute("baseVersion", &found("__version")),
            attribute("trunkVersion", &found("__trunkVersion")),
            attribute("branchId", &found("__branchId")),
        ),
        "<input ref='/data/site'/><group ref='/data/r'><repeat nodeset='/data/r'><input ref='/data/r/t'/><group ref='/data/r/g'><input ref='/data/r/g/c'/></group></repeat></group>",
    );
    let mut resources = Resources::new();
    let trees = Table::from_csv(b"name,label,__version,girth\nt1,Oak,4,10\n").unwrap();
    resources.add_list("jr://file-csv/trees.csv", Arc::new(trees));
    let mut session = Session::start_with(Arc::new(form.unwrap()), env(), &resources).unwrap();
    session.answer("/data/site", "north").unwrap();
    for (number, tree, girth) in [(1, "t1", "12"), (2, "new", "3")] {
        session.add_repeat("/data/r").unwrap();
        session.answer(&format!("/data/r[{number}]/t"), tree).unwrap();
        session.answer(&format!("/data/r[{number}]/g/c"), girth).unwrap();
    }
    let changes = session.entities();
    let told: Vec<_> = changes
        .iter()
        .map(|one| (one.action, one.label.as_str(), one.base_version.as_str(), one.properties.clone()))
        .collect();
    let girth = |value: &str| vec![("girth".to_owned(), value.to_owned())];
    assert_eq!(
        told,
        [(EntityAction::Update, "north t1", "4", girth("12")), (EntityAction::Create, "north new", "", girth("3"))]
    );
    assert!(changes[0].id == "t1" && changes[1].id.len() == 36);
}

#[test]
fn the_last_saved_answers_are_defaults_of_the_next() {
    let form = Arc::new(
        parse(
            "<data id='a'><town/><n/><r jr:template=''><x/></r></data>",
            "<instance id='__last-saved' src='jr://instance/last-saved'/><bind nodeset='/data/n' type='int'/>
             <setvalue event='odk-instance-first-load' ref='/data/town' value=\"instance('__last-saved')/data/town\"/>
             <setvalue event='odk-instance-first-load' ref='/data/n' value=\"instance('__last-saved')/data/n + 1\"/>",
            "<input ref='/data/town'/><input ref='/data/n'/>
             <repeat nodeset='/data/r'><setvalue event='odk-new-repeat' ref='/data/r/x' value=\"instance('__last-saved')/data/r[position() = position(current()/..)]/x\"/><input ref='/data/r/x'/></repeat>",
        )
        .unwrap(),
    );
    let mut first = Session::start(Arc::clone(&form), env()).unwrap();
    assert_eq!(values(&first, &["/data/town", "/data/n"]), ["", ""], "nothing was saved yet");
    first.answer("/data/town", "Gao & co").unwrap();
    first.answer("/data/n", "1").unwrap();
    for value in ["p", "q"] {
        let instance = first.add_repeat("/data/r").unwrap();
        first.answer(&format!("{instance}/x"), value).unwrap();
    }
    let mut resources = Resources::new();
    resources.add_last_saved(&first.last_saved_xml().unwrap());
    let mut next = Session::start_with(form, env(), &resources).unwrap();
    assert_eq!(values(&next, &["/data/town", "/data/n"]), ["Gao & co", "2"]);
    next.add_repeat("/data/r").unwrap();
    next.add_repeat("/data/r").unwrap();
    assert_eq!(values(&next, &["/data/r[1]/x", "/data/r[2]/x"]), ["p", "q"]);
}

#[test]
fn preloads_that_the_host_knows_and_those_it_does_not() {
    let names = ["deviceid", "username", "email", "phonenumber", "simserial", "subscriberid"];
    let nodes: String = names.iter().map(|name| format!("<{name}/>")).collect();
    let binds: String = names
        .iter()
        .map(|name| {
            format!("<bind nodeset='/data/{name}' type='string' jr:preload='property' jr:preloadParams='{name}'/>")
        })
        .collect();
    let more =
        "<bind nodeset='/data/asked' calculate=\"concat(property('email'), property('username'), property('imei'))\"/>";
    let session = start(&format!("<data id='a'>{nodes}<asked/></data>"), &format!("{binds}{more}"), "");
    let all: Vec<String> = names.iter().map(|name| format!("/data/{name}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(values(&session, &all), ["device-1", "worker", "w@example.org", "+000", "", ""]);
    assert_eq!(session.value("/data/asked"), Some("w@example.orgworker"));
}

#[test]
fn blank_and_irrelevant_nodes_in_aggregates() {
    let mut session = start(
        "<data id='a'><hide/><r jr:template=''><n/><keep/></r><sum/><count/><max/><joined/><outer/><none/></data>",
        "<bind nodeset='/data/r/n' type='int' relevant='/data/hide != position(..)'/>
         <bind nodeset='/data/sum' calculate='sum(/data/r/n)'/><bind nodeset='/data/count' calculate='count(/data/r)'/>
         <bind nodeset='/data/max' calculate='max(/data/r/n)'/><bind nodeset='/data/joined' calculate='join(\",\", /data/r/keep)'/>
         <bind nodeset='/data/outer' calculate='count-non-empty(/data/r/n)'/><bind nodeset='/data/none' calculate='min(/data/r/n[. &gt; 100])'/>",
        "<input ref='/data/hide'/><repeat nodeset='/data/r'><input ref='/data/r/n'/><input ref='/data/r/keep'/></repeat>",
    );
    let all = ["/data/sum", "/data/count", "/data/max", "/data/joined", "/data/outer", "/data/none"];
    assert_eq!(values(&session, &all), ["0", "0", "", "", "0", ""]);
    for (number, n) in [(1, "5"), (2, ""), (3, "-2")] {
        session.add_repeat("/data/r").unwrap();
        session.answer(&format!("/data/r[{number}]/n"), n).unwrap();
    }
    assert_eq!(values(&session, &all), ["3", "3", "5", ",,", "2", ""]);
    session.answer("/data/hide", "1").unwrap();
    assert_eq!(values(&session, &all), ["-2", "3", "-2", ",,", "1", ""]);
    session.answer("/data/hide", "").unwrap();
    assert_eq!(session.value("/data/sum"), Some("3"), "the value was kept");
    let xml = session.submission_xml(Timestamp::from_millis(common::NOW));
    assert!(xml.contains("<n>5</n><keep/>"), "{xml}");
}
