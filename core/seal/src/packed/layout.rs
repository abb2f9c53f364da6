//! How the answers of one form version are laid out in bits. Made from the form by who knows forms; part of the form's version,
//! so a new version is a new layout and old ones stay readable.

use minicbor::{Decode, Encode};
use wayside_model::{CivilDate, FormRef, to_canonical};

use crate::packed::bits::{BitReader, BitWriter};
use crate::{SealError, sha256};

/// Days a date may lie after this day: 2000-01-01, or before it by as much. 90 years both ways.
const DATE_ZERO: i64 = 10_957;
const DATE_BITS: u32 = 16;
/// A point is kept to 0.00001 degrees, about a metre.
const POINT_SCALE: f64 = 1e5;

/// What a question takes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum FieldKind {
    /// One of these codes.
    #[n(0)]
    One(#[n(0)] Vec<String>),
    /// Any of these codes, in this order, with spaces between.
    #[n(1)]
    Many(#[n(0)] Vec<String>),
    /// A whole number from low to high.
    #[n(2)]
    Whole {
        /// The least.
        #[n(0)]
        low: i64,
        /// The greatest.
        #[n(1)]
        high: i64,
    },
    /// A day of the Gregorian calendar, `YYYY-MM-DD`.
    #[n(3)]
    Date,
    /// A point, `latitude longitude 0 0` with five decimals.
    #[n(4)]
    Point,
    /// Anything else.
    #[n(5)]
    Text,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Field {
    /// Its reference, as answers have it.
    #[n(0)]
    pub reference: String,
    /// What it takes.
    #[n(1)]
    pub kind: FieldKind,
}

/// The layout of one form version.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Layout {
    /// The exact form.
    #[n(0)]
    pub form: FormRef,
    /// Its languages, the first 63 of them.
    #[n(1)]
    pub languages: Vec<String>,
    /// Its questions, in their order.
    #[n(2)]
    pub fields: Vec<Field>,
}

impl Layout {
    /// Names the layout in an envelope. Two may share a tag; the check of the content tells them apart.
    pub fn tag(&self) -> [u8; 2] {
        let hash = sha256(&to_canonical(self));
        [hash[0], hash[1]]
    }
}

impl FieldKind {
    /// Writes a value, or fails with `Malformed` where it has another form. A text goes to `texts`.
    pub(crate) fn put(&self, value: &str, bits: &mut BitWriter, texts: &mut Vec<String>) -> Result<(), SealError> {
        match self {
            Self::One(codes) => {
                let index = codes.iter().position(|code| code == value).ok_or(SealError::Malformed)?;
                bits.put(index as u64, width(codes.len() as u64))
            }
            Self::Many(codes) => {
                let chosen: Vec<&str> = value.split(' ').filter(|code| !code.is_empty()).collect();
                codes.iter().try_for_each(|code| bits.flag(chosen.contains(&code.as_str())))
            }
            Self::Whole { low, high } => {
                let number: i64 = value.parse().map_err(|_| SealError::Malformed)?;
                let offset = number.checked_sub(*low).filter(|_| number <= *high).ok_or(SealError::Malformed)?;
                bits.put(u64::try_from(offset).map_err(|_| SealError::Malformed)?, span(*low, *high))
            }
            Self::Date => {
                let date: CivilDate = value.parse().map_err(|_| SealError::Malformed)?;
                let day = date.to_days() - DATE_ZERO + (1 << (DATE_BITS - 1));
                bits.put(u64::try_from(day).map_err(|_| SealError::Malformed)?, DATE_BITS)
            }
            Self::Point => {
                let mut parts = value.split(' ').map(str::parse::<f64>);
                let (Some(Ok(lat)), Some(Ok(lon))) = (parts.next(), parts.next()) else {
                    return Err(SealError::Malformed);
                };
                // In range after the checks of `put`; what rounding changed is noticed when the result is compared.
                bits.put(((lat + 90.0) * POINT_SCALE).round() as u64, 25)?;
                bits.put(((lon + 180.0) * POINT_SCALE).round() as u64, 26)
            }
            Self::Text => {
                texts.push(value.to_owned());
                Ok(())
            }
        }
    }

    /// Reads a value; a text comes from `texts` in its turn.
    pub(crate) fn take(&self, bits: &mut BitReader<'_>, texts: &mut Vec<Slot>) -> Result<String, SealError> {
        match self {
            Self::One(codes) => {
                let index = bits.take(width(codes.len() as u64))? as usize;
                codes.get(index).cloned().ok_or(SealError::Malformed)
            }
            Self::Many(codes) => {
                let mut chosen = Vec::new();
                for code in codes {
                    if bits.flag()? {
                        chosen.push(code.as_str());
                    }
                }
                Ok(chosen.join(" "))
            }
            Self::Whole { low, high } => {
                let offset = i64::try_from(bits.take(span(*low, *high))?).map_err(|_| SealError::Malformed)?;
                Ok(low.checked_add(offset).ok_or(SealError::Malformed)?.to_string())
            }
            Self::Date => {
                let day = bits.take(DATE_BITS)? as i64 - (1 << (DATE_BITS - 1)) + DATE_ZERO;
                Ok(CivilDate::from_days(day).to_string())
            }
            Self::Point => {
                let lat = bits.take(25)? as i64 - 9_000_000;
                let lon = bits.take(26)? as i64 - 18_000_000;
                Ok(format!("{} {} 0 0", degrees(lat), degrees(lon)))
            }
            Self::Text => {
                texts.push(Slot);
                Ok(String::new())
            }
        }
    }
}

/// A place that a text fills later.
pub(crate) struct Slot;

fn degrees(scaled: i64) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    format!("{sign}{}.{:05}", scaled.unsigned_abs() / 100_000, scaled.unsigned_abs() % 100_000)
}

fn span(low: i64, high: i64) -> u32 {
    width(high.abs_diff(low).saturating_add(1))
}

/// Bits that number `count` things.
fn width(count: u64) -> u32 {
    if count <= 1 { 0 } else { 64 - (count - 1).leading_zeros() }
}
