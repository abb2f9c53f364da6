//! Texts in the language of the session, outputs filled in.

pub(super) use crate::form::text::TextForm as Kind;
use crate::form::text::{Label, Part, Text};
use crate::session::Session;
use crate::session::view::Media;
use crate::tree::NodeId;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::value::NodeRef;

impl Session {
    /// A label as plain text. What cannot be computed is left blank.
    pub(super) fn label(&self, label: &Label, node: NodeId) -> String {
        let here = NodeRef { tree: 0, node };
        match label {
            Label::None => String::new(),
            Label::Plain(text) => self.render(text, here),
            Label::Translated(id) => self.translated(id, Kind::Plain, here).unwrap_or_default(),
            Label::Computed(expr) => {
                let (text, _) = self.look(node, |eval, here| eval.text(expr, here).map(std::borrow::Cow::into_owned));
                text.unwrap_or_default()
            }
        }
    }

    /// Another form of a label, such as the guidance of a hint.
    pub(super) fn other_form(&self, label: &Label, form: Kind, node: NodeId) -> Option<String> {
        match label {
            Label::Translated(id) => self.translated(id, form, NodeRef { tree: 0, node }),
            _ => None,
        }
    }

    pub(super) fn translated(&self, id: &str, form: Kind, here: NodeRef) -> Option<String> {
        let text = self.form.itext.find(id, self.language, form)?;
        Some(self.render(text, here))
    }

    fn render(&self, text: &Text, here: NodeRef) -> String {
        let mut rendered = String::new();
        for part in &text.parts {
            match part {
                Part::Plain(text) => rendered.push_str(text),
                Part::Output(expr) => {
                    let eval = Eval::new(self.world(), self.random);
                    if let Ok(text) = eval.text(expr, &Context::at(here)) {
                        rendered.push_str(if text == "NaN" { "" } else { &text });
                    }
                }
            }
        }
        rendered
    }

    pub(super) fn media(&self, id: &str, here: NodeRef) -> Vec<Media> {
        let kinds = self.form.itext.media(id).into_iter();
        kinds.filter_map(|kind| self.translated(id, Kind::Media(kind), here).map(|uri| Media { kind, uri })).collect()
    }
}
