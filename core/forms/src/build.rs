//! From parsed XML to an indexed tree.

use std::collections::HashMap;

use roxmltree::Node as Xml;

use crate::names::{Name, Naming};
use crate::tree::{Kind, NodeId, Tree};

/// The prefix a name was written with. The parser keeps only the namespace, so it is read from the source.
pub(crate) fn prefix_of<'x>(xml: &'x str, node: Xml<'_, '_>) -> &'x str {
    let start = node.range().start + 1;
    let name = xml[start..].split(|c: char| c.is_whitespace() || c == '/' || c == '>').next().unwrap_or_default();
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn attribute_prefix<'x>(xml: &'x str, attribute: &roxmltree::Attribute<'_, '_>) -> &'x str {
    xml[attribute.range_qname()].split_once(':').map_or("", |(prefix, _)| prefix)
}

pub(crate) fn element_name(xml: &str, node: Xml<'_, '_>, names: &mut impl Naming) -> Name {
    let tag = node.tag_name();
    names.name(prefix_of(xml, node), tag.namespace().unwrap_or_default(), tag.name())
}

/// Adds a copy of the element `node` under `parent`. Depth is bounded by the reader's limit.
pub(crate) fn add_element(
    xml: &str,
    node: Xml<'_, '_>,
    names: &mut impl Naming,
    tree: &mut Tree,
    parent: NodeId,
) -> NodeId {
    add_below(xml, node, names, tree, parent, &mut Places::default())
}

fn add_below(
    xml: &str,
    node: Xml<'_, '_>,
    names: &mut impl Naming,
    tree: &mut Tree,
    parent: NodeId,
    places: &mut Places,
) -> NodeId {
    let name = element_name(xml, node, names);
    let id = tree.create(Kind::Element, name);
    let position = places.next(name);
    tree.append_at(parent, id, position);
    for attribute in node.attributes() {
        let prefix = attribute_prefix(xml, &attribute);
        let name = names.name(prefix, attribute.namespace().unwrap_or_default(), attribute.name());
        let child = tree.create(Kind::Attribute, name);
        tree.node_mut(child).text = attribute.value().to_owned();
        tree.append_attribute(id, child);
    }
    if node.children().any(|child| child.is_element()) {
        let mut places = Places::default();
        for child in node.children() {
            if child.is_element() {
                add_below(xml, child, names, tree, id, &mut places);
            } else if let Some(text) = child.text().filter(|_| child.is_text()) {
                // Indentation between elements is not kept: no expression of a form means it.
                if !text.trim().is_empty() {
                    let leaf = tree.create(Kind::Text, Name::NONE);
                    tree.node_mut(leaf).text = text.to_owned();
                    tree.append_at(id, leaf, places.next(Name::NONE));
                }
            }
        }
    } else {
        let text = node.children().filter(Xml::is_text).filter_map(|child| child.text()).collect();
        tree.node_mut(id).text = text;
    }
    id
}

/// How many children of each name an element has so far. Most have few; one with many must not cost their square.
#[derive(Default)]
struct Places {
    few: Vec<(Name, u32)>,
    many: HashMap<Name, u32>,
}

impl Places {
    fn next(&mut self, name: Name) -> u32 {
        const FEW: usize = 32;
        if let Some((_, count)) = self.few.iter_mut().find(|(known, _)| *known == name) {
            *count += 1;
            return *count;
        }
        if self.few.len() < FEW {
            self.few.push((name, 1));
            return 1;
        }
        let count = self.many.entry(name).or_insert(0);
        *count += 1;
        *count
    }
}
