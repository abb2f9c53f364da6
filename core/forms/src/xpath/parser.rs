//! Text to expression tree. Depth is bounded, so that neither parsing, running nor dropping an expression can overflow.

use std::collections::HashMap;

use crate::names::Names;
use crate::xpath::ast::{Comparison, Expr, Operator};
use crate::xpath::lexer::{Buffer, TOO_DEEP, Token, reused, tokens};

/// What may stand in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Of a form: what every engine of the field refuses is refused, so that a form works everywhere or nowhere.
    Odk,
    /// XPath 1.0 as it is; only recorded cases ask for it.
    #[cfg(any(test, feature = "conformance"))]
    Plain,
}

/// What names in an expression mean.
pub(crate) struct Scope<'s> {
    pub(crate) names: &'s mut Names,
    /// Prefix to namespace, as declared in the form.
    pub(crate) namespaces: &'s HashMap<String, String>,
    /// Instance id to number; 0 is the primary instance.
    pub(crate) instances: &'s HashMap<String, u32>,
    pub(crate) nesting: usize,
    pub(crate) dialect: Dialect,
    pub(crate) buffer: &'s mut Buffer,
    /// Tokens that this expression and those after it may still have.
    pub(crate) left: &'s mut usize,
}

pub(crate) fn parse(text: &str, scope: &mut Scope<'_>) -> Result<Expr, &'static str> {
    let mut list = reused(std::mem::take(scope.buffer));
    let nesting = scope.nesting;
    let read = tokens(text, nesting, *scope.left, &mut list);
    // Also of one that is not understood: a form may be tolerated with many of them.
    *scope.left -= list.len();
    read?;
    let mut parser = Parser { tokens: list, at: 0, depth: 0, scope };
    let expr = parser.expression(0)?;
    if parser.at < parser.tokens.len() {
        return Err("something stands behind the end of the expression");
    }
    *parser.scope.buffer = reused(parser.tokens);
    // Operators of several precedences go deeper than the parser did.
    if expr.height(nesting) > nesting { Err(TOO_DEEP) } else { Ok(expr) }
}

pub(super) struct Parser<'t, 's, 'n> {
    pub(super) tokens: Vec<Token<'t>>,
    pub(super) at: usize,
    depth: usize,
    pub(super) scope: &'s mut Scope<'n>,
}

/// Level of precedence of an operator, loosest first; a chain of one level is one node of the tree.
fn level(symbol: &str) -> Option<usize> {
    Some(match symbol {
        "or" => 0,
        "and" => 1,
        "=" | "!=" => 2,
        "<" | "<=" | ">" | ">=" => 3,
        "+" | "-" => 4,
        "*" | "div" | "mod" => 5,
        "|" => UNARY,
        _ => return None,
    })
}

const UNARY: usize = 6;

impl<'t> Parser<'t, '_, '_> {
    pub(super) fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    // Inlined, so that comparing with a symbol of one letter is comparing one byte.
    #[inline]
    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let found = self.peek() == Some(Token::Symbol(symbol));
        self.at += usize::from(found);
        found
    }

    pub(super) fn need(&mut self, symbol: &str) -> Result<(), &'static str> {
        if self.take(symbol) { Ok(()) } else { Err("a bracket, comma or operator is missing or out of place") }
    }

    /// Everything from `level` on, by precedence climbing: one call a nesting level instead of one a precedence.
    pub(super) fn expression(&mut self, level: usize) -> Result<Expr, &'static str> {
        self.depth += 1;
        if self.depth > self.scope.nesting {
            return Err(TOO_DEEP);
        }
        let mut left = self.operand()?;
        while let Some((found, symbol)) = self.operator().filter(|(found, _)| *found >= level) {
            left = self.chain(left, found, symbol)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&self) -> Option<(usize, &'t str)> {
        let Some(Token::Symbol(symbol)) = self.peek() else { return None };
        level(symbol).map(|level| (level, symbol))
    }

    fn chain(&mut self, first: Expr, level: usize, symbol: &'t str) -> Result<Expr, &'static str> {
        let mut rest = Vec::new();
        let mut symbol = symbol;
        loop {
            self.at += 1;
            rest.push((symbol, self.expression(level + 1)?));
            match self.operator() {
                Some((found, next)) if found == level => symbol = next,
                _ => break,
            }
        }
        Ok(match level {
            0 => Expr::Or(all(first, rest)),
            1 => Expr::And(all(first, rest)),
            2 | 3 => {
                let rest = rest.into_iter().map(|(symbol, expr)| (comparison(symbol), expr)).collect();
                Expr::Compare(Box::new(first), rest)
            }
            UNARY => Expr::Union(all(first, rest)),
            _ => {
                let rest = rest.into_iter().map(|(symbol, expr)| (arithmetic(symbol), expr)).collect();
                Expr::Arithmetic(Box::new(first), rest)
            }
        })
    }

    fn operand(&mut self) -> Result<Expr, &'static str> {
        let mut minus = 0;
        while self.take("-") {
            minus += 1;
        }
        if minus == 0 {
            if self.primary_follows() {
                let inner = self.primary()?;
                return self.behind(inner);
            }
            return self.path();
        }
        let inner = self.expression(UNARY)?;
        let negated = Expr::Negate(Box::new(inner));
        // Two minus signs still turn a text into a number.
        Ok(if minus % 2 == 1 { negated } else { Expr::Negate(Box::new(negated)) })
    }

    pub(super) fn arguments(&mut self) -> Result<Vec<Expr>, &'static str> {
        let mut list = Vec::new();
        if self.take(")") {
            return Ok(list);
        }
        loop {
            list.push(self.expression(0)?);
            if self.take(")") {
                return Ok(list);
            }
            self.need(",")?;
        }
    }
}

fn all(first: Expr, rest: Vec<(&str, Expr)>) -> Vec<Expr> {
    std::iter::once(first).chain(rest.into_iter().map(|(_, expr)| expr)).collect()
}

fn comparison(symbol: &str) -> Comparison {
    match symbol {
        "=" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        _ => Comparison::GreaterOrEqual,
    }
}

fn arithmetic(symbol: &str) -> Operator {
    match symbol {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "div" => Operator::Divide,
        _ => Operator::Modulo,
    }
}
