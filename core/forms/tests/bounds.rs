//! Expressions that lead to each other, long texts and odd targets: bounded, and a problem on a node at most.

#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in what its tests share")]

mod common;

use std::time::Duration;

use common::{parse, start, xml};
use wayside_forms::{Form, Limits, Problem, Session};
use wayside_model::{Coded, ErrorCode};

/// On the smallest stack that a host gives: a thread on iOS.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap().join().unwrap();
}

fn spent() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

const LIST: &str = "<instance id='l'><root><item><name>a</name><label>A</label></item></root></instance>";

fn itext(texts: &str) -> String {
    format!("<itext><translation lang='en'>{texts}</translation></itext>")
}

/// A chain of questions, each with a filter that asks for the name of a choice of the next one.
fn chain(questions: usize, last: &str) -> String {
    let next = |n: usize| if n + 1 < questions { format!("/data/q{}", n + 1) } else { last.to_owned() };
    let body: String = (0..questions)
        .map(|n| {
            let filter = format!("jr:choice-name('a', '{}') != ''", next(n));
            format!(
                "<select1 ref='/data/q{n}'><itemset nodeset=\"instance('l')/root/item[{filter}]\"><value ref='name'/><label ref='label'/></itemset></select1>"
            )
        })
        .collect();
    let nodes: String = (0..questions).map(|n| format!("<q{n}/>")).collect();
    let model = format!("{LIST}<bind nodeset='/data/out' calculate=\"jr:choice-name('a', '/data/q0')\"/>");
    xml(&format!("<data id='a'><out/>{nodes}</data>"), &model, &body)
}

#[test]
fn choices_in_a_circle_are_refused_with_their_place() {
    on_a_small_stack(|| {
        for questions in [1, 2, 2_000] {
            let error = Form::parse(&chain(questions, "/data/q0")).err().unwrap();
            assert_eq!((error.code(), error.line()), (ErrorCode::FormCycle, Some(4)), "{questions}");
        }
    });
}

#[test]
fn a_long_chain_of_choices_is_read_and_stops_at_the_limit() {
    on_a_small_stack(|| {
        let run = |questions| {
            let form = Form::parse(&chain(questions, "none")).unwrap();
            let session = Session::start(form.into(), common::env()).unwrap();
            (session.value("/data/out").unwrap().to_owned(), session.problem("/data/out"))
        };
        assert_eq!(run(2), ("A".to_owned(), None));
        assert_eq!(run(2_000), (String::new(), Some(Problem::Nesting)));
    });
}

#[test]
fn texts_in_a_circle_are_refused_with_their_place() {
    let text = |id: &str, shows: &str| format!("<text id='{id}'><value>x<output value=\"{shows}\"/></value></text>\n");
    for texts in [
        text("a", "jr:itext('a')"),
        text("a", "concat('x', jr:itext('b'))") + &text("b", "jr:itext('a')"),
        text("a", "jr:choice-name('k', '/data/q')"),
    ] {
        let body = "<select1 ref='/data/q'><item><label ref=\"jr:itext('a')\"/><value>k</value></item></select1>";
        let error = parse("<data id='a'><q/></data>", &itext(&texts), body).err().unwrap();
        assert_eq!(error.code(), ErrorCode::FormCycle, "{texts}");
        assert!(error.column() > Some(1));
    }
}

#[test]
fn texts_that_only_meet_while_they_are_shown_stop_too() {
    on_a_small_stack(|| {
        let deep = format!("{}jr:itext(concat('a', '')){}", "if(1, ".repeat(100), ", '')".repeat(100));
        for shows in ["jr:itext(concat('a', ''))", &deep] {
            let texts = format!("<text id='a'><value>x<output value=\"{shows}\"/></value></text>");
            let body = "<input ref='/data/q'><label ref=\"jr:itext('a')\"/></input>";
            let session = start("<data id='a'><q/></data>", &itext(&texts), body);
            assert!(session.question("/data/q").unwrap().label.len() < 100);
        }
    });
}

