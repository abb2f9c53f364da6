//! Forms that mean harm are refused quickly, with a code and a place, and nothing panics.

#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in what its tests share")]

mod common;

use std::time::Duration;

use common::xml;
use proptest::prelude::*;
use wayside_forms::{Form, FormError, LimitKind, Limits};
use wayside_model::{Coded, ErrorCode};

/// Time this thread has run: how busy the machine is with other things does not count.
fn spent() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

fn refused(source: &str) -> FormError {
    let started = spent();
    let error = Form::parse(source).err().unwrap();
    let took = spent() - started;
    assert!(took < Duration::from_secs(2), "took {took:?}");
    error
}

#[test]
fn document_types_and_entities() {
    let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"#;
    let error = refused(&format!("<?xml version=\"1.0\"?>\n{bomb}<x>&b;</x>"));
    assert_eq!((error.code(), error.line(), error.column()), (ErrorCode::FormForbidden, Some(2), Some(1)));
    assert_eq!(refused("<x>&lol;</x>").code(), ErrorCode::FormForbidden);
    let file = r#"<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>"#;
    assert_eq!(refused(file).code(), ErrorCode::FormForbidden);
}

#[test]
fn depth_nodes_and_bytes() {
    for deep in [200, 100_000] {
        let source = format!("{}{}", "<a>".repeat(deep), "</a>".repeat(deep));
        assert_eq!(refused(&source).code(), ErrorCode::FormTooLarge);
    }
    assert_eq!(refused(&"<a>".repeat(100_000)).code(), ErrorCode::FormTooLarge);
    assert_eq!(refused(&format!("<a>{}</a>", "<b/>".repeat(1_000_000))).code(), ErrorCode::FormTooLarge);
    assert_eq!(refused(&format!("<a>{}</a>", "x".repeat(17 << 20))).code(), ErrorCode::FormTooLarge);
    let tight = Limits { nodes: 3, ..Limits::default() };
    let source = xml("<data id='a'/>", "", "");
    assert_eq!(Form::parse_with(&source, &tight).err().unwrap().code(), ErrorCode::FormTooLarge);
    assert!(Form::parse(&source).is_ok());
}

#[test]
fn what_a_form_defines_is_counted_before_it_is_kept() {
    // Root, its id, one leaf, and four more.
    let cases = [
        ("<b c='1'/><b>x</b>", "", ""),
        ("", "<bind nodeset='/data/q'/><bind nodeset='/data/q'/>", "<input ref='/data/q'/><group/>"),
        ("", "", "<input ref='/data/q'><label/></input><group><label/></group>"),
    ];
    let choices = "<item><label>x</label><value>v</value></item>".repeat(1_000);
    for (leaves, binds, body) in cases {
        let parse = |definitions: usize, body: &str| {
            let source = xml(&format!("<data id='a'><q/>{leaves}</data>"), binds, body);
            Form::parse_with(&source, &Limits { definitions, ..Limits::default() }).err()
        };
        let refused =
            |error: Option<FormError>| matches!(error, Some(FormError::TooLarge { limit: LimitKind::Definitions, .. }));
        let (most, select) = (7, format!("{body}<select ref='/data/q'>{choices}</select>"));
        assert!(refused(parse(most - 1, body)), "{leaves}{binds}{body}");
        assert!(!refused(parse(most, body)), "{leaves}{binds}{body}");
        assert!(refused(parse(most, &select)) && !refused(parse(most + 1, &select)), "its choices count as nodes");
    }
    // As large as can be, and the fault is the last thing.
    let leaves: String = (0..29_900).map(|n| format!("<b{n}/>")).collect();
    let texts: String = (0..40_000).map(|n| format!("<text id='t{n}'><value>v</value></text>")).collect();
    let model = format!("<itext><translation lang='en'>{texts}</translation></itext>");
    let error = refused(&xml(&format!("<data id='a'>{leaves}</data>"), &model, "<input ref='/data/none'/>"));
    assert_eq!((error.code(), error.line() > Some(1)), (ErrorCode::FormMalformed, true));
}

#[test]
fn deep_expressions() {
    for part in ["(", "not(", "-(", "/data[", "if(1,"] {
        let source = xml(
            "<data id='a'><q/></data>",
            &format!("<bind nodeset='/data/q' calculate=\"{}\"/>", part.repeat(100_000)),
            "",
        );
        assert_eq!(refused(&source).code(), ErrorCode::FormTooLarge, "{part}");
    }
}

