//! The instances of a form besides the one that is filled in: a list where the content is one, a tree where it is not.

use std::borrow::Cow;
use std::sync::Arc;

use roxmltree::Node as Xml;

use crate::build::add_element;
use crate::error::FormError;
use crate::limits::Limits;
use crate::list::{List, ResourceError, Table};
use crate::names::{Known, Name, Names, Naming};
use crate::tree::{Kind, NodeId, TEXT, Tree};
use crate::xml;

pub(crate) enum Secondary {
    Tree(Tree),
    List(Listed),
    /// Its file is not there.
    Missing,
}

/// A list seen as the nodes `/root/item/column`, without any of them being made.
///
/// Number 0 is the document, 1 the root element, then each row's item followed by its cells: numbers are in document order.
pub(crate) struct Listed {
    pub(crate) list: Arc<dyn List>,
    root: Name,
    item: Name,
    /// [`Name::NONE`] for a column that no expression names.
    columns: Vec<Name>,
}

/// The root element of a list.
const ROOT_ELEMENT: NodeId = 1;

/// What a number in a list stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    Root,
    Item(u32),
    Cell(u32, u32),
}

impl Secondary {
    /// Nothing at all: what a last saved instance is before anything was saved.
    pub(crate) fn blank() -> Self {
        Self::Tree(Tree::default())
    }

    /// The content of an instance written as XML.
    pub(crate) fn from_xml(xml: &str, root: Xml<'_, '_>, names: &mut impl Naming) -> Self {
        if let Some((table, root, item)) = flat(xml, root, names)
            && let Ok(listed) = Listed::new(Arc::new(table), root, item, |column| named(names, column))
        {
            return Self::List(listed);
        }
        let mut tree = Tree::default();
        add_element(xml, root, names, &mut tree, Tree::ROOT);
        Self::Tree(tree)
    }

    /// The content of a file. Its names are the form's; those that no expression has match nothing.
    pub(crate) fn from_foreign_xml(xml: &str, root: Xml<'_, '_>, names: &Names) -> Self {
        Self::from_xml(xml, root, &mut Known(names))
    }

    /// A list under the names that CSV and GeoJSON files have in expressions.
    pub(crate) fn from_list(list: Arc<dyn List>, names: &Names) -> Result<Self, ResourceError> {
        let of = |name: &str| names.find("", "", name);
        Listed::new(list, of("root"), of("item"), of).map(Self::List)
    }
}

/// The table in XML of the form `root/item/column`.
pub(crate) fn rows(source: &str) -> Result<Option<Table>, ResourceError> {
    let document = xml::read(source, &Limits::default()).map_err(|error| match error {
        FormError::TooLarge { .. } => ResourceError::TooLarge,
        _ => ResourceError::Malformed { what: "not XML" },
    })?;
    let mut names = Names::default();
    let found = flat(source, document.root_element(), &mut names);
    let fits = |root, item| names.local(root) == "root" && names.local(item) == "item";
    Ok(found.filter(|(_, root, item)| fits(*root, *item)).map(|(table, ..)| table))
}

fn named(names: &mut impl Naming, column: &str) -> Name {
    names.name("", "", column)
}

