//! The order in which a form is read.

use std::collections::HashMap;

use roxmltree::Node as Xml;

use crate::error::{FormError, LimitKind};
use crate::form::actions::ACTIONS;
use crate::form::builder::{Builder, elements};
use crate::form::circles::{self, ControlNames};
use crate::form::control::Choices;
use crate::form::depends::analyse;
use crate::form::graph::{Computation, Graph, Role};
use crate::form::question::{Question, QuestionKind};
use crate::form::schema::{DOCUMENT, DefId, Schema};
use crate::form::{Form, Submission};
use crate::limits::Limits;
use crate::mix::Mixed;
use crate::names::Names;
use crate::tree::{Kind, Tree};
use crate::xml::{self, Fault, What};
use crate::xpath::ast::Expr;

/// What the expressions of a form may read, all together: a wildcard reads everything it can lead to, each time. The longest
/// form known to us reads a fiftieth.
const DEPENDENCIES: usize = 400_000;

/// OpenRosa's namespace for metadata.
const ORX: &str = "http://openrosa.org/xforms";

pub(crate) fn compile(source: &str, limits: &Limits) -> Result<Form, FormError> {
    let document = xml::read(source, limits)?;
    build(source, limits, document.root_element()).map_err(|fault| fault.locate(source))
}

fn build(source: &str, limits: &Limits, html: Xml<'_, '_>) -> Result<Form, Fault> {
    let missing = |what| Fault::malformed(what, html.range().start);
    let head = elements(html, "head").next().ok_or(missing("the form has no head"))?;
    let body = elements(html, "body").next().ok_or(missing("the form has no body"))?;
    let model = elements(head, "model").next().ok_or(missing("the form has no model"))?;
    let parts = ModelParts::of(model);
    let primary = parts.instances.first().copied().ok_or(missing("the form has no instance"))?;
    let root = primary.children().find(Xml::is_element);
    let root = root.ok_or(Fault::malformed("the primary instance is empty", primary.range().start))?;
    count(root, &parts.binds, body, limits)?;
    let mut b = builder(source, limits, root, model);
    let external = b.instances(&parts.instances)?;
    add_instance_id(&mut b);
    b.define()?;
    b.mark_repeats(body);
    b.complete_templates()?;
    b.binds(&parts.binds)?;
    b.translations(parts.itext)?;
    for action in parts.actions {
        b.action(action, None)?;
    }
    // Relative references of the body start at the root element.
    let top = b.schema.def(DOCUMENT).children.first().copied().unwrap_or(DOCUMENT);
    let body = b.body(body, top)?;
    for (slot, item) in body.iter().enumerate() {
        if let Some(item) = b.items.get_mut(*item as usize) {
            item.slot = slot as u32;
        }
    }
    note_value_types(&mut b);
    let questions = questions(&mut b)?;
    let control_names = ControlNames::of(&b.schema, &b.controls);
    circles::refuse(&b, &control_names)?;
    let graph = graph(&mut b, &control_names)?;
    let deprecated_id = deprecated_id(&mut b);
    let inherited = model.default_namespace();
    let root_namespace = root.default_namespace().filter(|_| root.default_namespace() != inherited);
    let attribute = |name: &str| root.attribute(name).or_else(|| root.attribute((ORX, name)));
    Ok(Form {
        limits: *limits,
        id: attribute("id").or(root.tag_name().namespace()).unwrap_or_default().to_owned(),
        version: attribute("version").unwrap_or_default().to_owned(),
        title: elements(head, "title").next().and_then(|title| title.text()).unwrap_or_default().trim().to_owned(),
        root_namespace: root_namespace.map(str::to_owned),
        deprecated_id,
        names: b.names,
        schema: b.schema,
        primary: b.primary,
        templates: b.templates,
        others: b.others,
        instances: b.instances,
        binds: b.binds,
        itext: b.itext,
        controls: b.controls,
        control_names,
        questions,
        repeats: b.repeats,
        submission: submission(parts.submission),
        problems: b.problems.iter().map(|fault| fault.locate(source)).collect(),
        items: b.items,
        body,
        actions: b.actions,
        graph,
        external,
    })
}

