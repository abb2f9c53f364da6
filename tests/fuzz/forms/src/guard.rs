//! Allocations that reading a form takes: the same on every machine, so a test can hold them.

use wayside_forms::Form;

use crate::counting::weigh;

/// A form as pyxform writes one of `questions` questions, one in four of them with a relevance and one in five a calculation.
pub fn survey(questions: usize) -> String {
    let many = |part: &dyn Fn(usize) -> String| (0..questions).map(part).collect::<String>();
    let nodes = many(&|n| format!("<q{n}/>"));
    let binds = many(&|n| {
        let before = n.saturating_sub(1);
        match n {
            n if n % 5 == 4 => {
                format!("<bind nodeset=\"/data/q{n}\" type=\"string\" calculate=\"concat( /data/q{before} , 'x')\"/>")
            }
            n if n % 4 == 3 => {
                format!("<bind nodeset=\"/data/q{n}\" type=\"int\" relevant=\" /data/q{before} &gt; {n}\"/>")
            }
            n => format!("<bind nodeset=\"/data/q{n}\" type=\"string\" required=\"true()\"/>"),
        }
    });
    let body = many(&|n| {
        format!("<input ref=\"/data/q{n}\"><label>Question {n} of <output value=\" /data/q0 \"/></label></input>")
    });
    format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Survey</h:title><model><instance><data id="s" version="1">{nodes}</data></instance>{binds}</model></h:head><h:body>{body}</h:body></h:html>"#
    )
}

/// Allocations for each question of such a form.
pub fn calls_a_question(questions: usize) -> f64 {
    let source = survey(questions);
    let (form, weight) = weigh(|| Form::parse(&source));
    assert!(form.is_ok_and(|form| form.questions().count() >= questions), "the form is not read");
    weight.calls as f64 / questions as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it took when this was written, and a tenth more.
    const MOST: f64 = 20.0;

    #[test]
    fn reading_takes_no_more_allocations_than_it_did() {
        let (short, long) = (calls_a_question(500), calls_a_question(2_000));
        assert!(short <= MOST && long <= short * 1.1, "{short} and {long} allocations a question");
    }

    #[test]
    fn one_more_allocation_a_question_is_seen() {
        let spent = calls_a_question(500);
        assert!(spent + 2.0 > MOST && spent > MOST * 0.8, "{spent}: the bound is too wide to see anything");
    }
}
