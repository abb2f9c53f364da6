//! Relevance is inherited; what is not relevant is blank in expressions, kept, and left out of the submission.

mod common;

use common::{start, values};
use wayside_forms::Problem;

#[test]
fn inherited_blank_and_kept() {
    let mut session = start(
        "<data id='a'><gate>1</gate><g><x/><h><y/></h></g><seen/><n/></data>",
        "<bind nodeset='/data/g' relevant='/data/gate = 1'/>
         <bind nodeset='/data/g/h' relevant='../x != \"\"'/>
         <bind nodeset='/data/seen' calculate='concat(/data/g/x, \"-\", /data/g/h/y)'/>
         <bind nodeset='/data/n' calculate='count(/data/g/h/y)'/>",
        "<input ref='/data/gate'/><group ref='/data/g'><input ref='/data/g/x'/><input ref='/data/g/h/y'/></group>",
    );
    let all = ["/data/g/x", "/data/g/h/y", "/data/seen", "/data/n"];
    assert!(session.answer("/data/g/h/y", "2").is_err(), "its group is not relevant");
    session.answer("/data/g/x", "1").unwrap();
    session.answer("/data/g/h/y", "2").unwrap();
    assert_eq!(values(&session, &all), ["1", "2", "1-2", "1"]);
    session.answer("/data/gate", "0").unwrap();
    assert_eq!(values(&session, &all), ["", "", "-", "0"]);
    assert!(!session.is_relevant("/data/g/h/y"));
    assert!(!session.submission_xml(common::env().now).contains("<g>"));
    session.answer("/data/gate", "1").unwrap();
    assert_eq!(values(&session, &all), ["1", "2", "1-2", "1"], "values came back");
}

#[test]
fn read_only_is_inherited_and_required_follows() {
    let mut session = start(
        "<data id='a'><lock/><g><x/></g></data>",
        "<bind nodeset='/data/g' readonly='/data/lock = 1'/><bind nodeset='/data/g/x' required='/data/lock = 2'/>",
        "<input ref='/data/lock'/><input ref='/data/g/x'/>",
    );
    assert!(!session.is_read_only("/data/g/x") && !session.is_required("/data/g/x"));
    session.answer("/data/lock", "1").unwrap();
    assert!(session.is_read_only("/data/g/x") && session.answer("/data/g/x", "1").is_err());
    session.answer("/data/lock", "2").unwrap();
    assert!(session.is_required("/data/g/x") && session.answer("/data/g/x", "1").is_ok());
}

#[test]
fn a_problem_is_on_its_node_and_goes_away() {
    let mut session = start(
        "<data id='a'><d/><day>x</day><q/><z/></data>",
        "<bind nodeset='/data/day' calculate='format-date(date(/data/d), \"%Y\")'/>
         <bind nodeset='/data/q' relevant='nonsense(1)' constraint='nonsense(1)'/>
         <bind nodeset='/data/z' relevant='date(/data/d) > 0'/>",
        "<input ref='/data/d'/><input ref='/data/q'/>",
    );
    session.answer("/data/d", "2024-02-30").unwrap();
    assert_eq!((session.value("/data/day"), session.problem("/data/day")), (Some(""), Some(Problem::Date)));
    assert_eq!(session.problem("/data/z"), Some(Problem::Date));
    assert_eq!(session.problem("/data/q"), Some(Problem::UnknownFunction));
    assert!(session.answer("/data/q", "1").is_ok(), "a rule that cannot run hides nothing and stops nobody");
    session.answer("/data/d", "2024-02-28").unwrap();
    assert_eq!((session.value("/data/day"), session.problem("/data/day")), (Some("2024"), None));
    assert_eq!(session.problem("/data/z"), None);
}

#[test]
fn decisions_on_disagreements() {
    let model = [
        ("a", "/data/empty + 1", ""),
        ("b", "/data/empty = 0", "false"),
        ("c", "if(/data/empty, 'y', 'n')", "n"),
        ("d", "if(/data/zero, 'y', 'n')", "n"),
        ("e", "if(/data/zerotext, 'y', 'n')", "y"),
        ("f", "/data/day &gt; '2024-01-01'", "true"),
        ("g", "date(/data/day) + 1", "19764"),
        ("h", "/data/x[2]", "2"),
        ("i", "1000000000000", "1000000000000"),
    ];
    let nodes: String = model.iter().map(|(name, ..)| format!("<{name}/>")).collect();
    let binds: String =
        model.iter().map(|(name, expr, _)| format!("<bind nodeset=\"/data/{name}\" calculate=\"{expr}\"/>")).collect();
    let session = start(
        &format!(
            "<data id='t'><empty/><zero>0</zero><zerotext>0</zerotext><day>2024-02-10</day><x>1</x><x>2</x>{nodes}</data>"
        ),
        &format!("<bind nodeset='/data/zero' type='int'/>{binds}"),
        "",
    );
    for (name, expr, wanted) in model {
        assert_eq!(session.value(&format!("/data/{name}")), Some(wanted), "{expr}");
    }
}