/// Before anything is kept of them.
fn count(root: Xml<'_, '_>, binds: &[Xml<'_, '_>], body: Xml<'_, '_>, limits: &Limits) -> Result<(), Fault> {
    let is_of_a_choice = |node: &Xml<'_, '_>| {
        let is_choice =
            |node: Xml<'_, '_>| node.has_tag_name((node.tag_name().namespace().unwrap_or_default(), "item"));
        is_choice(*node) || node.parent_element().is_some_and(is_choice)
    };
    let of_instance = root.descendants().map(|node| (node, 1 + node.attributes().len()));
    let of_body = body.descendants().skip(1).filter(|node| node.is_element() && !is_of_a_choice(node));
    let all = of_instance.chain(binds.iter().copied().chain(of_body).map(|node| (node, 1)));
    let mut left = limits.definitions;
    for (node, size) in all {
        left = left
            .checked_sub(size)
            .ok_or_else(|| Fault { what: What::TooLarge(LimitKind::Definitions), offset: node.range().start })?;
    }
    Ok(())
}

/// The model's children by what they are: long models are gone through once.
#[derive(Default)]
struct ModelParts<'a, 'i> {
    instances: Vec<Xml<'a, 'i>>,
    binds: Vec<Xml<'a, 'i>>,
    itext: Option<Xml<'a, 'i>>,
    submission: Option<Xml<'a, 'i>>,
    actions: Vec<Xml<'a, 'i>>,
}

impl<'a, 'i> ModelParts<'a, 'i> {
    fn of(model: Xml<'a, 'i>) -> Self {
        let mut parts = Self::default();
        for child in model.children().filter(Xml::is_element) {
            match child.tag_name().name() {
                "bind" => parts.binds.push(child),
                "instance" => parts.instances.push(child),
                "itext" => parts.itext = parts.itext.or(Some(child)),
                "submission" => parts.submission = parts.submission.or(Some(child)),
                name if ACTIONS.contains(&name) => parts.actions.push(child),
                _ => {}
            }
        }
        parts
    }
}

fn builder<'x>(source: &'x str, limits: &Limits, root: Xml<'_, '_>, model: Xml<'_, '_>) -> Builder<'x> {
    let mut namespaces = HashMap::new();
    for space in model.namespaces().chain(root.namespaces()) {
        if let Some(prefix) = space.name() {
            namespaces.insert(prefix.to_owned(), space.uri().to_owned());
        }
    }
    Builder {
        xml: source,
        start: root.range().start,
        limits: *limits,
        names: Names::default(),
        namespaces,
        instances: HashMap::new(),
        primary: Tree::default(),
        others: Vec::new(),
        schema: Schema::default(),
        templates: HashMap::default(),
        binds: HashMap::default(),
        bind_ids: HashMap::new(),
        itext: crate::form::text::Itext::default(),
        controls: Vec::new(),
        kinds: Vec::new(),
        repeats: HashMap::default(),
        problems: Vec::new(),
        items: Vec::new(),
        counts: Vec::new(),
        actions: Vec::new(),
        tokens: Vec::new(),
        tokens_left: limits.tokens,
    }
}

