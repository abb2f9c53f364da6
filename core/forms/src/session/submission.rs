//! The instance as XML, byte for byte the same for the same state.

use std::collections::{BTreeMap, BTreeSet};

use wayside_model::{AnswerState, Timestamp};

use crate::form::QuestionKind;
use crate::form::schema::{DOCUMENT, Def, DefId, ValueType};
use crate::session::Session;
use crate::session::answer::{DECLINED, UNKNOWN};
use crate::session::check::is_xml;
use crate::tree::{Kind, NodeId, Tree};
use crate::xpath::dates::Clock;
use crate::xpath::value::When;

/// Namespace of what only drafts say.
pub(super) const DRAFT_NAMESPACE: &str = "urn:wayside:draft:1";
pub(super) const DRAFT_STATE: &str = "state";
const DRAFT_PREFIX: &str = "draft";

enum Purpose {
    /// With the moment the form was finished, here.
    Submission(Clock),
    Draft,
    /// Values of these definitions alone.
    LastSaved(BTreeSet<DefId>),
}

impl Session {
    /// The filled-in form as OpenRosa sends it: relevant nodes only, in the order of the form; `end` times are `ended`.
    pub fn submission_xml(&self, ended: Timestamp) -> String {
        self.written(Purpose::Submission(Clock { now: ended.as_millis(), ..self.clock() }))
    }

    /// What this filled-in form is called, where the form says so (`meta/instanceName`). It may name a person.
    pub fn instance_name(&self) -> Option<&str> {
        let root = self.tree.children(Tree::ROOT).first().copied()?;
        let child = |node: NodeId, local: &str| {
            let is_it = |child: &NodeId| self.form.names.local(self.tree.node(*child).name) == local;
            self.tree.children(node).iter().copied().find(is_it)
        };
        let name = child(child(root, "meta")?, "instanceName")?;
        Some(self.tree.node(name).text.as_str()).filter(|name| !name.is_empty())
    }

    /// Questions with an attached file and the file's name, in the order of the form: what goes with the submission.
    pub fn attachments(&self) -> Vec<(String, String)> {
        // A recording has a bind of this type and no control.
        let is_file = |node: &NodeId| {
            let here = self.tree.node(*node);
            let is_binary = |def: &Def| def.value_type == ValueType::Binary;
            let is_asked = || self.question_of(*node).is_some_and(|question| question.kind == QuestionKind::Binary);
            let is_typed = self.form.schema.defs.get(here.def as usize).is_some_and(is_binary);
            !here.text.is_empty() && (is_typed || is_asked())
        };
        let files = self.relevant_leaves().into_iter().filter(is_file);
        files.map(|node| (self.reference(node), self.tree.node(node).text.clone())).collect()
    }

    /// Everything [`Session::reopen`] needs to go on later: also what is not relevant at present, and which questions are
    /// marked unknown or declined. Not for sending. Instances beyond a repeat's count are not kept.
    pub fn draft_xml(&self) -> String {
        self.written(Purpose::Draft)
    }

    /// What the next interview with this form may read of this one ([`crate::Resources::add_last_saved`]): the values that
    /// the form's own expressions take from its last saved instance, and no other. Nothing where the form has none.
    pub fn last_saved_xml(&self) -> Option<String> {
        self.form.last_saved_reads().map(|reads| self.written(Purpose::LastSaved(reads)))
    }

    fn written(&self, purpose: Purpose) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        if let Some(root) = self.tree.children(Tree::ROOT).first().copied() {
            self.write(root, &purpose, &mut out);
        }
        out
    }

    fn write(&self, node: NodeId, purpose: &Purpose, out: &mut String) {
        let here = self.tree.node(node);
        // Attributes and texts beside elements have no place of their own in what a form reads.
        let is_kept_whole = !matches!(purpose, Purpose::LastSaved(reads) if !reads.contains(&DOCUMENT));
        if here.kind == Kind::Text && is_kept_whole {
            escape(&here.text, out);
        }
        let is_draft = matches!(purpose, Purpose::Draft);
        if here.kind != Kind::Element || !(here.relevant || is_draft) {
            return;
        }
        let name = self.form.names.qualified(here.name);
        out.push('<');
        out.push_str(&name);
        if here.parent == Tree::ROOT {
            self.write_namespaces(out);
            if is_draft {
                write_attribute(&format!("xmlns:{DRAFT_PREFIX}"), DRAFT_NAMESPACE, out);
            }
        }
        if is_draft && let Some(mark) = self.state_of(node).mark {
            let mark = if mark == AnswerState::Declined { DECLINED } else { UNKNOWN };
            write_attribute(&format!("{DRAFT_PREFIX}:{DRAFT_STATE}"), mark, out);
        }
        for attribute in &here.attributes {
            let attribute = self.tree.node(*attribute);
            let text = if is_kept_whole { attribute.text.as_str() } else { "" };
            write_attribute(&self.form.names.qualified(attribute.name), text, out);
        }
        let from = out.len();
        out.push('>');
        let start = out.len();
        match purpose {
            Purpose::Submission(ended) if self.is_end(node) => escape(&ended.write(When::Moment(ended.now)), out),
            Purpose::LastSaved(reads) if !reads.contains(&here.def) => {}
            _ => escape(&here.text, out),
        }
        here.children.iter().for_each(|child| self.write(*child, purpose, out));
        if out.len() == start {
            out.truncate(from);
            out.push_str("/>");
        } else {
            out.push_str("</");
            out.push_str(&name);
            out.push('>');
        }
    }

    /// Namespaces of the prefixes that the instance uses, by prefix.
    fn write_namespaces(&self, out: &mut String) {
        let mut used = BTreeMap::new();
        self.tree.walk(Tree::ROOT, &mut |node| {
            let here = self.tree.node(node);
            let attributes = here.attributes.iter().map(|attribute| self.tree.node(*attribute).name);
            for name in attributes.chain([here.name]) {
                if let Some(full) = self.form.names.get(name)
                    && !full.prefix.is_empty()
                    && &*full.prefix != "xml"
                {
                    used.insert(full.prefix.to_string(), full.namespace.to_string());
                }
            }
        });
        if let Some(namespace) = &self.form.root_namespace {
            write_attribute("xmlns", namespace, out);
        }
        for (prefix, namespace) in used {
            write_attribute(&format!("xmlns:{prefix}"), &namespace, out);
        }
    }
}

fn write_attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for letter in value.chars() {
        match letter {
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            letter => escape(letter.encode_utf8(&mut [0; 4]), out),
        }
    }
    out.push('"');
}

/// A carriage return would not survive a parser, so it is written as a number.
fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            // Calculations and the host may bring what XML cannot hold.
            letter if !is_xml(letter) => out.push(char::REPLACEMENT_CHARACTER),
            letter => out.push(letter),
        }
    }
}
