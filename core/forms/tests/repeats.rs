//! Repeats: adding, taking out, counting, and computations across instances.

mod common;

use common::{start, values};
use wayside_model::{Coded, ErrorCode};

fn roster() -> wayside_forms::Session {
    start(
        "<data id='a'><person jr:template=''><pos/><age>1</age><prev/><next/></person><person><pos/><age/><prev/><next/></person>
           <n/><sum/></data>",
        "<bind nodeset='/data/person/pos' calculate='position(..)'/><bind nodeset='/data/person/age' type='int'/>
         <bind nodeset='/data/person/prev' calculate='indexed-repeat(/data/person/age, /data/person, position(..) - 1)'/>
         <bind nodeset='/data/person/next' calculate='/data/person[position() = position(current()/..) + 1]/age'/>
         <bind nodeset='/data/n' calculate='count(/data/person)'/><bind nodeset='/data/sum' calculate='sum(/data/person/age)'/>",
        "<group ref='/data/person'><label>Person</label><repeat nodeset='/data/person'><input ref='/data/person/age'/></repeat></group>",
    )
}

#[test]
fn instances_are_renumbered_and_everything_follows() {
    let mut session = roster();
    assert_eq!(session.add_repeat("/data/person").unwrap(), "/data/person[2]");
    assert_eq!(session.add_repeat("/data/person").unwrap(), "/data/person[3]");
    for (number, age) in [(1, "10"), (2, "20"), (3, "30")] {
        session.answer(&format!("/data/person[{number}]/age"), age).unwrap();
    }
    let third = ["/data/person[3]/pos", "/data/person[3]/prev", "/data/person[2]/next", "/data/n", "/data/sum"];
    assert_eq!(values(&session, &third), ["3", "20", "30", "3", "60"]);
    session.remove_repeat("/data/person[2]").unwrap();
    let second = ["/data/person[2]/pos", "/data/person[2]/prev", "/data/person[1]/next", "/data/n", "/data/sum"];
    assert_eq!(values(&session, &second), ["2", "10", "30", "2", "40"]);
    assert_eq!(session.value("/data/person[3]/pos"), None);
    assert_eq!(session.value("/data/person/age"), Some("10"), "without a number the first is meant");
    session.remove_repeat("/data/person[1]").unwrap();
    session.remove_repeat("/data/person[1]").unwrap();
    assert_eq!(values(&session, &["/data/n", "/data/sum"]), ["0", "0"]);
    assert_eq!(session.add_repeat("/data/person").unwrap(), "/data/person[1]");
    assert!(session.submission_xml(common::env().now).contains("</person><n>1</n>"), "back in its place in the form");
    assert_eq!(session.remove_repeat("/data/person[5]").unwrap_err().code(), ErrorCode::AnswerUnknownRef);
    assert_eq!(session.add_repeat("/data/n").unwrap_err().code(), ErrorCode::AnswerUnknownRef);
}

#[test]
fn a_count_sets_the_number_and_keeps_what_falls_away() {
    let mut session = start(
        "<data id='a'><count/><r><x/></r><all/></data>",
        "<bind nodeset='/data/count' type='int'/><bind nodeset='/data/all' calculate='join(\"\", /data/r/x)'/>",
        "<input ref='/data/count'/><repeat nodeset='/data/r' jr:count='/data/count'><input ref='/data/r/x'/></repeat>",
    );
    session.answer("/data/count", "3").unwrap();
    for number in 1..=3 {
        session.answer(&format!("/data/r[{number}]/x"), &number.to_string()).unwrap();
    }
    assert_eq!(session.value("/data/all"), Some("123"));
    session.answer("/data/count", "1").unwrap();
    assert_eq!(session.value("/data/all"), Some("1"));
    session.answer("/data/count", "").unwrap();
    assert_eq!(session.value("/data/all"), Some("1"), "a blank count changes nothing");
    session.answer("/data/count", "4").unwrap();
    assert_eq!(session.value("/data/all"), Some("123"), "values came back");
    assert_eq!(session.add_repeat("/data/r").unwrap_err().code(), ErrorCode::AnswerRepeat);
    assert_eq!(session.remove_repeat("/data/r[1]").unwrap_err().code(), ErrorCode::AnswerRepeat);
    session.answer("/data/count", "999999999").unwrap();
    assert_eq!(session.value("/data/all"), Some("123"), "too large a count is a problem, not a crash");
    assert!(session.problem("/data").is_some());
}