#[test]
fn texts_that_double_share_one_budget() {
    let texts: String = (0..40)
        .map(|n| {
            let next = format!("<output value=\"jr:itext('t{}')\"/>", n + 1);
            format!("<text id='t{n}'><value>{next}{next}</value></text>")
        })
        .collect();
    let model = itext(&texts) + "<bind nodeset='/data/q' calculate=\"jr:itext('t36')\"/>";
    let body = "<input ref='/data/q'><label ref=\"jr:itext('t0')\"/></input>";
    // Deep enough for all of them, so that only the steps can stop it.
    let limits = Limits { steps: 200_000, nesting: 10_000, ..Limits::default() };
    let form = Form::parse_with(&xml("<data id='a'><q/></data>", &model, body), &limits).unwrap();
    let started = spent();
    let session = Session::start(form.into(), common::env()).unwrap();
    assert_eq!(session.question("/data/q").unwrap().label, "");
    assert_eq!(session.value("/data/q").unwrap().len(), 16 * "t40".len(), "a few levels are no harm");
    assert!(spent() - started < Duration::from_secs(2));
}

#[test]
fn operators_of_all_precedences_count_as_deep() {
    on_a_small_stack(|| {
        let nested = |times: usize| format!("{}1{}", "(".repeat(times), " * 1 + 1 < 1 = 1 and 1 or 1)".repeat(times));
        let form = |times| {
            let model = format!("<bind nodeset='/data/q' calculate='{}'/>", nested(times).replace('<', "&lt;"));
            parse("<data id='a'><q/></data>", &model, "")
        };
        assert_eq!(form(120).err().unwrap().code(), ErrorCode::FormTooLarge);
        assert!(Session::start(form(20).unwrap().into(), common::env()).is_ok());
    });
}

#[test]
fn long_texts_count_as_work() {
    let long = "x".repeat(100_000);
    let rows = "<i><v>1</v></i>".repeat(20_000);
    for work in [
        "translate(/data/long, 'abcdefghijklmnop', 'x')",
        "normalize-space(/data/long)",
        "contains(/data/long, 'y')",
        "concat(/data/long, 'y')",
        "selected(/data/long, 'y')",
        "substring-after(/data/long, 'y')",
        "regex(/data/long, '[a-w]*')",
        "string-length(digest(/data/long, 'MD5'))",
        "regex(/data/long, '(?=y)x*')",
    ] {
        let model = format!("<bind nodeset='/data/out' calculate=\"count(/data/i[{work}])\"/>");
        let instance = format!("<data id='a'><long>{long}</long><out/>{rows}</data>");
        let limits = Limits { steps: 1_000_000, definitions: 100_000, ..Limits::default() };
        let form = Form::parse_with(&xml(&instance, &model, ""), &limits).unwrap();
        let started = spent();
        let session = Session::start(form.into(), common::env()).unwrap();
        assert_eq!(session.problem("/data/out"), Some(Problem::Steps), "{work}");
        assert!(spent() - started < Duration::from_secs(2), "{work}");
    }
}

#[test]
fn texts_that_grow_stop_at_their_limit() {
    let nodes: String = (0..40).map(|n| format!("<c{n}/>")).collect();
    let binds: String =
        (1..40).map(|n| format!("<bind nodeset='/data/c{n}' calculate='concat(../c{0}, ../c{0})'/>", n - 1)).collect();
    let session = start(
        &format!("<data id='a'>{nodes}</data>"),
        &format!("<bind nodeset='/data/c0' calculate=\"'0123456789'\"/>{binds}"),
        "",
    );
    let length = |n: usize| session.value(&format!("/data/c{n}")).unwrap().len();
    assert_eq!(length(16), 655_360);
    assert_eq!((session.problem("/data/c17"), length(17)), (Some(Problem::Text), 0));
    let tight = Limits { text: 5, ..Limits::default() };
    let source = xml("<data id='a'><q/></data>", "<bind nodeset='/data/q' calculate=\"concat('123', '456')\"/>", "");
    let form = Form::parse_with(&source, &tight).unwrap();
    assert_eq!(Session::start(form.into(), common::env()).unwrap().problem("/data/q"), Some(Problem::Text));
}

