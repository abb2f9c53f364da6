//! Languages, outputs, choices, screens.

mod common;

use common::start;
use wayside_forms::{MediaKind, ScreenKind, Session};

fn session() -> Session {
    start(
        "<data id='a'><name/><region/><place/><g><x/><y/></g><named/></data>",
        "<itext>
           <translation lang='English (en)'><text id='q'><value> Hello <output value='/data/name'/>! </value>
             <value form='image'>jr://images/q.png</value></text><text id='h'><value>Hint</value><value form='guidance'>More</value></text>
             <text id='p1'><value>One</value></text><text id='p2'><value>Two</value></text></translation>
           <translation lang='French (fr)' default='true()'><text id='q'><value>Bonjour <output value='/data/name'/></value></text>
             <text id='p1'><value>Un</value></text></translation>
         </itext>
         <instance id='places'><root>
           <item><name>p1</name><in>north</in><itextId>p1</itextId></item>
           <item><name>p2</name><in>south</in><itextId>p2</itextId></item></root></instance>
         <bind nodeset='/data/named' calculate=\"jr:choice-name(/data/place, '/data/place')\"/>",
        "<input ref='/data/name'><label ref=\"jr:itext('q')\"/><hint ref=\"jr:itext('h')\"/></input>
         <select1 ref='/data/region' appearance='minimal'><item><label>N</label><value>north</value></item><item><value>south</value></item></select1>
         <select1 ref='/data/place'><itemset nodeset=\"instance('places')/root/item[in = /data/region]\">
           <value ref='name'/><label ref='jr:itext(itextId)'/></itemset></select1>
         <group ref='/data/g' appearance='field-list'><label>Both</label><input ref='/data/g/x'/><group><input ref='/data/g/y'/></group></group>",
    )
}

#[test]
fn languages_switch_labels_and_what_is_computed_from_them() {
    let mut session = session();
    assert_eq!(session.form().languages(), ["English (en)", "French (fr)"]);
    assert_eq!(session.language(), "French (fr)");
    session.answer("/data/name", "A & B").unwrap();
    session.answer("/data/region", "north").unwrap();
    session.answer("/data/place", "p1").unwrap();
    assert_eq!(session.value("/data/named"), Some("Un"));
    let first = session.screen(0).unwrap().questions.remove(0);
    assert_eq!((first.label.as_str(), first.hint.as_str()), ("Bonjour A & B", ""));
    assert!(session.set_language("English (en)"));
    assert!(!session.set_language("Klingon"), "not a language of this form");
    assert_eq!(session.value("/data/named"), Some("One"));
    let first = session.screen(0).unwrap().questions.remove(0);
    assert_eq!((first.label.as_str(), first.hint.as_str(), first.guidance.as_str()), ("Hello A & B!", "Hint", "More"));
    assert_eq!((first.media[0].kind, first.media[0].uri.as_str()), (MediaKind::Image, "jr://images/q.png"));
}

#[test]
fn choices_follow_the_filter() {
    let mut session = session();
    session.set_language("English (en)");
    assert!(session.screen(2).unwrap().questions[0].choices.is_empty());
    session.answer("/data/region", "south").unwrap();
    let screen = session.screen(2).unwrap();
    let labels: Vec<_> =
        screen.questions[0].choices.iter().map(|choice| (choice.value.as_str(), choice.label.as_str())).collect();
    assert_eq!(labels, [("p2", "Two")]);
    assert!(session.answer("/data/place", "p1").is_err());
    assert_eq!(session.form().choice_values("/data/place"), ["p1", "p2"], "all of them, whatever the filter says");
    assert_eq!(session.screen(1).unwrap().questions[0].appearance, "minimal");
}

#[test]
fn screens_are_questions_or_field_lists() {
    let session = session();
    let kinds: Vec<_> = session.screens().into_iter().map(|screen| (screen.kind, screen.reference)).collect();
    let wanted = ["/data/name", "/data/region", "/data/place"].map(|one| (ScreenKind::Question, one.to_owned()));
    assert_eq!(kinds[..3], wanted);
    assert_eq!(kinds[3..], [(ScreenKind::FieldList, "/data/g".to_owned())]);
    let list = session.screen(3).unwrap();
    assert_eq!((list.title(), list.questions.len()), ("Both", 2));
    assert!(session.screen(4).is_none());
}

#[test]
fn a_repeat_offers_another() {
    let body =
        "<group ref='/data/r'><label>R</label><repeat nodeset='/data/r'><input ref='/data/r/x'/></repeat></group>";
    let mut session = start("<data id='a'><r><x/></r></data>", "", body);
    let end = session.screen(1).unwrap();
    assert_eq!((end.kind, end.repeats[0].reference.as_str(), end.repeats[0].count), (ScreenKind::Repeat, "/data/r", 1));
    session.add_repeat(&end.repeats[0].reference).unwrap();
    let references: Vec<_> = session.screens().into_iter().map(|screen| screen.reference).collect();
    assert_eq!(references, ["/data/r[1]/x", "/data/r[2]/x", "/data/r"]);
    assert_eq!(session.screen(2).unwrap().title(), "");
    assert_eq!(session.screen(1).unwrap().title(), "R");
}

#[test]
fn headings_say_where_they_stand_and_what_their_bind_says() {
    let session = start(
        "<data id='a'><g><h><x/></h></g><r><y/></r><z/></data>",
        "<bind nodeset='/data/g' xmlns:w='urn:w' w:status='draft' relevant='true()'/><bind nodeset='/data/r' xmlns:w='urn:w' w:status='read'/>",
        "<group ref='/data/g'><label>Outer</label><group ref='/data/g/h'><input ref='/data/g/h/x'/>
           <group><label>Of no node</label><input ref='/data/z'/></group></group></group>
         <group ref='/data/r'><label>Again</label><repeat nodeset='/data/r'><input ref='/data/r/y'/></repeat></group>
         <group><label>At the top</label><input ref='/data/z'/></group>",
    );
    let headings: Vec<(&str, Vec<&str>)> = (session.form().headings())
        .map(|(at, ours)| (at, ours.iter().map(|one| one.value.as_str()).collect()))
        .collect();
    let mut headings = headings;
    headings.sort();
    assert_eq!(headings, [("", vec![]), ("/data/g", vec!["draft"]), ("/data/g/h", vec![]), ("/data/r", vec!["read"])]);
}
