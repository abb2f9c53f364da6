//! Paths, filters and steps.

use crate::names::Name;
use crate::xpath::ast::{Axis, Expr, Path, Predicate, Start, Step, Test};
use crate::xpath::functions::Function;
use crate::xpath::lexer::Token;
use crate::xpath::parser::{Dialect, Parser};
use crate::xpath::predicate::split;

impl Parser<'_, '_, '_> {
    pub(super) fn path(&mut self) -> Result<Expr, &'static str> {
        let start = match self.peek() {
            Some(Token::Symbol("/")) => {
                self.at += 1;
                let mut steps = Vec::new();
                if self.step_follows() {
                    self.steps(&mut steps)?;
                }
                return Ok(Expr::Path(Path::new(Start::Root, steps)));
            }
            Some(Token::Symbol("//")) => Start::Root,
            _ => Start::Context,
        };
        let mut steps = Vec::new();
        if self.take("//") {
            steps.push(any_descendant());
        }
        self.steps(&mut steps)?;
        Ok(Expr::Path(Path::new(start, steps)))
    }

    fn is_call(&self) -> bool {
        let behind = self.tokens.get(self.at + 1) == Some(&Token::Symbol("("));
        behind && !matches!(self.peek(), Some(Token::Name("", "node" | "text" | "comment" | "processing-instruction")))
    }

    fn step_follows(&self) -> bool {
        matches!(self.peek(), Some(Token::Name(..) | Token::Axis(_) | Token::Symbol("." | ".." | "@")))
    }

    /// A literal, a call or a parenthesis comes next, and not a step.
    pub(super) fn primary_follows(&self) -> bool {
        match self.peek() {
            Some(Token::Number(_) | Token::Literal(_) | Token::Symbol("(")) => true,
            Some(Token::Name(..)) => self.is_call(),
            _ => false,
        }
    }

    pub(super) fn primary(&mut self) -> Result<Expr, &'static str> {
        match self.peek() {
            Some(Token::Number(number)) => {
                self.at += 1;
                Ok(Expr::Number(number))
            }
            Some(Token::Literal(text)) => {
                self.at += 1;
                Ok(Expr::Text(text.into()))
            }
            Some(Token::Name(prefix, local)) => {
                self.at += 2;
                let arguments = self.arguments()?;
                let mut function = Function::from_name(prefix, local);
                if self.scope.dialect == Dialect::Odk && arguments.is_empty() && function.needs_argument_in_forms() {
                    function = Function::Unknown;
                }
                Ok(Expr::Call(function, arguments))
            }
            _ => {
                self.need("(")?;
                let inner = self.expression(0)?;
                self.need(")")?;
                Ok(inner)
            }
        }
    }

    /// The predicates and steps behind a primary expression.
    pub(super) fn behind(&mut self, inner: Expr) -> Result<Expr, &'static str> {
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        if self.take("//") {
            steps.push(any_descendant());
            self.steps(&mut steps)?;
        } else if self.take("/") {
            self.steps(&mut steps)?;
        }
        Ok(self.start_from(inner, predicates, steps))
    }

    fn start_from(&self, inner: Expr, predicates: Vec<Predicate>, steps: Vec<Step>) -> Expr {
        let known = match &inner {
            _ if !predicates.is_empty() => None,
            Expr::Call(Function::Current, arguments) if arguments.is_empty() => Some(Start::Current),
            Expr::Call(Function::Instance, arguments) => match arguments.as_slice() {
                [Expr::Text(id)] => self.scope.instances.get(&**id).map(|number| Start::Instance(*number)),
                _ => None,
            },
            _ => None,
        };
        match known {
            Some(start) => Expr::Path(Path::new(start, steps)),
            None if predicates.is_empty() && steps.is_empty() => inner,
            None => Expr::Path(Path::new(Start::Filter(Box::new(inner), predicates), steps)),
        }
    }

    fn predicates(&mut self) -> Result<Vec<Predicate>, &'static str> {
        let mut list = Vec::new();
        while self.take("[") {
            split(self.expression(0)?, &mut list);
            self.need("]")?;
        }
        Ok(list)
    }

    fn steps(&mut self, steps: &mut Vec<Step>) -> Result<(), &'static str> {
        loop {
            let step = self.step()?;
            steps.push(step);
            if self.take("//") {
                steps.push(any_descendant());
            } else if !self.take("/") {
                return Ok(());
            }
        }
    }

    fn step(&mut self) -> Result<Step, &'static str> {
        if self.take(".") {
            let predicates = self.predicates()?;
            return Ok(Step { axis: Axis::SelfNode, test: Test::Node, predicates });
        }
        if self.take("..") {
            let predicates = self.predicates()?;
            return Ok(Step { axis: Axis::Parent, test: Test::Node, predicates });
        }
        let axis = if self.take("@") {
            Axis::Attribute
        } else if let Some(Token::Axis(name)) = self.peek() {
            self.at += 1;
            let refused = matches!(name, "descendant" | "namespace") && self.scope.dialect == Dialect::Odk;
            Axis::from_name(name).filter(|_| !refused).ok_or("there is no such axis")?
        } else {
            Axis::Child
        };
        let test = self.test()?;
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn test(&mut self) -> Result<Test, &'static str> {
        let Some(Token::Name(prefix, local)) = self.peek() else { return Err("a step of a path is missing") };
        let is_type = self.tokens.get(self.at + 1) == Some(&Token::Symbol("("));
        self.at += 1;
        if is_type && prefix.is_empty() {
            self.need("(")?;
            if matches!(self.peek(), Some(Token::Literal(_))) && local == "processing-instruction" {
                self.at += 1;
            }
            self.need(")")?;
            return match local {
                "node" => Ok(Test::Node),
                "text" if self.scope.dialect == Dialect::Odk => Err("text() is not part of the language of forms"),
                "text" => Ok(Test::Text),
                "comment" | "processing-instruction" => Ok(Test::Nothing),
                _ => Err("a call stands where a step should"),
            };
        }
        if (prefix, local) == ("", "*") {
            return Ok(Test::Any);
        }
        // A prefix that the form does not declare stands for itself, as in forms written by hand.
        let declared = self.scope.namespaces.get(prefix);
        if declared.is_none() && local == "*" {
            return Err("a prefix is not declared");
        }
        let namespace = declared.map_or(prefix, String::as_str).to_owned();
        let name: Name = self.scope.names.intern(prefix, &namespace, local);
        Ok(if local == "*" { Test::Namespace(name) } else { Test::Name(name) })
    }
}

fn any_descendant() -> Step {
    Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() }
}