#[test]
fn odd_texts_are_no_dates() {
    for text in [
        "2024-01-01T10:00+é",
        "2024-01-01T10:00+1",
        "T",
        "10:00+é1:00",
        "2024-01-01T10:00-0é",
        "é-é-éT+é",
        "+",
        "10:00:é1.é",
    ] {
        for function in ["date", "decimal-date-time", "decimal-time", "format-date-time"] {
            let more = if function == "format-date-time" { ", '%Y'" } else { "" };
            let model = format!("<bind nodeset='/data/out' calculate=\"{function}('{text}'{more})\"/>");
            let session = start("<data id='a'><out/></data>", &model, "");
            assert!(session.value("/data/out").is_some(), "{function} {text}");
        }
    }
    let mut session =
        start("<data id='a'><t/></data>", "<bind nodeset='/data/t' type='time'/>", "<input ref='/data/t'/>");
    assert!(session.answer("/data/t", "10:00+é").is_err());
    session.answer("/data/t", "10:00+01").unwrap();
}

#[test]
fn actions_set_values_and_nothing_else() {
    let targets = ["/data/a/node()", "/data/mixed/node()", "/data/mixed", "/data/g", "/data", "/"];
    for target in targets {
        let model = format!("<setvalue event='odk-instance-first-load' ref='{target}' value=\"'new'\"/>");
        let body = "<group ref='/data/g/r'><repeat nodeset='/data/g/r'><input ref='/data/g/r/x'/></repeat></group>";
        let instance = "<data id='a'><a>1</a><mixed>t<b>2</b>u</mixed><g><r jr:template=''><x/></r></g></data>";
        let mut session = start(instance, &model, body);
        let sent = session.submission_xml(common::env().now);
        assert!(!sent.contains("new"), "{target}: {sent}");
        assert_eq!(session.problem("/data"), Some(Problem::NotNodes), "{target}");
        // A group that has lost its instances is still no place for a value.
        assert!(session.preset("/data/g", "x").is_err());
        session.add_repeat("/data/g/r").unwrap();
    }
}

#[test]
fn repeats_are_looked_for_in_the_instance_that_is_filled_in() {
    let list = "<instance id='l'><root><r><x>1</x></r><r><x>2</x></r></root><other/></instance>";
    for (expression, problem) in [
        ("indexed-repeat(/data/r/x, instance('l')/root/r, 2)", Some(Problem::NotNodes)),
        ("indexed-repeat(instance('l')/root/r/x, instance('l')/root/r, 2)", None),
        ("indexed-repeat(/data/r/x, instance('l')/root, 1)", Some(Problem::NotNodes)),
        ("indexed-repeat(/data/r/x, /data/r, 2)", None),
    ] {
        let model = format!("{list}<bind nodeset='/data/out' calculate=\"{expression}\"/>");
        let session = start("<data id='a'><r><x>3</x></r><r><x>4</x></r><out/></data>", &model, "");
        assert_eq!(session.problem("/data/out"), problem, "{expression}");
    }
}

#[test]
fn what_xml_cannot_hold_is_written_as_a_replacement() {
    let model = "<bind nodeset='/data/decoded' calculate=\"base64-decode('QQFC')\"/>";
    let mut session = start("<data id='a'><q/><decoded/><preset/></data>", model, "<input ref='/data/q'/>");
    session.answer("/data/q", "a\u{0}b\u{1d}c\u{b}d\u{fffe}e\tf").unwrap();
    session.preset("/data/preset", "x\u{8}y").unwrap();
    assert_eq!(session.value("/data/q"), Some("a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\tf"));
    let sent = session.submission_xml(common::env().now);
    let read = roxmltree::Document::parse(&sent).unwrap();
    let text = |name: &str| read.descendants().find(|node| node.has_tag_name(name)).unwrap().text().unwrap().to_owned();
    assert_eq!(text("q"), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\tf");
    assert_eq!((text("decoded"), text("preset")), ("A\u{fffd}B".to_owned(), "x\u{fffd}y".to_owned()));
}
