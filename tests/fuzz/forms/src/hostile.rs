//! Forms that mean harm, and what refusing each takes.

use wayside_forms::{Form, FormError, Limits};

use crate::counting::{Weight, weigh};

/// What a refusal may take.
pub const MILLIS: f64 = 100.0;
pub const BYTES: usize = 64 << 20;

/// A form that means harm.
pub struct Hostile {
    pub name: &'static str,
    pub source: String,
}

fn many(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

fn form(instance: &str, model: &str, body: &str) -> String {
    format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"><h:head><model><instance><data id="h">{instance}</data></instance>{model}</model></h:head><h:body>{body}</h:body></h:html>"#
    )
}

fn calculate(expression: &str) -> String {
    form("<q/>", &format!("<bind nodeset='/data/q' calculate=\"{expression}\"/>"), "")
}

/// One of each kind.
pub fn all() -> Vec<Hostile> {
    let entities = many(9, |n| format!("<!ENTITY e{} '{}'>", n + 1, format!("&e{n};").repeat(10)));
    let long = "n".repeat(60_000);
    let broken = "<bind nodeset='/data/q' calculate='1 +'/>";
    let leaves = many(27_000, |n| format!("<q{n}/>"));
    // Wrong at the very end.
    let wrong = "<input ref='/data/none'/>";
    let texts = |count| {
        let texts = many(count, |n| format!("<text id='t{n}'><value>v</value></text>"));
        format!("<itext><translation lang='l'>{texts}</translation></itext>")
    };
    let list: [(&'static str, String); 25] = [
        ("entities that double", format!("<!DOCTYPE x [<!ENTITY e0 'ha'>{entities}]><x>&e9;</x>")),
        ("an entity from a file", "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><x>&f;</x>".to_owned()),
        ("elements 100,000 deep", format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000))),
        ("elements without an end", "<a>".repeat(100_000)),
        ("a million elements", format!("<a>{}</a>", "<b/>".repeat(1_000_000))),
        ("a hundred MB of text", format!("<a>{}</a>", "x".repeat(100 << 20))),
        ("attributes", format!("<a{}/>", many(200_000, |n| format!(" a{n}=''")))),
        ("namespaces", format!("<a>{}</a>", many(50_000, |n| format!("<b xmlns:n{n}='u{n}'/>")))),
        ("a comment without an end", format!("<a><!-- {}", "-".repeat(10 << 20))),
        ("parentheses", calculate(&"(".repeat(1_000_000))),
        ("predicates", calculate(&"/data[".repeat(100_000))),
        (
            "operators of all precedences",
            calculate(&format!("{}1{}", "(".repeat(120), "*1+1=1 and 1 or 1)".repeat(120))),
        ),
        ("an expression as long as a form may be", calculate(&"1+".repeat(8_000_000))),
        (
            "expressions that are as long together",
            form(
                &leaves,
                &format!(
                    "{}{broken}",
                    many(800, |n| format!("<bind nodeset='/data/q{n}' calculate=\"{}1\"/>", "'a'+".repeat(4_500)))
                ),
                "",
            ),
        ),
        (
            "steps and predicates without an end",
            form(
                &leaves,
                &format!(
                    "{}{broken}",
                    many(400, |n| format!("<bind nodeset='/data/q{n}' calculate='/data{}'/>", "[1]/b".repeat(6_000)))
                ),
                "",
            ),
        ),
        (
            "paths as long as their product",
            form(
                &format!(
                    "{}{}{}",
                    format!("<{long}>").repeat(100),
                    many(300, |n| format!("<q{n}/>")),
                    format!("</{long}>").repeat(100)
                ),
                "",
                "",
            ),
        ),
        (
            "expressions that read everything",
            form(&leaves, &many(40, |n| format!("<bind nodeset='/data/q{n}' relevant='count(/data/*) = {n}'/>")), ""),
        ),
        (
            "calculations in a circle",
            form(
                &leaves,
                &many(2_000, |n| format!("<bind nodeset='/data/q{n}' calculate='/data/q{}'/>", (n + 1) % 2_000)),
                "",
            ),
        ),
        (
            "choices in a circle",
            form(
                "<q/>",
                "<itext><translation lang='l'><text id='t'><value><output value=\"jr:itext('t')\"/></value></text></translation></itext>",
                "<input ref='/data/q'/>",
            ),
        ),
        (
            "a long form that is wrong at its end",
            form(
                &format!("<q/>{}", many(20_000, |n| format!("<q{n}/>"))),
                &format!(
                    "{}{broken}",
                    many(5_000, |n| format!("<bind nodeset='/data/q{n}' relevant='/data/q > {n}'/>"))
                ),
                "",
            ),
        ),
        ("as many leaves and texts as may be", form(&leaves, &texts(41_000), wrong)),
        (
            "as many calculations and texts as may be",
            form(
                &format!("<q/>{}", many(14_000, |n| format!("<q{n}/>"))),
                &format!(
                    "{}{}",
                    texts(31_000),
                    many(14_000, |n| format!("<bind nodeset='/data/q{n}' calculate='/data/q+1'/>"))
                ),
                wrong,
            ),
        ),
        (
            "as many controls and texts as may be",
            form(
                &many(9_900, |n| format!("<q{n}/>")),
                &texts(38_000),
                &format!("{}{wrong}", many(9_900, |n| format!("<input ref='/data/q{n}'><label>x</label></input>"))),
            ),
        ),
        (
            "as many repeats as may be",
            form(
                &many(9_900, |n| format!("<q{n}><b/></q{n}>")),
                "",
                &format!("{}{wrong}", many(9_900, |n| format!("<repeat nodeset='/data/q{n}'/>"))),
            ),
        ),
        (
            "as many choices as may be",
            form(
                "<q/>",
                "",
                &format!(
                    "<select ref='/data/q'>{}</select>{wrong}",
                    many(39_000, |n| format!("<item><label>x</label><value>v{n}</value></item>"))
                ),
            ),
        ),
    ];
    list.into_iter().map(|(name, source)| Hostile { name, source }).collect()
}

/// Reads a form and weighs that.
pub fn refuse(source: &str, limits: &Limits) -> (Option<FormError>, Weight) {
    // The best of three: the first one also asks the system for memory.
    let tries = (0..3).map(|_| weigh(|| Form::parse_with(source, limits).err()));
    let best = tries.min_by(|one, other| one.1.millis.total_cmp(&other.1.millis));
    best.unwrap_or_else(|| weigh(|| None))
}

/// Refused at a place, within what a refusal may take.
pub fn is_held(error: Option<FormError>, weight: Weight) -> bool {
    error.is_some_and(|error| error.line() >= Some(1)) && weight.millis <= MILLIS && weight.peak <= BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifted_limit_is_seen() {
        let most = usize::MAX;
        let lifted = Limits { bytes: most, nodes: 40_000_000, ..Limits::default() };
        for (name, limits) in [("a million elements", lifted), ("a hundred MB of text", lifted)] {
            let hostile = all().into_iter().find(|hostile| hostile.name == name).unwrap();
            let held = |limits: &Limits| {
                let (error, weight) = weigh(|| Form::parse_with(&hostile.source, limits).err());
                error.is_some_and(|error| matches!(error, FormError::TooLarge { .. })) && weight.peak <= BYTES
            };
            assert!(held(&Limits::default()), "{name}");
            assert!(!held(&limits), "{name}: lifted and not seen");
        }
    }
}
