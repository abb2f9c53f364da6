//! Files of an interview that are too large for the record: captured piece by piece, each durable in the vault before the call
//! returns, and sent in parts of their own once the record is sealed. Never a plain file, never a whole one in memory.

use minicbor::{Decode, Encode};
use wayside_forms::QuestionKind;
use wayside_model::{
    CaseId, ErrorCode, Event, EventBody, EventId, FileApart, FilePart, RecordedAnswer, RecordedAttachment,
};
use wayside_screening::locks::Keep;
use wayside_seal::{Chain, random};
use wayside_sync::transfer::{self, FILE_PART};
use wayside_vault::FinishRequest;
use zeroize::Zeroizing;

use crate::epochs;
use crate::error::FieldError;
use crate::files_sent;
use crate::finish;
use crate::journal::Step;
use crate::pages::PageView;
use crate::session::FormSession;
use crate::vault::Inner;

pub use wayside_vault::LARGEST_ATTACHMENT as LARGEST_FILE;

/// After everything else that waits (priority class P4).
const PRIORITY_FILE: u8 = 4;

/// A file of the form that is open. No `Debug`: its question says what it is about.
#[derive(Clone, PartialEq, Eq)]
pub struct FileView {
    /// Its name in the record.
    pub name: String,
    /// The question it belongs to.
    pub reference: String,
    /// Bytes that are in the vault.
    pub bytes: u64,
    /// It has ended and is the question's answer. Otherwise it can be gone on with, also after the app was ended.
    pub ended: bool,
}

/// A file as a session knows it.
#[derive(Clone)]
pub(crate) struct Captured {
    pub(crate) id: EventId,
    pub(crate) reference: String,
    pub(crate) name: String,
    /// Length and hash once it has ended.
    pub(crate) ended: Option<(u64, [u8; 32])>,
}

/// A file that goes after its record.
#[derive(Clone, Copy, Encode, Decode)]
pub(crate) struct Owed {
    #[n(0)]
    pub(crate) file: EventId,
    /// Otherwise no answer names it any more, and it is only erased.
    #[n(1)]
    pub(crate) goes: bool,
}

impl FormSession {
    /// Begins a file of any size up to [`LARGEST_FILE`], and gives its name. `extension` is letters and digits. It becomes the
    /// question's answer with [`Self::end_file`].
    ///
    /// Errors: `session.consent` as long as nothing may be stored; `answer.attachment` where the question takes no file;
    /// as `answer`.
    pub fn begin_file(&mut self, reference: &str, extension: &str) -> Result<String, FieldError> {
        let takes_files = self.form.question(reference).is_some_and(|view| view.kind == QuestionKind::Binary);
        if !takes_files || !is_extension(extension) {
            return Err(ErrorCode::AnswerAttachment.into());
        }
        self.check_questions()?;
        if self.interview.keep(&self.loaded.reference.id) != Keep::Stored {
            return Err(ErrorCode::SessionConsent.into());
        }
        let file: EventId = random::id()?;
        let name = format!("{}.{}", random::id::<CaseId>()?, extension.to_ascii_lowercase());
        self.inner.store.start_attachment(file, self.journal.header().case)?;
        self.change(&Step::BeginFile { reference: reference.to_owned(), name: name.clone(), file })?;
        Ok(name)
    }

    /// Adds a piece. It is durable when this returns; gives the bytes there are now. After an error go on at that number:
    /// [`Self::files`] says it.
    ///
    /// Errors: `answer.attachment` beyond [`LARGEST_FILE`], or if there is no such file, or it has ended; `storage.*`.
    pub fn append_file(&mut self, name: &str, piece: &[u8]) -> Result<u64, FieldError> {
        self.check_open()?;
        let file = self.captured(name).filter(|file| file.ended.is_none()).ok_or(ErrorCode::AnswerAttachment)?;
        self.inner.store.append_attachment(file.id, piece).map_err(too_large)
    }

    /// Ends a file: it is the question's answer from now on.
    ///
    /// Errors: `answer.attachment` if it is empty or there is no such file; as `answer`.
    pub fn end_file(&mut self, name: &str) -> Result<PageView, FieldError> {
        self.check_questions()?;
        let file = self.captured(name).filter(|file| file.ended.is_none()).ok_or(ErrorCode::AnswerAttachment)?;
        let at = self.inner.store.attachment(file.id)?.ok_or(ErrorCode::AnswerAttachment)?;
        if at.len == 0 {
            return Err(ErrorCode::AnswerAttachment.into());
        }
        let whole = self.inner.store.end_attachment(file.id)?;
        let sha256 = whole.sha256.ok_or(ErrorCode::Bug)?;
        self.step(Step::EndFile { name: name.to_owned(), len: whole.len, sha256 })
    }

    /// Erases a file, whether it has ended or not; if it was the question's answer, the question has none.
    ///
    /// Errors: `answer.attachment` if there is no such file; `storage.*`.
    pub fn cancel_file(&mut self, name: &str) -> Result<(), FieldError> {
        let id = self.captured(name).map(|file| file.id).ok_or(ErrorCode::AnswerAttachment)?;
        self.change(&Step::CancelFile(name.to_owned()))?;
        Ok(self.inner.store.erase_attachments(&[id])?)
    }

