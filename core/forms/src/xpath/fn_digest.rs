//! Digests and Base64.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::error::Problem;
use crate::xpath::ast::Expr;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::functions::Function;
use crate::xpath::value::Value;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(crate) fn call<'a>(
    e: &Eval<'a>,
    function: Function,
    arguments: &'a [Expr],
    c: &Context,
) -> Result<Value<'a>, Problem> {
    let text = e.text(&arguments[0], c)?;
    if function == Function::Base64Decode {
        let packed: String = text.split_whitespace().collect();
        // What is not Base64 decodes to nothing, as in Collect.
        let bytes = BASE64.decode(packed).unwrap_or_default();
        return Ok(String::from_utf8_lossy(&bytes).into_owned().into());
    }
    let algorithm = e.text(&arguments[1], c)?;
    let sum = match algorithm.to_ascii_uppercase().as_str() {
        "MD5" => Md5::digest(text.as_bytes()).to_vec(),
        "SHA-1" => Sha1::digest(text.as_bytes()).to_vec(),
        "SHA-256" => Sha256::digest(text.as_bytes()).to_vec(),
        "SHA-384" => Sha384::digest(text.as_bytes()).to_vec(),
        "SHA-512" => Sha512::digest(text.as_bytes()).to_vec(),
        _ => return Err(Problem::Algorithm),
    };
    let encoding = match arguments.get(2) {
        Some(argument) => e.text(argument, c)?.to_ascii_lowercase(),
        None => "base64".to_owned(),
    };
    match encoding.as_str() {
        "base64" => Ok(BASE64.encode(sum).into()),
        "hex" => Ok(sum.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()),
        _ => Err(Problem::Algorithm),
    }
}

/// First eight bytes of SHA-256, big-endian and signed: the seed that a text stands for.
pub(crate) fn seed_of(text: &str) -> i64 {
    let sum = Sha256::digest(text.as_bytes());
    sum.iter().take(8).fold(0_i64, |seed, byte| (seed << 8) | i64::from(*byte))
}
