//! Preloads, setvalue, and the submission.

mod common;

use common::{env, start, values};
use wayside_model::Timestamp;

#[test]
fn preloads_know_the_host() {
    let session = start(
        "<data id='a' version='1'><start/><today/><device/><user/><end/><meta><instanceID/></meta></data>",
        "<bind nodeset='/data/start' jr:preload='timestamp' jr:preloadParams='start'/>
         <bind nodeset='/data/today' jr:preload='date' jr:preloadParams='today'/>
         <bind nodeset='/data/device' jr:preload='property' jr:preloadParams='deviceid'/>
         <bind nodeset='/data/user' jr:preload='property' jr:preloadParams='username'/>
         <bind nodeset='/data/end' jr:preload='timestamp' jr:preloadParams='end'/>
         <bind nodeset='/data/meta/instanceID' jr:preload='uid'/>",
        "",
    );
    let xml = session.submission_xml(Timestamp::from_millis(common::NOW + 60_000));
    let wanted = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<data id=\"a\" version=\"1\">\
        <start>2026-03-04T08:06:07.089+03:00</start><today>2026-03-04</today><device>device-1</device><user>worker</user>\
        <end>2026-03-04T08:07:07.089+03:00</end><meta><instanceID>uuid:0001</instanceID></meta></data>";
    assert_eq!(xml, wanted);
    assert_eq!(session.submission_xml(Timestamp::from_millis(common::NOW + 60_000)), xml);
}

#[test]
fn submissions_escape_and_declare() {
    let mut session = start("<data id='&quot;a&amp;'><q/></data>", "", "<input ref='/data/q'/>");
    session.answer("/data/q", "<b> & \"c\"\r\n\u{e9}").unwrap();
    let xml = session.submission_xml(env().now);
    let wanted = "<data xmlns:orx=\"http://openrosa.org/xforms\" id=\"&quot;a&amp;\"><q>&lt;b&gt; &amp; \"c\"&#13;\n\u{e9}</q>\
        <orx:meta><orx:instanceID>uuid:0001</orx:instanceID></orx:meta></data>";
    assert_eq!(xml.lines().skip(1).collect::<Vec<_>>().join("\n"), wanted);
}

#[test]
fn setvalue_runs_at_its_event() {
    let mut session = start(
        "<data id='a'><first/><source/><copy/><count>0</count><r jr:template=''><pos/><src/><dst/></r></data>",
        "<setvalue event='odk-instance-first-load' ref='/data/first' value='1 + 1'/>
         <setvalue event='odk-instance-first-load' ref='/data/copy'>plain</setvalue>",
        "<input ref='/data/source'><setvalue event='xforms-value-changed' ref='/data/copy' value='concat(/data/source, 1)'/>
           <setvalue event='xforms-value-changed' ref='/data/count' value='/data/count + 1'/></input>
         <repeat nodeset='/data/r'><setvalue event='odk-new-repeat' ref='/data/r/pos' value='position(..)'/>
           <input ref='/data/r/src'><setvalue event='xforms-value-changed' ref='/data/r/dst' value='../src'/></input></repeat>",
    );
    let all = ["/data/first", "/data/copy", "/data/count"];
    assert_eq!(values(&session, &all), ["2", "plain", "0"]);
    session.answer("/data/source", "s").unwrap();
    session.answer("/data/source", "s").unwrap();
    assert_eq!(values(&session, &all), ["2", "s1", "1"], "the same value again is no change");
    session.add_repeat("/data/r").unwrap();
    session.add_repeat("/data/r").unwrap();
    session.answer("/data/r[2]/src", "z").unwrap();
    let inside = ["/data/r[1]/pos", "/data/r[2]/pos", "/data/r[1]/dst", "/data/r[2]/dst"];
    assert_eq!(values(&session, &inside), ["1", "2", "", "z"]);
}

#[test]
fn drawn_once_and_the_same_again() {
    let make = || {
        start(
            "<data id='a'><x/><r/><u/></data>",
            "<bind nodeset='/data/r' calculate='once(random())'/><bind nodeset='/data/u' calculate='concat(uuid(), /data/x)'/>",
            "<input ref='/data/x'/>",
        )
    };
    let (mut one, two) = (make(), make());
    assert_eq!(one.submission_xml(env().now), two.submission_xml(env().now), "same seed, same bytes");
    let before = values(&one, &["/data/r", "/data/u"]);
    one.answer("/data/x", "1").unwrap();
    let after = values(&one, &["/data/r", "/data/u"]);
    assert_eq!(before[0], after[0]);
    assert_ne!(before[1], after[1], "a bare uuid() is drawn anew");
}

#[test]
fn what_only_the_host_has_is_asked_for() {
    let session = start(
        "<data id='a'><here/><there/><q/><voice/><photo/><meta><instanceName/></meta></data>",
        "<bind nodeset='/data/voice' type='binary'/><bind nodeset='/data/meta/instanceName' calculate='concat(\"About \", /data/q)'/>
         <submission action='https://example.org/submission' base64RsaPublicKey='AAAA' orx:auto-send='true' orx:auto-delete='false'/>
         <odk:setgeopoint ref='/data/here' event='odk-instance-first-load'/>
         <odk:recordaudio ref='/data/voice' event='odk-instance-load'/>",
        "<input ref='/data/q'><odk:setgeopoint ref='/data/there' event='xforms-value-changed'/></input><upload ref='/data/photo' mediatype='image/*'/>",
    );
    let mut session = session;
    let wanted = |session: &mut wayside_forms::Session| {
        session.take_requests().into_iter().map(|one| (one.kind, one.reference)).collect::<Vec<_>>()
    };
    use wayside_forms::RequestKind::{Place, Recording};
    assert_eq!(wanted(&mut session), [(Place, "/data/here".to_owned()), (Recording, "/data/voice".to_owned())]);
    session.answer("/data/q", "x").unwrap();
    assert_eq!(wanted(&mut session), [(Place, "/data/there".to_owned())]);
    assert_eq!(wanted(&mut session), []);
    session.preset("/data/voice", "voice.m4a").unwrap();
    session.answer("/data/photo", "a.jpg").unwrap();
    let files: Vec<_> = session.attachments().into_iter().map(|(_, name)| name).collect();
    assert_eq!((files, session.instance_name()), (vec!["voice.m4a".to_owned(), "a.jpg".to_owned()], Some("About x")));
    let sending = session.form().submission();
    assert_eq!(
        (sending.public_key.as_deref(), sending.auto_send, sending.auto_delete),
        (Some("AAAA"), Some(true), Some(false))
    );
}
