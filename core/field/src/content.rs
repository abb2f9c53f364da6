//! What HQ hands out, as it comes in with the control log: checked whole, then in force at once. What is refused changes
//! nothing, and what was there before stays.

use wayside_model::{Coded, ErrorCode};
use wayside_screening::services::Services;
use wayside_seal::content::{Content, ContentKind};

use crate::error::FieldError;
use crate::forms;
use crate::site::{self, SERVICES};
use crate::vault::Inner;

/// Takes one content in; the inner error is one that lies in the content.
pub(crate) fn take_in(inner: &Inner, bytes: &[u8]) -> Result<Result<(), ErrorCode>, FieldError> {
    let Ok(content) = Content::from_bytes(bytes) else { return Ok(Err(ErrorCode::SealMalformed)) };
    let held = match content.kind {
        ContentKind::Services => inner.store.setting(SERVICES)?.map(|held| held.to_vec()),
        ContentKind::Form => inner.store.form(&content.id)?.map(|held| held.xml.into_bytes()),
        // Rules that decide about people come with the program, reviewed as one with it; the others have no reader yet.
        ContentKind::RuleSet | ContentKind::LanguagePack | ContentKind::Dictionary => {
            return Ok(Err(ErrorCode::SealMalformed));
        }
    };
    // A patch starts from what HQ sent last, whether or not it could be used here; else from what is in use.
    let received = format!("content/{}/{}", content.kind as u8, content.id);
    let last = inner.store.setting(&received)?.map(|last| last.to_vec());
    let whole = match content.unpack(last.as_deref()).or_else(|_| content.unpack(held.as_deref())) {
        Ok(whole) => whole,
        Err(error) => return Ok(Err(error.code())),
    };
    inner.store.put_setting(&received, &whole)?;
    let Ok(text) = std::str::from_utf8(&whole) else { return Ok(Err(ErrorCode::SealMalformed)) };
    if content.kind == ContentKind::Form {
        return match forms::read(text, forms::Source::Hq) {
            Ok(form) => forms::keep(inner, &form, text, &[], forms::Source::Hq).map(|_| Ok(())),
            Err(error) => Ok(Err(error.code)),
        };
    }
    let next = match site::services(inner)? {
        Some(before) => before.successor(text),
        None => Services::from_json(text),
    };
    match next {
        Ok(_) => Ok(Ok(inner.store.put_setting(SERVICES, &whole)?)),
        Err(error) => Ok(Err(error.code())),
    }
}
