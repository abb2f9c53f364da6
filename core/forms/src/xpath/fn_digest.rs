//! Digests, Base64 and signed texts.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ed25519_dalek::{Signature, VerifyingKey};
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
        return Ok(String::from_utf8_lossy(&unpacked(&text)).into_owned().into());
    }
    let algorithm = e.text(&arguments[1], c)?;
    if function == Function::ExtractSigned {
        return Ok(signed(&unpacked(&text), &unpacked(&algorithm)).unwrap_or_default().into());
    }
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

/// What is not Base64 decodes to nothing, as in Collect.
fn unpacked(text: &str) -> Vec<u8> {
    let packed: String = text.split_whitespace().collect();
    BASE64.decode(packed).unwrap_or_default()
}

/// The text behind an Ed25519 signature of 64 bytes, if it was made with the key of this public key (RFC 8032).
fn signed(contents: &[u8], key: &[u8]) -> Option<String> {
    let (signature, message) = contents.split_first_chunk::<64>()?;
    let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    // Strict: no second signature of the same text can be made from the first, and no weak key fits everything.
    key.verify_strict(message, &Signature::from_bytes(signature)).ok()?;
    Some(String::from_utf8_lossy(message).into_owned())
}

/// First eight bytes of SHA-256, big-endian and signed: the seed that a text stands for.
pub(crate) fn seed_of(text: &str) -> i64 {
    let sum = Sha256::digest(text.as_bytes());
    sum.iter().take(8).fold(0_i64, |seed, byte| (seed << 8) | i64::from(*byte))
}
