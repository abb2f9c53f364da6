//! The way in for XML that nobody has looked at yet: counted before it is parsed, no document type, no entities.

use roxmltree::{Document, ParsingOptions};

use crate::error::{FormError, LimitKind, Place};
use crate::limits::Limits;

/// An error with its byte offset, before it is known as line and column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) what: What,
    pub(crate) offset: usize,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    Malformed(&'static str),
    TooLarge(LimitKind),
    Forbidden(&'static str),
    Expression(&'static str),
    Cycle,
}

impl Fault {
    pub(crate) const fn malformed(what: &'static str, offset: usize) -> Self {
        Self { what: What::Malformed(what), offset }
    }

    pub(crate) fn locate(self, xml: &str) -> FormError {
        let place = place_of(xml, self.offset);
        match self.what {
            What::Malformed(what) => FormError::Malformed { what, place },
            What::TooLarge(limit) => FormError::TooLarge { limit, place },
            What::Forbidden(what) => FormError::Forbidden { what, place },
            What::Expression(what) => FormError::Expression { what, place },
            What::Cycle => FormError::Cycle { place },
        }
    }
}

/// Line and column of a byte offset.
pub(crate) fn place_of(xml: &str, offset: usize) -> Place {
    let mut offset = offset.min(xml.len());
    while !xml.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &xml[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1;
    Place { line, column: before[line_start..].chars().count() as u32 + 1 }
}

/// Parses within the limits.
pub(crate) fn read<'x>(xml: &'x str, limits: &Limits) -> Result<Document<'x>, FormError> {
    count(xml, limits).map_err(|fault| fault.locate(xml))?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: u32::try_from(limits.nodes).unwrap_or(u32::MAX),
        ..ParsingOptions::default()
    };
    Document::parse_with_options(xml, options).map_err(|error| {
        let at = error.pos();
        let place = Place { line: at.row, column: at.col };
        match error {
            roxmltree::Error::DtdDetected => FormError::Forbidden { what: "a document type", place },
            roxmltree::Error::UnknownEntityReference(..) => FormError::Forbidden { what: "an entity", place },
            // These have no place of their own.
            roxmltree::Error::UnclosedRootNode
            | roxmltree::Error::UnexpectedEndOfStream
            | roxmltree::Error::NoRootNode => {
                FormError::Malformed { what: "the form ends before it is whole", place: place_of(xml, xml.len()) }
            }
            roxmltree::Error::NodesLimitReached => FormError::TooLarge { limit: LimitKind::Nodes, place },
            _ => FormError::Malformed { what: "the form is not well-formed XML", place },
        }
    })
}

/// Attributes of one element, and namespace declarations of a form: the reader compares each with all others in force.
const ATTRIBUTES: usize = 1_000;
const NAMESPACES: usize = 1_000;

/// One quick pass over the bytes, so that a hostile file is refused before anything is built from it.
fn count(xml: &str, limits: &Limits) -> Result<(), Fault> {
    let too_large = |limit, offset| Fault { what: What::TooLarge(limit), offset };
    if xml.len() > limits.bytes {
        return Err(too_large(LimitKind::Bytes, limits.bytes));
    }
    let bytes = xml.as_bytes();
    let (mut at, mut depth, mut nodes) = (0, 0_usize, 0_usize);
    let declaration = memchr::memmem::Finder::new(b"xmlns");
    if let Some(offset) = declaration.find_iter(bytes).nth(NAMESPACES) {
        return Err(too_large(LimitKind::Nodes, offset));
    }
    while let Some(offset) = find(bytes, at, b"<") {
        let rest = &bytes[offset..];
        at = if rest.starts_with(b"<!--") {
            find(bytes, offset + 4, b"-->").map(|end| end + 3)
        } else if rest.starts_with(b"<![CDATA[") {
            find(bytes, offset + 9, b"]]>").map(|end| end + 3)
        } else if rest.starts_with(b"<!") {
            return Err(Fault { what: What::Forbidden("a document type"), offset });
        } else if rest.starts_with(b"<?") {
            find(bytes, offset + 2, b"?>").map(|end| end + 2)
        } else if rest.starts_with(b"</") {
            depth = depth.saturating_sub(1);
            find(bytes, offset, b">").map(|end| end + 1)
        } else {
            let end = tag_end(bytes, offset);
            if let Some((end, attributes)) = end {
                nodes += 1 + attributes;
                depth += usize::from(bytes[end - 2] != b'/');
                if attributes > ATTRIBUTES {
                    return Err(too_large(LimitKind::Nodes, offset));
                }
            }
            end.map(|(end, _)| end)
        }
        .ok_or(Fault::malformed("a tag or comment has no end", offset))?;
        if depth > limits.depth {
            return Err(too_large(LimitKind::Depth, offset));
        }
        if nodes > limits.nodes {
            return Err(too_large(LimitKind::Nodes, offset));
        }
    }
    Ok(())
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let place = match what {
        [byte] => memchr::memchr(*byte, rest),
        _ => memchr::memmem::find(rest, what),
    };
    place.map(|place| from + place)
}

/// The offset after the `>` that ends the tag, quotes skipped, and how many values stand in quotes.
fn tag_end(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let (mut at, mut values) = (from, 0);
    loop {
        at += memchr::memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        if bytes[at] == b'>' {
            return Some((at + 1, values));
        }
        at += 2 + memchr::memchr(bytes[at], bytes.get(at + 1..)?)?;
        values += 1;
    }
}
