//! Tokens of XPath 1.0, with its rule for `*` and operator names (XPath 1.0 §3.7).

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Token<'a> {
    Number(f64),
    Literal(&'a str),
    /// A name in the place of an operand: prefix (maybe empty) and local part, which may be `*`.
    Name(&'a str, &'a str),
    /// `and`, `or`, `div`, `mod`, or punctuation.
    Symbol(&'a str),
    /// A name before `::`.
    Axis(&'a str),
}

/// Memory for tokens that one expression leaves to the next.
pub(crate) type Buffer = Vec<Token<'static>>;

/// The same memory for tokens of another text. The list comes back empty.
pub(crate) fn reused<'b>(mut list: Vec<Token<'_>>) -> Vec<Token<'b>> {
    list.clear();
    // Collecting in place keeps the memory; there is nothing to map.
    list.into_iter().map(|_| Token::Number(0.0)).collect()
}

/// More brackets inside each other than an expression may have.
pub(crate) const TOO_DEEP: &str = "too many parentheses or predicates inside each other";
/// More tokens than are left.
pub(crate) const TOO_LONG: &str = "the expressions of the form are too long";

/// Adds the tokens of a text to `list`, which is empty: no more than `most`, with no more than `nesting` brackets inside each
/// other, so that a text that means harm is refused before its tokens take memory.
pub(crate) fn tokens<'t>(
    text: &'t str,
    nesting: usize,
    most: usize,
    list: &mut Vec<Token<'t>>,
) -> Result<(), &'static str> {
    let (mut at, mut open) = (0, 0_usize);
    while at < text.len() {
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { break };
        if first.is_ascii_whitespace() || first == '\u{a0}' {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = match first {
            '"' | '\'' => {
                let end = rest[1..].find(first).ok_or("a text has no closing quote")?;
                (Token::Literal(&rest[1..=end]), end + 2)
            }
            '0'..='9' => number(rest),
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => number(rest),
            c if is_name_start(c) => name(rest, list),
            _ => {
                let second = rest.as_bytes().get(1).copied().unwrap_or_default();
                let length = match (first, second) {
                    (':', b':') | ('/', b'/') | ('.', b'.') | ('!' | '<' | '>', b'=') => 2,
                    ('(' | ')' | '[' | ']' | '@' | ',' | '/' | '|' | '+' | '-' | '*' | '=' | '<' | '>' | '.', _) => 1,
                    _ => return Err("a character has no meaning here"),
                };
                match first {
                    '(' | '[' => open += 1,
                    ')' | ']' => open = open.saturating_sub(1),
                    _ => {}
                }
                let symbol = &rest[..length];
                if symbol == "*" && !operator_expected(list) {
                    (Token::Name("", "*"), 1)
                } else {
                    (Token::Symbol(symbol), length)
                }
            }
        };
        if open > nesting {
            return Err(TOO_DEEP);
        }
        if list.len() == most {
            return Err(TOO_LONG);
        }
        list.push(token);
        at += length;
    }
    Ok(())
}

fn number(rest: &str) -> (Token<'_>, usize) {
    let mut dots = 0;
    let length = rest
        .bytes()
        .take_while(|byte| {
            dots += usize::from(*byte == b'.');
            byte.is_ascii_digit() || (*byte == b'.' && dots == 1)
        })
        .count();
    (Token::Number(rest[..length].parse().unwrap_or(f64::NAN)), length)
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn name_length(text: &str) -> usize {
    if !text.starts_with(is_name_start) {
        return 0;
    }
    text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(text.len())
}

/// A token before this one that is an operand makes this one an operator.
fn operator_expected(before: &[Token<'_>]) -> bool {
    match before.last() {
        None | Some(Token::Axis(_)) => false,
        Some(Token::Symbol(symbol)) => matches!(*symbol, ")" | "]" | "." | ".."),
        Some(_) => true,
    }
}

fn name<'a>(rest: &'a str, before: &[Token<'_>]) -> (Token<'a>, usize) {
    let length = name_length(rest);
    let first = &rest[..length];
    if operator_expected(before) {
        // Engines of the field read `1div2` as a division, so a digit ends an operator's name.
        let end = first.find(|c: char| c.is_ascii_digit()).unwrap_or(length);
        if matches!(&first[..end], "and" | "or" | "div" | "mod") {
            return (Token::Symbol(&first[..end]), end);
        }
    }
    let behind = &rest[length..];
    if behind.trim_start().starts_with("::") {
        return (Token::Axis(first), rest.len() - behind.trim_start().len() + 2);
    }
    if let Some(local) = behind.strip_prefix(':') {
        if local.starts_with('*') {
            return (Token::Name(first, "*"), length + 2);
        }
        let local_length = name_length(local);
        if local_length > 0 {
            return (Token::Name(first, &local[..local_length]), length + 1 + local_length);
        }
    }
    (Token::Name("", first), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token<'_>>, &'static str> {
        let mut list = Vec::new();
        super::tokens(text, 10, 10, &mut list).map(|()| list)
    }

    #[test]
    fn a_star_or_name_after_an_operand_is_an_operator() {
        use Token::{Name, Number, Symbol};
        assert_eq!(tokens("2 * *").unwrap(), [Number(2.0), Symbol("*"), Name("", "*")]);
        assert_eq!(tokens("div div div").unwrap(), [Name("", "div"), Symbol("div"), Name("", "div")]);
        assert_eq!(tokens("a-b -c").unwrap(), [Name("", "a-b"), Symbol("-"), Name("", "c")]);
        assert_eq!(tokens(". * ..").unwrap(), [Symbol("."), Symbol("*"), Symbol("..")]);
        assert_eq!(tokens("self::orx:meta").unwrap(), [Token::Axis("self"), Name("orx", "meta")]);
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_refused() {
        assert!(tokens(&"(".repeat(10)).is_ok() && tokens("()()()()()").is_ok());
        assert_eq!(tokens(&"+".repeat(11)), Err(super::TOO_LONG));
        assert_eq!(super::tokens("(((", 2, 10, &mut Vec::new()), Err(super::TOO_DEEP));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for bad in ["'open", "a # b", "a & b", "$x", "a;b"] {
            assert!(tokens(bad).is_err(), "{bad}");
        }
    }
}