#[test]
fn a_fixed_repeat_is_left_alone() {
    let body = "<repeat nodeset='/data/r' jr:noAddRemove='true()'><input ref='/data/r/x'/></repeat>";
    let mut session = start("<data id='a'><r><x/></r><r><x/></r></data>", "", body);
    assert_eq!(session.add_repeat("/data/r").unwrap_err().code(), ErrorCode::AnswerRepeat);
    assert_eq!(session.screens().len(), 2, "no screen offers another");
}

#[test]
fn nested_instances_know_their_own() {
    let mut session = start(
        "<data id='a'><h jr:template=''><k/><m jr:template=''><x/><of/></m><m><x/><of/></m><s/></h><total/></data>",
        "<bind nodeset='/data/h/m/of' calculate='concat(position(../..), \".\", position(..), \" \", /data/h/k)'/>
         <bind nodeset='/data/h/s' calculate='sum(../m/x)'/><bind nodeset='/data/total' calculate='sum(/data/h/m/x)'/>",
        "<repeat nodeset='/data/h'><input ref='/data/h/k'/><repeat nodeset='/data/h/m'><input ref='/data/h/m/x'/></repeat></repeat>",
    );
    assert_eq!(session.value("/data/total"), Some("0"));
    session.add_repeat("/data/h").unwrap();
    session.add_repeat("/data/h").unwrap();
    assert_eq!(session.add_repeat("/data/h[2]/m").unwrap(), "/data/h[2]/m[2]");
    session.answer("/data/h[2]/k", "B").unwrap();
    for (reference, value) in [("/data/h[1]/m[1]/x", "1"), ("/data/h[2]/m[1]/x", "10"), ("/data/h[2]/m[2]/x", "5")] {
        session.answer(reference, value).unwrap();
    }
    let all = ["/data/h[1]/s", "/data/h[2]/s", "/data/total", "/data/h[2]/m[2]/of", "/data/h[1]/m/of"];
    assert_eq!(values(&session, &all), ["1", "15", "16", "2.2 B", "1.1 "]);
    session.remove_repeat("/data/h[1]").unwrap();
    assert_eq!(values(&session, &["/data/h[1]/m[2]/of", "/data/total"]), ["1.2 B", "15"]);
}

#[test]
fn sums_that_run_through_the_instances_settle_and_circles_between_them_stop() {
    let model = |expr: &str| {
        format!("<bind nodeset='/data/r/run' calculate=\"{expr}\"/><bind nodeset='/data/r/x' type='int'/>")
    };
    let body = "<repeat nodeset='/data/r'><input ref='/data/r/x'/></repeat>";
    let instance = "<data id='a'><r><x>1</x><run/></r></data>";
    let running = "coalesce(/data/r[position() = position(current()/..) - 1]/run, 0) + ../x";
    let mut session = start(instance, &model(running), body);
    (0..9).for_each(|_| drop(session.add_repeat("/data/r").unwrap()));
    assert_eq!(session.value("/data/r[10]/run"), Some("10"));
    session.answer("/data/r[1]/x", "5").unwrap();
    assert_eq!(session.value("/data/r[10]/run"), Some("14"));
    let mut session = start(instance, &model("sum(/data/r[position() != position(current()/..)]/run) + 1"), body);
    session.add_repeat("/data/r").unwrap();
    let problems: Vec<_> = (1..=2).filter_map(|number| session.problem(&format!("/data/r[{number}]/run"))).collect();
    assert_eq!(problems, [wayside_forms::Problem::Unsettled]);
}

#[test]
fn a_root_that_says_it_is_a_template_is_the_instance() {
    let mut session = start("<data id='a' jr:template=''><q/></data>", "", "<input ref='/data/q'/>");
    session.answer("/data/q", "x").unwrap();
    assert!(session.draft_xml().contains("<q>x</q>"));
}
