//! The model: instances, schema, binds, translations.

use std::sync::Arc;

use roxmltree::Node as Xml;

use crate::build::add_element;
use crate::error::{LimitKind, Place};
use crate::form::builder::{Bind, Builder, Formula, JR, at, elements};
use crate::form::question::Extension;
use crate::form::schema::{DOCUMENT, DefId, ValueType};
use crate::form::text::TextForm;
use crate::secondary::Secondary;
use crate::tree::{Kind, NodeId, Tree};
use crate::xml::{Fault, What, place_of};

/// Translations of a form. Each text is looked for among them.
const LANGUAGES: usize = 200;

/// An instance whose content comes from outside the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalInstance {
    /// The id expressions use.
    pub id: String,
    /// The URI the form names.
    pub source: String,
    /// Where the form says so.
    pub place: Place,
    /// Its number in the form.
    pub(crate) number: u32,
}

impl Builder<'_> {
    /// Reads all instances. The first is the primary one.
    pub(crate) fn instances(&mut self, all: &[Xml<'_, '_>]) -> Result<Vec<ExternalInstance>, Fault> {
        let mut external = Vec::new();
        for (number, instance) in all.iter().enumerate() {
            let root = instance.children().find(Xml::is_element);
            match root {
                Some(root) if number == 0 => {
                    add_element(self.xml, root, &mut self.names, &mut self.primary, Tree::ROOT);
                }
                None if number == 0 => {
                    return Err(Fault::malformed("the primary instance is empty", instance.range().start));
                }
                Some(root) => {
                    self.others.push(Arc::new(Secondary::from_xml(self.xml, root, &mut self.names)));
                }
                None => self.others.push(Arc::new(Secondary::blank())),
            }
            if let Some(id) = instance.attribute("id") {
                if self.instances.insert(id.to_owned(), number as u32).is_some() {
                    return Err(Fault::malformed("two instances have one id", instance.range().start));
                }
                if let Some(source) = instance.attribute("src") {
                    let place = place_of(self.xml, instance.range().start);
                    external.push(ExternalInstance {
                        id: id.to_owned(),
                        source: source.to_owned(),
                        place,
                        number: number as u32,
                    });
                }
            }
        }
        Ok(external)
    }

    /// One definition for each path of the primary instance; templates leave the tree.
    pub(crate) fn define(&mut self) -> Result<(), Fault> {
        let mut found = Vec::new();
        self.define_below(Tree::ROOT, DOCUMENT, &mut found)?;
        // Inner templates first, so that an outer one is copied without them.
        for (def, node) in found.into_iter().rev() {
            self.primary.detach(node);
            self.templates.insert(def, node);
        }
        Ok(())
    }

    fn define_below(&mut self, node: NodeId, def: DefId, found: &mut Vec<(DefId, NodeId)>) -> Result<(), Fault> {
        for child in self.primary.children(node).to_vec() {
            if self.primary.kind(child) != Kind::Element {
                continue;
            }
            let name = self.primary.node(child).name;
            let id = match self.schema.child(def, name) {
                Some(id) => id,
                None => {
                    let written = self.names.qualified(name);
                    self.schema.add(def, name, &written)
                }
            };
            self.primary.node_mut(child).def = id;
            // The root element is there once, whatever it is called.
            if self.take_template_mark(child) && def != DOCUMENT {
                found.push((id, child));
            }
            for attribute in self.primary.attributes(child).to_vec() {
                let name = self.primary.node(attribute).name;
                let known = self.schema.attribute(id, name);
                let attribute_def = known.unwrap_or_else(|| {
                    let written = self.names.qualified(name);
                    self.schema.add_attribute(id, name, &written)
                });
                self.primary.node_mut(attribute).def = attribute_def;
            }
            if self.schema.is_too_long() {
                return Err(Fault { what: What::TooLarge(LimitKind::Bytes), offset: self.start });
            }
            self.define_below(child, id, found)?;
        }
        Ok(())
    }

    /// Removes `jr:template` and says whether it was there.
    fn take_template_mark(&mut self, node: NodeId) -> bool {
        let is_mark = |attribute: &NodeId| {
            let name = self.names.get(self.primary.node(*attribute).name);
            name.is_some_and(|name| &*name.local == "template" && &*name.namespace == JR)
        };
        let attributes = self.primary.attributes(node);
        let kept: Vec<_> = attributes.iter().copied().filter(|attribute| !is_mark(attribute)).collect();
        let found = kept.len() < attributes.len();
        self.primary.node_mut(node).attributes = kept;
        found
    }

    /// Reads all binds. A bind for a node that the instance does not have is left out, as in every client.
    pub(crate) fn binds(&mut self, all: &[Xml<'_, '_>]) -> Result<(), Fault> {
        let root = self.schema.def(DOCUMENT).children.first().copied().unwrap_or(DOCUMENT);
        for node in all {
            let Some(nodeset) = node.attribute("nodeset").or_else(|| node.attribute("ref")) else {
                return Err(Fault::malformed("a bind has no nodeset", node.range().start));
            };
            let Some(def) = self.resolve(nodeset, root) else {
                let fault = Fault::malformed("a bind is for a node that the form does not have", node.range().start);
                self.tolerate(fault);
                continue;
            };
            if let Some(id) = node.attribute("id") {
                self.bind_ids.insert(id.to_owned(), def);
            }
            let mut bind = self.binds.remove(&def).unwrap_or_default();
            for attribute in node.attributes() {
                self.bind_attribute(def, &mut bind, &attribute)?;
            }
            if let Some(preload) = node.attribute((JR, "preload")) {
                let parameter = node.attribute((JR, "preloadParams")).unwrap_or_default();
                bind.preload = Some((preload.to_owned(), parameter.to_owned()));
            }
            self.binds.insert(def, bind);
        }
        Ok(())
    }

    fn bind_attribute(
        &mut self,
        def: DefId,
        bind: &mut Bind,
        attribute: &roxmltree::Attribute<'_, '_>,
    ) -> Result<(), Fault> {
        let (value, offset) = (attribute.value(), at(attribute));
        if let Some(namespace) = attribute.namespace() {
            match (namespace, attribute.name()) {
                (JR, "constraintMsg") => bind.constraint_message = self.message(attribute)?,
                (JR, "requiredMsg") => bind.required_message = self.message(attribute)?,
                _ => bind.attributes.push(Extension {
                    namespace: namespace.to_owned(),
                    name: attribute.name().to_owned(),
                    value: value.to_owned(),
                }),
            }
            return Ok(());
        }
        let mut formula = || self.expression(value, offset).map(|expr| Some(Formula { expr, offset }));
        match attribute.name() {
            "calculate" => bind.calculate = formula()?,
            "relevant" => bind.relevant = formula()?,
            "readonly" => bind.read_only = formula()?,
            "required" => bind.required = formula()?,
            "constraint" => bind.constraint = formula()?.map(|formula| formula.expr),
            "type" => self.schema.def_mut(def).value_type = ValueType::from_name(value),
            _ => {}
        }
        Ok(())
    }

    /// Reads the translations.
    pub(crate) fn translations(&mut self, itext: Option<Xml<'_, '_>>) -> Result<(), Fault> {
        let Some(itext) = itext else { return Ok(()) };
        for translation in elements(itext, "translation") {
            let Some(language) = translation.attribute("lang") else {
                return Err(Fault::malformed("a translation has no language", translation.range().start));
            };
            let known = self.itext.languages.iter().position(|one| one == language);
            if known.is_none() && self.itext.languages.len() == LANGUAGES {
                return Err(Fault { what: What::TooLarge(LimitKind::Nodes), offset: translation.range().start });
            }
            let number = known.unwrap_or_else(|| {
                self.itext.languages.push(language.to_owned());
                self.itext.languages.len() - 1
            });
            if translation.attribute("default").is_some_and(|value| value != "false()") {
                self.itext.default = number;
            }
            for text in elements(translation, "text") {
                let Some(id) = text.attribute("id") else {
                    return Err(Fault::malformed("a translated text has no id", text.range().start));
                };
                for value in elements(text, "value") {
                    let Some(form) = TextForm::from_name(value.attribute("form")) else { continue };
                    let content = self.text(value)?;
                    self.itext.texts.entry(id.to_owned()).or_default().push((number, form, content));
                }
            }
        }
        Ok(())
    }
}
