//! Which computation reads what, and the order they run in.
//!
//! The graph is over definitions, not nodes. A reader carries a *pin*: the innermost repeat whose instance it shares with
//! what it reads. When a node changes, the readers to run again are those below the same instance of the pin, so that a
//! change inside one instance of a repeat touches that instance alone, unless an expression looks across instances.

use crate::form::schema::{DOCUMENT, DefId, Schema};
use crate::xml::{Fault, What};
use crate::xpath::ast::Expr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Calculate,
    Relevant,
    ReadOnly,
    Required,
    /// Number of instances of a repeat; runs on the repeat's parent.
    Count(DefId),
}

pub(crate) struct Computation {
    /// The definition of the nodes it runs on.
    pub(crate) target: DefId,
    pub(crate) role: Role,
    pub(crate) expr: Expr,
    /// Byte offset in the form.
    pub(crate) offset: usize,
    /// Runs after everything of a lower rank.
    pub(crate) rank: u32,
    /// Uses translated texts.
    pub(crate) speaks: bool,
}

/// One thing an expression reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Dependency {
    pub(crate) def: DefId,
    pub(crate) pin: DefId,
    pub(crate) what: Reads,
    /// Reads the instance of the pin so many places on from its own.
    pub(crate) shift: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reads {
    Value,
    /// Which nodes there are.
    Structure,
    /// The place of its own instance among the others.
    Position,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) computation: u32,
    pub(crate) pin: DefId,
    pub(crate) shift: i32,
}

#[derive(Default)]
pub(crate) struct Graph {
    pub(crate) computations: Vec<Computation>,
    /// By target definition.
    pub(crate) on: Vec<Vec<u32>>,
    /// Readers of values and of structure, by definition.
    pub(crate) value: Vec<Vec<Reader>>,
    pub(crate) structure: Vec<Vec<Reader>>,
    /// Readers of the place of their own instance, by the repeat's definition.
    pub(crate) position: Vec<Vec<Reader>>,
}

impl Graph {
    pub(crate) fn build(
        schema: &Schema,
        mut computations: Vec<Computation>,
        dependencies: &[Vec<Dependency>],
    ) -> Result<Self, Fault> {
        let mut graph = Self {
            computations: Vec::new(),
            on: vec![Vec::new(); schema.len()],
            value: vec![Vec::new(); schema.len()],
            structure: vec![Vec::new(); schema.len()],
            position: vec![Vec::new(); schema.len()],
        };
        for (number, computation) in computations.iter().enumerate() {
            graph.on[computation.target as usize].push(number as u32);
        }
        let mut before: Vec<Vec<u32>> = Vec::with_capacity(computations.len());
        for (number, list) in dependencies.iter().enumerate() {
            let mut first = Vec::new();
            for dependency in list {
                let readers = match dependency.what {
                    Reads::Value => &mut graph.value[dependency.def as usize],
                    Reads::Structure => &mut graph.structure[dependency.def as usize],
                    Reads::Position => &mut graph.position[dependency.def as usize],
                };
                let (pin, shift) = (dependency.pin, dependency.shift);
                let reader = Reader { computation: number as u32, pin, shift };
                // Readers come computation by computation, so that only the last ones can be the same.
                if !readers
                    .iter()
                    .rev()
                    .take_while(|one| one.computation == reader.computation)
                    .any(|one| *one == reader)
                {
                    readers.push(reader);
                }
                let target = computations[number].target;
                first.extend(producers(schema, &computations, &graph.on, dependency).filter(|producer| {
                    // Across instances of one repeat there is no fixed order: those settle by running again.
                    let common = schema.common_scope(target, computations[*producer as usize].target);
                    let pin = if shift == 0 { pin } else { DOCUMENT };
                    schema.def(common).depth <= schema.def(pin).depth
                }));
            }
            first.sort_unstable();
            first.dedup();
            before.push(first);
        }
        rank(&mut computations, &before)?;
        graph.computations = computations;
        Ok(graph)
    }
}

/// Computations that can change what a dependency reads.
fn producers<'g>(
    schema: &'g Schema,
    computations: &'g [Computation],
    on: &'g [Vec<u32>],
    dependency: &Dependency,
) -> impl Iterator<Item = u32> + 'g {
    let (def, what) = (dependency.def, dependency.what);
    schema.chain(def).chain([DOCUMENT]).flat_map(move |at| {
        on[at as usize].iter().copied().filter(move |number| match computations[*number as usize].role {
            // Places count every instance, relevant or not.
            Role::Relevant => what != Reads::Position,
            Role::Calculate => at == def && what == Reads::Value,
            Role::Count(repeat) => what != Reads::Value && repeat == def,
            Role::ReadOnly | Role::Required => false,
        })
    })
}

/// Longest distance from a computation that reads nothing computed; a circle has none.
fn rank(computations: &mut [Computation], before: &[Vec<u32>]) -> Result<(), Fault> {
    let mut after: Vec<Vec<u32>> = vec![Vec::new(); computations.len()];
    let mut waiting: Vec<usize> = before.iter().map(Vec::len).collect();
    for (number, list) in before.iter().enumerate() {
        list.iter().for_each(|first| after[*first as usize].push(number as u32));
    }
    let mut ready: Vec<u32> = (0..computations.len() as u32).filter(|number| waiting[*number as usize] == 0).collect();
    while let Some(number) = ready.pop() {
        let next = computations[number as usize].rank + 1;
        for follower in &after[number as usize] {
            let follower = *follower as usize;
            computations[follower].rank = computations[follower].rank.max(next);
            waiting[follower] -= 1;
            if waiting[follower] == 0 {
                ready.push(follower as u32);
            }
        }
    }
    let Some(stuck) = waiting.iter().position(|count| *count > 0) else { return Ok(()) };
    // What waits may only stand behind a circle; going back far enough ends inside it.
    let mut at = stuck;
    for _ in 0..computations.len() {
        match before[at].iter().find(|first| waiting[**first as usize] > 0) {
            Some(first) => at = *first as usize,
            None => break,
        }
    }
    Err(Fault { what: What::Cycle, offset: computations[at].offset })
}