/// The table in `root/item*/leaf*`, where every item has its cells in one order, no attribute and nothing deeper.
fn flat(xml: &str, root: Xml<'_, '_>, names: &mut impl Naming) -> Option<(Table, Name, Name)> {
    let plain = |node: Xml<'_, '_>| crate::build::prefix_of(xml, node).is_empty() && node.attributes().len() == 0;
    let first = root.first_element_child()?;
    if !plain(root) {
        return None;
    }
    let item_name = first.tag_name().name();
    let mut columns: Vec<&str> = Vec::new();
    let mut cells: Vec<(usize, Cow<'_, str>)> = Vec::new();
    let mut ends = Vec::new();
    for item in root.children() {
        if !item.is_element() {
            let blank = item.text().is_none_or(|text| text.trim().is_empty());
            if blank || item.is_comment() {
                continue;
            }
            return None;
        }
        if item.tag_name().name() != item_name || !plain(item) {
            return None;
        }
        let mut next = 0;
        for cell in item.children() {
            if !cell.is_element() {
                if cell.text().is_none_or(|text| text.trim().is_empty()) || cell.is_comment() {
                    continue;
                }
                return None;
            }
            if !plain(cell) || cell.children().any(|child| child.is_element()) {
                return None;
            }
            let name = cell.tag_name().name();
            let column = match columns[next..].iter().position(|column| *column == name) {
                Some(place) => next + place,
                // What has so many different cells is no list.
                None if columns.len() == 1_000 || columns.contains(&name) => return None,
                None => {
                    columns.push(name);
                    columns.len() - 1
                }
            };
            next = column + 1;
            let mut texts = cell.children().filter(Xml::is_text).filter_map(|child| child.text());
            let text = match (texts.next(), texts.next()) {
                (None, _) => Cow::Borrowed(""),
                (Some(text), None) => Cow::Borrowed(text),
                (Some(one), Some(two)) => Cow::Owned([one, two].into_iter().chain(texts).collect()),
            };
            cells.push((column, text));
        }
        ends.push(cells.len());
    }
    let width = columns.len();
    if width == 0 {
        return None;
    }
    let mut text = String::new();
    let mut places = vec![(u32::MAX, 0); ends.len() * width];
    let mut row = 0;
    for (number, (column, value)) in cells.iter().enumerate() {
        while ends.get(row).is_some_and(|end| *end <= number) {
            row += 1;
        }
        places[row * width + column] = (text.len() as u32, value.len() as u32);
        text.push_str(value);
    }
    let columns = columns.into_iter().map(str::to_owned).collect();
    let table = Table::from_parts(columns, text, places).ok()?;
    Some((table, named(names, root.tag_name().name()), named(names, item_name)))
}

impl Listed {
    fn new(
        list: Arc<dyn List>,
        root: Name,
        item: Name,
        mut name: impl FnMut(&str) -> Name,
    ) -> Result<Self, ResourceError> {
        let nodes = (list.columns().len() as u64 + 1) * u64::from(list.len()) + 2;
        if nodes >= u64::from(TEXT) {
            return Err(ResourceError::TooLarge);
        }
        let columns = list.columns().iter().map(|column| name(column)).collect();
        Ok(Self { list, root, item, columns })
    }

    fn place(&self, id: NodeId) -> Place {
        match id & !TEXT {
            0 => Place::Document,
            ROOT_ELEMENT => Place::Root,
            other => {
                let (row, part) = ((other - 2) / self.width(), (other - 2) % self.width());
                part.checked_sub(1).map_or(Place::Item(row), |column| Place::Cell(row, column))
            }
        }
    }

    /// An item and its cells.
    fn width(&self) -> u32 {
        self.columns.len() as u32 + 1
    }

    pub(crate) fn item(&self, row: u32) -> NodeId {
        2 + row * self.width()
    }

    /// The rows' elements are what a step from here with this name leads to.
    pub(crate) fn is_step_to_items(&self, from: NodeId, name: Name) -> bool {
        from == ROOT_ELEMENT && name == self.item && name != Name::NONE
    }

    pub(crate) fn column(&self, name: Name) -> Option<u32> {
        if name == Name::NONE {
            return None;
        }
        self.columns.iter().position(|column| *column == name).map(|column| column as u32)
    }

    /// The cell of an item, where it has one.
    pub(crate) fn cell_of(&self, item: NodeId, column: u32) -> Option<NodeId> {
        let Place::Item(row) = self.place(item) else { return None };
        // One that cannot be read counts as there, so that whoever reads it is told.
        let is_absent = matches!(self.list.cell(row, column), Ok(None));
        (!is_absent).then_some(item + 1 + column)
    }

    pub(crate) fn node_count(&self) -> u32 {
        self.item(self.list.len())
    }

    pub(crate) fn kind(&self, id: NodeId) -> Kind {
        match self.place(id) {
            _ if id & TEXT != 0 => Kind::Text,
            Place::Document => Kind::Document,
            _ => Kind::Element,
        }
    }

    pub(crate) fn parent(&self, id: NodeId) -> Option<NodeId> {
        if id & TEXT != 0 {
            return Some(id & !TEXT);
        }
        match self.place(id) {
            Place::Document => None,
            Place::Root => Some(Tree::ROOT),
            Place::Item(_) => Some(ROOT_ELEMENT),
            Place::Cell(row, _) => Some(self.item(row)),
        }
    }

    /// Place among siblings of the same name, from 1.
    pub(crate) fn position(&self, id: NodeId) -> u32 {
        match self.place(id) {
            Place::Item(row) if id & TEXT == 0 => row + 1,
            _ => 1,
        }
    }

    pub(crate) fn name(&self, id: NodeId) -> Name {
        match self.place(id) {
            _ if id & TEXT != 0 => Name::NONE,
            Place::Document => Name::NONE,
            Place::Root => self.root,
            Place::Item(_) => self.item,
            Place::Cell(_, column) => self.columns.get(column as usize).copied().unwrap_or(Name::NONE),
        }
    }

    /// The name of a column also where no expression has it.
    pub(crate) fn written_name(&self, id: NodeId) -> &str {
        match self.place(id) {
            Place::Cell(_, column) if id & TEXT == 0 => {
                self.list.columns().get(column as usize).map_or("", String::as_str)
            }
            _ => "",
        }
    }

    pub(crate) fn children(&self, id: NodeId, visit: &mut impl FnMut(NodeId)) {
        if id & TEXT != 0 {
            return;
        }
        match self.place(id) {
            Place::Document => visit(ROOT_ELEMENT),
            Place::Root => (0..self.list.len()).for_each(|row| visit(self.item(row))),
            Place::Item(_) => {
                (0..self.width() - 1).filter_map(|column| self.cell_of(id, column)).for_each(visit);
            }
            Place::Cell(row, column) => {
                if self.list.cell(row, column).ok().flatten().is_some_and(|text| !text.is_empty()) {
                    visit(id | TEXT);
                }
            }
        }
    }

    /// The text of a cell, or all text below. Nothing where it cannot be read.
    pub(crate) fn text(&self, id: NodeId) -> Option<Cow<'_, str>> {
        match self.place(id) {
            Place::Cell(row, column) => self.list.cell(row, column).ok().map(Option::unwrap_or_default),
            Place::Item(row) => {
                let mut all = String::new();
                for column in 0..self.width() - 1 {
                    all.push_str(&self.list.cell(row, column).ok()?.unwrap_or_default());
                }
                Some(Cow::Owned(all))
            }
            Place::Document | Place::Root => {
                let mut all = String::new();
                for row in 0..self.list.len() {
                    all.push_str(&self.text(self.item(row))?);
                }
                Some(Cow::Owned(all))
            }
        }
    }

    /// The cells of one column for the rows that a path of names leads to; none where it leads elsewhere.
    pub(crate) fn values(&self, path: &[Name], column: Name) -> Vec<String> {
        let Some(column) = self.column(column).filter(|_| path == [self.root, self.item]) else { return Vec::new() };
        let cell = |row| self.list.cell(row, column).ok().flatten();
        (0..self.list.len()).filter_map(cell).map(Cow::into_owned).collect()
    }
}