#[test]
fn expressions_that_are_tolerated_count_as_long() {
    let tight = Limits { tokens: 10, ..Limits::default() };
    let refused = |outputs: usize| {
        let label = "<output value='1+1+1 #'/>".repeat(outputs);
        let body = format!("<input ref='/data/q'><label>{label}</label></input>");
        Form::parse_with(&xml("<data id='a'><q/></data>", "", &body), &tight).err()
    };
    assert!(refused(2).is_none());
    assert!(matches!(refused(3), Some(FormError::TooLarge { limit: LimitKind::Tokens, .. })));
}

#[test]
fn what_is_just_within_the_limit_fits_a_small_stack() {
    let run = || {
        // The last one takes three levels each time.
        for (open, close, times) in [("if(1,", ",2)", 126), ("/data/q[", "]", 126), ("(", ")", 126), ("-(1+", ")", 42)]
        {
            let expr = format!("{}1{}", open.repeat(times), close.repeat(times));
            let deep = format!("{}<q/>{}", "<g>".repeat(120), "</g>".repeat(120));
            let source = xml(
                &format!("<data id='a'><q/>{deep}</data>"),
                &format!("<bind nodeset='/data/g' relevant=\"{expr}\"/>"),
                "<input ref='/data/q'/>",
            );
            let form = Form::parse(&source).unwrap();
            let mut session = wayside_forms::Session::start(form.into(), common::env()).unwrap();
            session.answer("/data/q", "1").unwrap();
            assert!(!session.submission_xml(common::env().now).is_empty());
        }
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn what_is_no_form_is_named_with_its_place() {
    let cases = [
        (String::new(), ErrorCode::FormMalformed),
        ("<a".into(), ErrorCode::FormMalformed),
        ("<a></b>".into(), ErrorCode::FormMalformed),
        ("<html/>".into(), ErrorCode::FormMalformed),
        (xml("", "", ""), ErrorCode::FormMalformed),
        (xml("<data id='a'/>", "<bind nodeset='/data' relevant='1 +'/>", ""), ErrorCode::FormExpression),
        (xml("<data id='a'/>", "", "<input ref='/data/none'/>"), ErrorCode::FormMalformed),
        (xml("<data id='a'><q/></data>", "", "<input/>"), ErrorCode::FormMalformed),
        (xml("<data id='a'><q/></data>", "", "<range ref='/data/q' start='1' end='5'/>"), ErrorCode::FormMalformed),
        (
            xml("<data id='a'><q/></data>", "", "<select ref='/data/q'><item><value>a b</value></item></select>"),
            ErrorCode::FormMalformed,
        ),
    ];
    for (source, code) in cases {
        let error = refused(&source);
        assert_eq!(error.code(), code, "{source}");
        assert!(error.line() >= Some(1));
    }
    let error = refused(&xml("<data id='a'/>", "\n <bind nodeset='/data' relevant='1 +'/>", ""));
    assert_eq!((error.line(), error.column()), (Some(5), Some(24)));
    // One that was cut short is named at its end.
    let whole = xml("<data id='a'/>", "", "");
    let error = refused(&whole[..whole.len() - 9]);
    assert_eq!(error.line(), Some(u32::try_from(whole.lines().count()).unwrap()));
}

#[test]
fn work_without_an_end_is_stopped() {
    let rows = "<i><v>1</v></i>".repeat(5_000);
    let calculations: String = (0..20)
        .map(|n| {
            format!("<bind nodeset='/data/c{n}' calculate='count(/data/i[count(/data/i[v = current()/../q]) = 1])'/>")
        })
        .collect();
    let targets: String = (0..20).map(|n| format!("<c{n}/>")).collect();
    let form =
        Form::parse(&xml(&format!("<data id='a'><q/>{targets}{rows}</data>"), &calculations, "<input ref='/data/q'/>"));
    let started = spent();
    let mut session = wayside_forms::Session::start(form.unwrap().into(), common::env()).unwrap();
    session.answer("/data/q", "1").unwrap();
    assert_eq!(session.problem("/data/c19"), Some(wayside_forms::Problem::Steps));
    assert!(spent() - started < Duration::from_secs(20));
}

#[test]
fn circles() {
    let instance = "<data id='a'><x/><y/><g><z/></g></data>";
    for (model, is_circle) in [
        ("<bind nodeset='/data/x' calculate='/data/y'/><bind nodeset='/data/y' calculate='/data/x'/>", true),
        ("<bind nodeset='/data/x' calculate='. + 1'/>", true),
        ("<bind nodeset='/data/x' relevant='. = 1'/>", true),
        ("<bind nodeset='/data/g' relevant='/data/g/z = 1'/>", true),
        ("<bind nodeset='/data/g/z' calculate='/data/x'/><bind nodeset='/data/x' relevant='/data/g/z = 1'/>", true),
        ("<bind nodeset='/data/x' calculate='once(random())' constraint='. &lt; 1'/>", false),
        ("<bind nodeset='/data/x' calculate='/data/y'/><bind nodeset='/data/g' relevant='/data/x = 1'/>", false),
    ] {
        let code = Form::parse(&xml(instance, model, "")).err().map(|error| error.code());
        assert_eq!(code, is_circle.then_some(ErrorCode::FormCycle), "{model}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn cut_and_bent_forms_never_panic(from in 0_usize..2000, length in 0_usize..40, put in "[<>/&'\"a-z()\\[\\]\\. \u{e9}]{0,12}") {
        let mut source = include_str!("data/tangle.xml").to_owned();
        let from = from.min(source.len());
        let to = (from + length).min(source.len());
        if source.is_char_boundary(from) && source.is_char_boundary(to) {
            source.replace_range(from..to, &put);
        }
        if let Ok(form) = Form::parse(&source) {
            let mut session = wayside_forms::Session::start(form.into(), common::env()).unwrap();
            let _ = session.answer("/data/gate", "1");
            let _ = session.add_repeat("/data/outer");
            prop_assert!(session.submission_xml(common::env().now).len() > 10);
        }
    }

    #[test]
    fn any_expression_is_taken_or_refused(text in "[a-z0-9/\\.\\[\\]\\(\\)@*|=<> ,:'\"+-]{0,40}") {
        let text = text.replace('<', "&lt;").replace('"', "&quot;");
        let model = format!("<bind nodeset=\"/data/q\" calculate=\"{text}\"/>");
        if let Ok(form) = Form::parse(&xml("<data id='a'><q/><a>1</a></data>", &model, "")) {
            prop_assert!(wayside_forms::Session::start(form.into(), common::env()).is_ok());
        }
    }
}

/// Forms whose cost grows with the square of their length where nobody counts.
#[test]
fn what_would_take_its_square_is_refused_or_quick() {
    let many = |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<String>();
    let leaves = many(8_000, &|n| format!("<q{n}/>"));
    let wildcards = many(80, &|n| format!("<bind nodeset='/data/q{n}' relevant='count(/data/*) = {n}'/>"));
    let long = "n".repeat(20_000);
    let deep = format!(
        "{}{}{}",
        format!("<{long}>").repeat(60),
        many(300, &|n| format!("<q{n}/>")),
        format!("</{long}>").repeat(60)
    );
    let texts = many(300, &|n| format!("<translation lang='l{n}'><text id='t'><value>x</value></text></translation>"));
    let names =
        many(800, &|n| format!("<bind nodeset='/data/q{n}' calculate=\"jr:choice-name('a', '/data/q{n}0')\"/>"));
    let asked =
        many(800, &|n| format!("<select1 ref='/data/q{n}'><item><label>a</label><value>a</value></item></select1>"));
    let sum = many(3_000, &|n| format!(" + /data/q{n}"));
    for (what, source, is_refused) in [
        ("attributes", format!("<a{}/>", many(20_000, &|n| format!(" a{n}=''"))), true),
        ("namespaces", format!("<a>{}</a>", many(5_000, &|n| format!("<b xmlns:n{n}='u{n}'/>"))), true),
        ("wildcards", xml(&format!("<data id='a'>{leaves}</data>"), &wildcards, ""), true),
        ("paths", xml(&format!("<data id='a'>{deep}</data>"), "", ""), true),
        ("languages", xml("<data id='a'><q/></data>", &format!("<itext>{texts}</itext>"), ""), true),
        ("choice names", xml(&format!("<data id='a'>{leaves}</data>"), &names, &asked), false),
        (
            "a long sum",
            xml(
                &format!("<data id='a'><s/>{leaves}</data>"),
                &format!("<bind nodeset='/data/s' calculate='0{sum}'/>"),
                "",
            ),
            false,
        ),
    ] {
        let started = spent();
        let code = Form::parse(&source).err().map(|error| error.code());
        let took = spent() - started;
        assert_eq!(code, is_refused.then_some(ErrorCode::FormTooLarge), "{what}");
        assert!(took < Duration::from_secs(10), "{what} took {took:?}");
    }
}
