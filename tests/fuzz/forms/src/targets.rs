//! What is done with an input, and what must hold.

use std::sync::Arc;

use wayside_forms::{Env, Form, FormError, Resources, Session};
use wayside_model::{AnswerState, Timestamp};

/// Nested repeats, counts, relevance and references across instances: everything that has been hard for engines.
const TANGLE: &str = include_str!("../../../../core/forms/tests/data/tangle.xml");

/// What is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Form,
    Xpath,
    Session,
}

/// A fault put in between, to show that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// A refusal names a place behind the text.
    PlaceOutside,
    /// A stored draft lacks its end.
    DraftCut,
    /// An expression makes the engine panic.
    Panic,
    /// A refused operation leaves something behind.
    RefusalChanges,
    /// A computed value is the one from before.
    StaleValue,
}

type Verdict = Result<bool, String>;

impl Target {
    pub const ALL: [Self; 3] = [Self::Form, Self::Xpath, Self::Session];

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| format!("{target:?}").eq_ignore_ascii_case(name))
    }

    /// Whether the engine took the input; what is wrong where it did not do as it must.
    pub fn check(self, input: &[u8], fault: Fault) -> Verdict {
        match self {
            Self::Form => form(&String::from_utf8_lossy(input), fault),
            Self::Xpath => xpath(&String::from_utf8_lossy(input), fault),
            Self::Session => session(input, fault),
        }
    }

    pub fn seeds(self) -> Vec<Vec<u8>> {
        match self {
            Self::Form => vec![TANGLE.into(), around("1 + 1").into(), around("concat(/data/a, 'x')").into()],
            Self::Xpath => EXPRESSIONS.iter().map(|text| (*text).into()).collect(),
            Self::Session => (0..8).map(|seed| (0..60_u8).map(|n| n.wrapping_mul(seed * 2 + 37)).collect()).collect(),
        }
    }

    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Form => &FORM_WORDS,
            Self::Xpath => &XPATH_WORDS,
            Self::Session => &["\0\0\0", "\u{1}\u{2}", "\u{3}"],
        }
    }
}

const FORM_WORDS: [&str; 24] = [
    "<group ref='/data/a'>",
    "</group>",
    "<repeat nodeset='/data/r'>",
    "</repeat>",
    "<input ref='/data/a'/>",
    "<bind nodeset='/data/a'",
    " calculate='../b + 1'",
    " relevant='/data/a = 1'",
    " jr:count='/data/a'",
    " jr:template=''",
    "<instance id='x'>",
    "</instance>",
    "<setvalue event='xforms-value-changed' ref='/data/a' value='1'/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&#0;",
    "<text id='t'>",
    "<value form='image'>",
    "<itemset nodeset=\"instance('x')/root/item\">",
    "<output value='/data/a'/>",
    "'",
];
const XPATH_WORDS: [&str; 40] = [
    "(",
    ")",
    "[",
    "]",
    "/",
    "//",
    "..",
    ".",
    "@",
    ",",
    "'",
    "\"",
    "|",
    " and ",
    " or ",
    " div ",
    " mod ",
    "=",
    "!=",
    "<=",
    "-",
    "*",
    "position(",
    "last()",
    "count(",
    "current()",
    "instance('x')",
    "indexed-repeat(",
    "regex(",
    "randomize(",
    "if(",
    "date(",
    "format-date(",
    "ancestor::",
    "preceding-sibling::",
    "1e9",
    "99999999999999999999",
    "/data/a",
    "node()",
    "%",
];
/// Answers that are no small numbers.
const ODD: [&str; 14] =
    ["", " ", "-1", "0.5", "300", "99999999999", "NaN", "x", "2024-02-30", "1 2", "é", "\u{0}", "true", "<a>&amp;"];
const EXPRESSIONS: [&str; 12] = [
    "/data/a[position() = 2]/b",
    "sum(/data/r/x) div count(/data/r)",
    "if(selected(/data/a, 'x'), 'y', concat('z', 1))",
    "format-date(date('2024-02-29'), '%Y-%m-%d')",
    "indexed-repeat(/data/r/x, /data/r, position(..) - 1)",
    "regex(/data/a, '[a-z]+(b|c)*')",
    "coalesce(/data/a, round(2.5, 1))",
    "substr('héllo', -3, 9)",
    "digest('a', 'SHA-256', 'hex')",
    "area('0 0;1 1;2 0;0 0')",
    "weighted-checklist(1, 2, /data/a = 1, 2)",
    "instance('x')/root/item[name = current()/../a]/label",
];

fn around(expression: &str) -> String {
    let escaped = expression.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"><h:head><model><instance><data id="f"><a>1</a><r><x>2</x></r><r><x>3</x></r><out/></data></instance><instance id="x"><root><item><name>1</name><label>L</label></item></root></instance><bind nodeset="/data/out" calculate="{escaped}"/></model></h:head><h:body><input ref="/data/a"/><group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat></group></h:body></h:html>"#
    )
}

fn env() -> Env {
    Env {
        now: Timestamp::from_millis(1_700_000_000_000),
        offset_minutes: 60,
        instance_id: "1".into(),
        random_seed: 1,
        device_id: "d".into(),
        username: "u".into(),
        email: String::new(),
        phone_number: String::new(),
    }
}