/// `submission` of the model.
fn submission(node: Option<Xml<'_, '_>>) -> Submission {
    let Some(node) = node else { return Submission::default() };
    let text = |name: &str| node.attribute(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let flag = |name: &str| node.attribute((ORX, name)).map(|value| matches!(value, "true" | "true()" | "1"));
    Submission {
        action: text("action"),
        public_key: text("base64RsaPublicKey"),
        auto_send: flag("auto-send"),
        auto_delete: flag("auto-delete"),
    }
}

/// Every submission carries an instance id (OpenRosa metadata); a form that forgot it gets `meta/instanceID`, with the
/// prefix it has for OpenRosa's namespace.
fn add_instance_id(b: &mut Builder<'_>) {
    let Some(root) = b.primary.children(Tree::ROOT).first().copied() else { return };
    let local = |b: &Builder<'_>, node: u32| b.names.local(b.primary.node(node).name).to_owned();
    let meta = b.primary.children(root).iter().copied().find(|node| local(b, *node) == "meta");
    if meta.is_some_and(|meta| b.primary.children(meta).iter().any(|node| local(b, *node) == "instanceID")) {
        return;
    }
    let declared = b.namespaces.iter().filter(|(_, uri)| *uri == ORX).map(|(prefix, _)| prefix.clone()).min();
    let written = meta.and_then(|meta| b.names.get(b.primary.node(meta).name)).map(|name| name.prefix.to_string());
    let prefix = written.or(declared).unwrap_or_default();
    let meta = meta.unwrap_or_else(|| {
        let name = b.names.intern(&prefix, ORX, "meta");
        let meta = b.primary.create(Kind::Element, name);
        b.primary.append(root, meta);
        meta
    });
    let name = b.names.intern(&prefix, ORX, "instanceID");
    let id = b.primary.create(Kind::Element, name);
    b.primary.append(meta, id);
}

/// The name a corrected instance has for the one before it, as the form writes its metadata.
fn deprecated_id(b: &mut Builder<'_>) -> (crate::names::Name, crate::names::Name) {
    let declared = b.namespaces.iter().filter(|(_, uri)| *uri == ORX).map(|(prefix, _)| prefix.clone()).min();
    let plain = b.names.intern("", "", "deprecatedID");
    let prefixed = declared.map_or(plain, |prefix| b.names.intern(&prefix, ORX, "deprecatedID"));
    (plain, prefixed)
}

/// Nodes whose type is a number are true by their number.
fn note_value_types(b: &mut Builder<'_>) {
    for node in 0..b.primary.len() as u32 {
        let def = b.primary.node(node).def;
        if def != crate::tree::NONE {
            b.primary.node_mut(node).numeric = b.schema.def(def).value_type.is_number();
        }
    }
}

/// Leaves with a bind or a control, in the order of the instance.
fn questions(b: &mut Builder<'_>) -> Result<Vec<Question>, Fault> {
    let mut first_control: HashMap<DefId, u32, Mixed> = HashMap::default();
    for (number, control) in b.controls.iter().enumerate() {
        first_control.entry(control.def).or_insert(number as u32);
    }
    let mut order = vec![DOCUMENT];
    let mut questions = Vec::new();
    while let Some(def) = order.pop() {
        order.extend(b.schema.def(def).children.iter().rev());
        let control = first_control.get(&def).copied();
        let bind = b.binds.get(&def);
        if def == DOCUMENT || !b.schema.is_leaf(def) || (control.is_none() && bind.is_none()) {
            continue;
        }
        let value_type = b.schema.def(def).value_type;
        let mut kind = match control.and_then(|number| b.kinds.get(number as usize)) {
            Some(name) => QuestionKind::of(name, value_type).unwrap_or(QuestionKind::Text),
            None => QuestionKind::Hidden,
        };
        let calculated = bind.is_some_and(|bind| bind.calculate.is_some());
        if kind == QuestionKind::Text && !calculated && bind.is_some_and(|bind| is_always(bind.read_only.as_ref())) {
            kind = QuestionKind::Note;
        }
        let attributes = bind.map(|bind| bind.attributes.clone()).unwrap_or_default();
        b.schema.def_mut(def).question = Some(questions.len() as u32);
        let reference = b.schema.def(def).path.clone();
        questions.push(Question { reference, kind, attributes, control, calculated });
    }
    Ok(questions)
}

fn is_always(formula: Option<&crate::form::builder::Formula>) -> bool {
    use crate::xpath::functions::Function;
    formula.is_some_and(|formula| matches!(&formula.expr, Expr::Call(Function::True, _)))
}

/// Moves the expressions of all binds into the graph.
fn graph(b: &mut Builder<'_>, names: &ControlNames) -> Result<Graph, Fault> {
    let mut computations = Vec::new();
    let mut add = |target, role, formula: Option<crate::form::builder::Formula>| {
        if let Some(formula) = formula {
            let (expr, offset) = (formula.expr, formula.offset);
            computations.push(Computation { target, role, expr, offset, rank: 0, speaks: false });
        }
    };
    for def in 1..b.schema.len() as DefId {
        let Some(bind) = b.binds.get_mut(&def) else { continue };
        add(def, Role::Relevant, bind.relevant.take());
        add(def, Role::Calculate, bind.calculate.take());
        add(def, Role::ReadOnly, bind.read_only.take());
        add(def, Role::Required, bind.required.take());
    }
    for (repeat, formula) in b.counts.drain(..) {
        let parent = b.schema.def(repeat).parent;
        let offset = formula.offset;
        if parent == DOCUMENT {
            return Err(Fault { what: What::Malformed("the root element cannot be repeated"), offset });
        }
        add(parent, Role::Count(repeat), Some(formula));
    }
    let itemsets = |question: &str| {
        let control = b.controls.get(names.find(question)?)?;
        match &control.choices {
            Choices::Set(set) => Some((control.def, &set.nodes)),
            _ => None,
        }
    };
    let mut dependencies = Vec::with_capacity(computations.len());
    let mut speaking = Vec::with_capacity(computations.len());
    let mut left = DEPENDENCIES;
    for computation in &computations {
        let (found, speaks, rest) = analyse(&b.schema, computation.target, &computation.expr, &itemsets, left);
        left = rest;
        if left == 0 {
            return Err(Fault { what: What::TooLarge(LimitKind::Nodes), offset: computation.offset });
        }
        dependencies.push(found);
        speaking.push(speaks);
    }
    for (computation, speaks) in computations.iter_mut().zip(speaking) {
        computation.speaks = speaks;
    }
    Graph::build(&b.schema, computations, &dependencies)
}
