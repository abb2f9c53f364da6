//! The words of the built-in forms, for answers that hold codes. Used only for the very form a record was made with, by its
//! hash; answers of any other form are shown as recorded.

use std::collections::HashMap;
use std::sync::LazyLock;

use roxmltree::{Document, Node};
use wayside_model::{AnswerState, FormRef, RecordedAnswer};
use wayside_screening::forms::BUILT_IN;
use wayside_seal::sha256;

use crate::views::AnswerView;

static FORMS: LazyLock<Vec<([u8; 32], Questions)>> = LazyLock::new(|| {
    let read = |xml: &str| Some((sha256(xml.as_bytes()), Questions::read(&Document::parse(xml).ok()?)));
    BUILT_IN.iter().filter_map(|form| read(form.xml())).collect()
});

/// The questions of one form, by their place in it.
pub(crate) struct Questions(HashMap<String, Question>);

struct Question {
    label: String,
    /// Code and words of each choice.
    choices: HashMap<String, String>,
}

impl Questions {
    pub(crate) fn of(form: &FormRef) -> Option<&'static Self> {
        FORMS.iter().find(|(sha256, _)| *sha256 == form.sha256).map(|(_, questions)| questions)
    }

    fn read(form: &Document<'_>) -> Self {
        let texts = translation(form);
        let controls = ["input", "select1", "select", "rank", "range", "trigger", "upload"];
        let found = form.descendants().filter(|node| controls.contains(&node.tag_name().name()));
        let question = |control: Node<'_, '_>| {
            let label = words(child(control, "label")?, &texts)?;
            let choices = choices(form, control, &texts);
            Some((control.attribute("ref")?.to_owned(), Question { label, choices }))
        };
        Self(found.filter_map(question).collect())
    }
}

/// An answer with the words of its question, where they are known.
pub(crate) fn word(questions: Option<&Questions>, answer: RecordedAnswer) -> AnswerView {
    let question = questions.and_then(|questions| questions.0.get(&without_positions(&answer.reference)));
    let shown =
        question.filter(|question| answer.state == AnswerState::Given && !question.choices.is_empty()).map(|q| {
            let word = |code| q.choices.get(code).map_or(code, String::as_str);
            answer.value.split_whitespace().map(word).collect::<Vec<_>>().join(", ")
        });
    AnswerView {
        question: question.map(|question| question.label.clone()),
        reference: answer.reference,
        state: answer.state,
        value: answer.value,
        shown,
    }
}

/// `/data/r[2]/q` is the question `/data/r/q`.
fn without_positions(reference: &str) -> String {
    reference.split('/').map(|step| step.split('[').next().unwrap_or(step)).collect::<Vec<_>>().join("/")
}

/// The texts of the default language, else of the first.
fn translation<'a>(form: &'a Document<'_>) -> HashMap<&'a str, String> {
    let all = || form.descendants().filter(|node| node.has_tag_name_of("translation"));
    let chosen = all().find(|node| node.has_attribute("default")).or_else(|| all().next());
    let texts = chosen.into_iter().flat_map(|node| node.children()).filter(|node| node.has_tag_name_of("text"));
    texts
        .filter_map(|text| {
            let value = text.children().find(|node| node.has_tag_name_of("value") && !node.has_attribute("form"))?;
            Some((text.attribute("id")?, plain(value)))
        })
        .collect()
}

/// A label's own text, or the one its `jr:itext('id')` names.
fn words(label: Node<'_, '_>, texts: &HashMap<&str, String>) -> Option<String> {
    match label.attribute("ref") {
        None => Some(plain(label)).filter(|text| !text.is_empty()),
        Some(reference) => texts.get(between(reference, "jr:itext('", "')")?).cloned(),
    }
}

/// Choices that stand in the control, or in the secondary instance its itemset names.
fn choices(form: &Document<'_>, control: Node<'_, '_>, texts: &HashMap<&str, String>) -> HashMap<String, String> {
    let own = control.children().filter(|node| node.has_tag_name_of("item"));
    let own = own.filter_map(|item| Some((plain(child(item, "value")?), words(child(item, "label")?, texts)?)));
    let named = child(control, "itemset").and_then(|set| between(set.attribute("nodeset")?, "instance('", "')"));
    let instance = form
        .descendants()
        .find(|node| named.is_some() && node.has_tag_name_of("instance") && node.attribute("id") == named);
    let listed = instance.into_iter().flat_map(|node| node.descendants()).filter(|node| node.has_tag_name_of("item"));
    let listed = listed.filter_map(|item| {
        let text = match child(item, "itextId") {
            Some(id) => texts.get(plain(id).as_str()).cloned()?,
            None => plain(child(item, "label")?),
        };
        Some((plain(child(item, "name")?), text))
    });
    own.chain(listed).collect()
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split_once(end).map(|(inner, _)| inner)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name_of(name))
}

fn plain(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect::<String>().trim().to_owned()
}

trait LocalName {
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    /// Compares the name without its namespace.
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wayside_screening::forms::built_in;

    fn given(reference: &str, value: &str) -> RecordedAnswer {
        RecordedAnswer { reference: reference.to_owned(), state: AnswerState::Given, value: value.to_owned() }
    }

    #[test]
    fn every_built_in_question_and_choice_has_words() {
        assert_eq!(FORMS.len(), BUILT_IN.len());
        for ((_, questions), form) in FORMS.iter().zip(BUILT_IN) {
            let controls =
                form.xml().matches("<label ref=\"jr:itext('/data/").count() - form.xml().matches("<group").count();
            assert!(questions.0.len() > 5 && questions.0.len() >= controls, "{}", form.id);
            for (place, question) in &questions.0 {
                assert!(!question.label.is_empty(), "{place}");
                assert!(question.choices.iter().all(|(code, words)| !code.is_empty() && !words.is_empty()), "{place}");
            }
        }
    }

    #[test]
    fn codes_become_words_only_in_the_very_form() {
        let xml = built_in("wayside-b3-al").unwrap().xml();
        let mut form =
            FormRef { id: "wayside-b3-al".to_owned(), version: String::new(), sha256: sha256(xml.as_bytes()) };
        let questions = Questions::of(&form);
        let several = word(questions, given("/data/control/control_1/violence_when", "before way"));
        assert_eq!(several.question.as_deref(), Some("When was that?"));
        assert_eq!(several.shown.as_deref(), Some("Before leaving, On the way"));
        assert_eq!(several.value, "before way", "the codes stay beside the words");
        let odd = word(questions, given("/data/control/control_1/violence", "<b>"));
        assert_eq!(odd.shown.as_deref(), Some("<b>"), "an unknown code is shown as it is");
        assert!(word(questions, given("/data/nothing", "1")).question.is_none());

        form.sha256[0] ^= 1;
        assert!(Questions::of(&form).is_none());
        assert_eq!(without_positions("/data/r[2]/q[10]"), "/data/r/q");
    }
}