/// A refusal stands inside the text it refuses.
fn is_inside(error: FormError, text: &str, fault: Fault) -> bool {
    let extra = u32::from(fault == Fault::PlaceOutside) * 1_000_000;
    let lines = text.split('\n').count() as u32;
    error.line().is_some_and(|line| (1..=lines).contains(&(line + extra)))
}

fn form(text: &str, fault: Fault) -> Verdict {
    let form = match Form::parse(text) {
        Ok(form) => Arc::new(form),
        Err(error) if is_inside(error, text, fault) => return Ok(false),
        Err(error) => return Err(format!("refused at a place that is not there: {error}")),
    };
    let Ok(mut session) = Session::start(Arc::clone(&form), env()) else { return Ok(true) };
    let mut at = session.first_screen();
    for _ in 0..40 {
        let Some(screen) = at else { break };
        for question in session.show(&screen).map(|view| view.questions).unwrap_or_default() {
            let value = question.choices.first().map_or("1", |choice| choice.value.as_str());
            let _ = session.answer(&question.reference, value);
        }
        at = session.screen_after(&screen);
    }
    let mut draft = session.draft_xml();
    if fault == Fault::DraftCut {
        draft.pop();
    }
    match Session::reopen(form, env(), &Resources::new(), &draft) {
        Err(error) => Err(format!("its own draft is refused: {error}")),
        Ok(_) => Ok(true),
    }
}

fn xpath(expression: &str, fault: Fault) -> Verdict {
    let printable: String = expression.chars().filter(|letter| !letter.is_control()).collect();
    assert!(fault != Fault::Panic || !printable.contains("last()"), "the planted fault");
    let text = around(&printable);
    match Form::parse(&text) {
        Err(error) if is_inside(error, &text, fault) => Ok(false),
        Err(error) => Err(format!("refused at a place that is not there: {error}")),
        Ok(form) => {
            let Ok(mut session) = Session::start(Arc::new(form), env()) else { return Ok(false) };
            let _ = session.answer("/data/a", "2");
            let _ = session.add_repeat("/data/r");
            Ok(session.value("/data/out").is_some())
        }
    }
}

/// Reads the input as operations, three bytes each.
fn session(input: &[u8], fault: Fault) -> Verdict {
    let form = Arc::new(Form::parse(TANGLE).map_err(|error| error.to_string())?);
    let mut session = Session::start(Arc::clone(&form), env()).map_err(|error| error.to_string())?;
    let mut taken = false;
    for operation in input.chunks_exact(3).take(40) {
        let (what, outer, value) = (operation[0] % 13, operation[1] % 5, operation[2] % 6);
        let before = session.draft_xml();
        let number = value.to_string();
        let odd = ODD[operation[2] as usize % ODD.len()];
        let done = match what {
            0 => session.answer("/data/gate", &number),
            1 => session.answer("/data/limit", &number),
            2 => session.answer("/data/count", &number),
            3 => session.add_repeat("/data/outer").map(|_| ()),
            4 => session.add_repeat(&format!("/data/outer[{outer}]/inner")).map(|_| ()),
            5 => session.remove_repeat(&format!("/data/outer[{outer}]")),
            6 => session.answer(&format!("/data/outer[{outer}]/a"), &number),
            7 => session.answer(&format!("/data/outer[{outer}]/inner[{value}]/x"), &number),
            8 => session.mark(&format!("/data/outer[{outer}]/a"), AnswerState::Declined),
            9 => session.answer(&format!("/data/outer[{outer}]/a"), odd),
            10 => session.preset("/data/count", ["-1", "300", "0", "", "7", "99999999999"][value as usize]),
            11 => session.remove_repeat(&format!("/data/outer[{outer}]/inner[{value}]")),
            _ => {
                look_at_everything(&session);
                Ok(())
            }
        };
        let after = session.draft_xml();
        match done {
            Ok(()) => taken = true,
            Err(_) if fault == Fault::RefusalChanges || after != before => {
                return Err("a refusal changed something".to_owned());
            }
            Err(_) => continue,
        }
        // A reopened draft computes everything at once.
        let stored = if fault == Fault::StaleValue { stale(&after) } else { after };
        let reopened = Session::reopen(Arc::clone(&form), env(), &Resources::new(), &stored);
        let reopened = reopened.map_err(|error| format!("its own draft is refused: {error}"))?;
        if !reopened.misfits.is_empty() || reopened.session.draft_xml() != stored {
            return Err("computed at once it differs from computed step by step".to_owned());
        }
    }
    Ok(taken)
}

/// Every screen and every violation; looking changes nothing.
fn look_at_everything(session: &Session) {
    let mut at = session.first_screen();
    while let Some(screen) = at {
        let _ = session.show(&screen);
        at = session.screen_after(&screen);
    }
    let _ = session.validate();
}

/// The draft as an engine would leave it that forgot to compute one value.
fn stale(draft: &str) -> String {
    let (open, close) = ("<total>", "</total>");
    match (draft.find(open), draft.find(close)) {
        (Some(start), Some(end)) => format!("{}{open}0.5{}", &draft[..start], &draft[end..]),
        _ => draft.replace("<total/>", "<total>0.5</total>"),
    }
}
