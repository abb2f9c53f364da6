//! XPath 1.0 in ODK's dialect: parsed once, evaluated over indexed trees.

pub(crate) mod ast;
mod axes;
pub(crate) mod budget;
pub(crate) mod compare;
pub(crate) mod dates;
mod decimal;
pub(crate) mod eval;
mod fn_booleans;
mod fn_dates;
mod fn_digest;
mod fn_facts;
pub(crate) mod fn_geo;
mod fn_node_sets;
mod fn_numbers;
mod fn_random;
mod fn_selects;
mod fn_strings;
pub(crate) mod format_date;
pub(crate) mod functions;
pub(crate) mod lexer;
mod list_axes;
pub(crate) mod number;
pub(crate) mod parser;
mod parser_path;
mod path;
mod predicate;
mod regex;
pub(crate) mod value;

#[cfg(any(test, feature = "conformance"))]
pub(crate) mod bench;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod odd_cases;