    /// Bytes of a file that has ended, from `from` on, at most `most` and fewer at its end: to look at or listen to what was
    /// captured, until the form is finished.
    ///
    /// Errors: `answer.attachment` if there is no such file, or it has not ended; `vault.tampered`, `vault.damaged`.
    pub fn read_file(&self, name: &str, from: u64, most: u32) -> Result<Zeroizing<Vec<u8>>, FieldError> {
        self.check_open()?;
        if let Some(small) = self.attachments.iter().find(|attachment| attachment.name == name) {
            let from = usize::try_from(from).unwrap_or(usize::MAX).min(small.bytes.len());
            let upto = small.bytes.len().min(from.saturating_add(most as usize));
            return Ok(Zeroizing::new(small.bytes.get(from..upto).unwrap_or_default().to_vec()));
        }
        let file = self.captured(name).filter(|file| file.ended.is_some()).ok_or(ErrorCode::AnswerAttachment)?;
        Ok(self.inner.store.attachment_piece(file.id, from, most as usize)?)
    }

    /// The files of the open form that go in parts, in the order they were begun.
    ///
    /// Errors: `session.closed`, `storage.*`.
    pub fn files(&self) -> Result<Vec<FileView>, FieldError> {
        self.check_open()?;
        let view = |file: &Captured| {
            Ok(FileView {
                name: file.name.clone(),
                reference: file.reference.clone(),
                bytes: self.inner.store.attachment(file.id)?.map_or(0, |at| at.len),
                ended: file.ended.is_some(),
            })
        };
        self.captured.iter().map(view).collect()
    }

    fn captured(&self, name: &str) -> Option<&Captured> {
        self.captured.iter().find(|file| file.name == name)
    }

    /// Nothing covers what was captured any more: it goes, for it cannot be held in memory.
    pub(crate) fn drop_files(&mut self) -> Result<(), FieldError> {
        let names: Vec<String> = self.captured.iter().map(|file| file.name.clone()).collect();
        let ids = self.file_ids();
        for name in names {
            let step = Step::CancelFile(name);
            self.take(&step)?;
            self.journal.note(&step);
        }
        if ids.is_empty() { Ok(()) } else { Ok(self.inner.store.erase_attachments(&ids)?) }
    }

    pub(crate) fn file_ids(&self) -> Vec<EventId> {
        self.captured.iter().map(|file| file.id).collect()
    }

    /// What the record says of the files that its answers name, and what goes after it.
    ///
    /// Errors: `session.step` while a file has not ended.
    pub(crate) fn files_apart(
        &self,
        answers: &[RecordedAnswer],
    ) -> Result<(Vec<RecordedAttachment>, Vec<Owed>), FieldError> {
        let (mut named, mut owed) = (Vec::new(), Vec::new());
        for file in &self.captured {
            let (len, sha256) = file.ended.ok_or(ErrorCode::SessionStep)?;
            let answer = answers.iter().find(|answer| answer.value == file.name);
            owed.push(Owed { file: file.id, goes: answer.is_some() });
            named.extend(answer.map(|answer| RecordedAttachment {
                reference: answer.reference.clone(),
                name: file.name.clone(),
                bytes: Vec::new(),
                apart: Some(FileApart { file: file.id, len, sha256 }),
            }));
        }
        Ok((named, owed))
    }
}

/// Seals the files of a record that is queued, part after part, and erases them here. What was sealed before is not sealed
/// again, so it can be cut off anywhere. The caller holds [`Inner::sealing`].
pub(crate) fn send(inner: &Inner, record: EventId, case: CaseId, files: &[Owed]) -> Result<(), FieldError> {
    files_sent::note(inner, record, files)?;
    let mut chain = ready(inner)?;
    let mut outbox = inner.outbox()?;
    let queued: Vec<EventId> = inner.store.queue()?.into_iter().map(|row| row.event).collect();
    for owed in files.iter().filter(|owed| owed.goes) {
        // One that is gone was sent whole before.
        let Some(file) = inner.store.attachment(owed.file)? else { continue };
        for n in 0..transfer::file_parts(file.len) {
            let n = u32::try_from(n).map_err(|_| ErrorCode::Bug)?;
            let id = transfer::part_event(owed.file, n);
            if queued.contains(&id) {
                continue;
            }
            if chain.is_full() {
                chain = ready(inner)?;
            }
            let bytes = inner.store.attachment_piece(owed.file, u64::from(n) * FILE_PART as u64, FILE_PART)?;
            let part = FilePart { file: owed.file, n, bytes: bytes.to_vec() };
            let event = Event { id, case, at: inner.clock.now().rounded(), body: EventBody::FilePart(part) };
            let sealed = chain.seal(id, PRIORITY_FILE, &transfer::pack(&event)?)?;
            outbox.add(&sealed.bytes)?;
            inner.store.finish(&FinishRequest {
                draft: None,
                event: id,
                seq: epochs::place(chain.epoch(), chain.next_seq()),
                envelope_sha256: sealed.sha256,
                chain: &sealed.next.to_bytes(),
                at: event.at,
                kept: &[],
            })?;
            chain = sealed.next;
        }
    }
    let ids: Vec<EventId> = files.iter().map(|owed| owed.file).collect();
    if ids.is_empty() { Ok(()) } else { Ok(inner.store.erase_attachments(&ids)?) }
}

/// The chain to seal with. What was cut off before goes first: two envelopes must not have one number. Where a new epoch begins,
/// the one before ends with a checkpoint.
fn ready(inner: &Inner) -> Result<Chain, FieldError> {
    finish::carry_on(inner)?;
    finish::sign_checkpoint_if_due(inner)?;
    epochs::begin_if_owed(inner)?;
    inner.settings().chain()
}

pub(crate) fn is_extension(extension: &str) -> bool {
    extension.len() <= 5 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn too_large(error: wayside_vault::VaultError) -> FieldError {
    match error {
        wayside_vault::VaultError::Seal(wayside_seal::SealError::TooLarge) => ErrorCode::AnswerAttachment.into(),
        error => error.into(),
    }
}
