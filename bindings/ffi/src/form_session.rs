//! One session with one person, and the form that is open in it. The gates are in `talk`.
use crate::error::FieldError;
use crate::guard::Guarded;
use crate::planted::panic_if_asked;
use crate::values::AnswerState;
use crate::views::{FileView, FinishReport, PageView};
use std::sync::Arc;
use wayside_field as field;

/// One session with one person, and the form that is open in it. What a call acknowledges is durable as soon as a consent,
/// or a legal basis that stands in for it, covers the form.
#[derive(uniffi::Object)]
pub struct FormSession {
    pub(crate) core: Guarded<field::FormSession>,
}

impl FormSession {
    pub(crate) fn new(core: field::FormSession) -> Arc<Self> {
        Arc::new(Self { core: Guarded::new(core) })
    }

    pub(crate) fn page_after(
        &self,
        call: impl FnOnce(&mut field::FormSession) -> Result<field::PageView, field::FieldError>,
    ) -> Result<PageView, FieldError> {
        self.core.call(|core| Ok(call(core)?.into()))
    }
}

#[uniffi::export]
impl FormSession {
    /// Its id, for `Vault.resumeSession`.
    pub fn id(&self) -> Result<String, FieldError> {
        self.core.call(|core| Ok(core.id().to_string()))
    }

    /// Whether anything of it is stored: true from the moment a consent covers it.
    pub fn is_stored(&self) -> Result<bool, FieldError> {
        self.core.call(|core| Ok(core.is_stored()))
    }

    /// The screen to show.
    ///
    /// Errors: `session.closed`.
    pub fn page(&self) -> Result<PageView, FieldError> {
        self.page_after(|core| core.page())
    }

    /// Answers a question, with the value as the form's instance holds it.
    ///
    /// Errors: `session.gate` with the gate, `session.child_route`, `answer.*`.
    pub fn answer(&self, reference: String, value: String) -> Result<PageView, FieldError> {
        self.page_after(|core| core.answer(&reference, &value))
    }

    /// Marks a question declined, unknown or not asked.
    ///
    /// Errors: as `answer`.
    pub fn mark(&self, reference: String, state: AnswerState) -> Result<PageView, FieldError> {
        self.page_after(|core| core.mark(&reference, state.into()))
    }

    /// Adds an instance of a repeat.
    ///
    /// Errors: `answer.repeat`.
    pub fn add_repeat(&self, reference: String) -> Result<PageView, FieldError> {
        self.page_after(|core| core.add_repeat(&reference))
    }

    /// Removes an instance of a repeat.
    ///
    /// Errors: `answer.repeat`.
    pub fn remove_repeat(&self, reference: String) -> Result<PageView, FieldError> {
        self.page_after(|core| core.remove_repeat(&reference))
    }

    /// Puts a file of at most 256 KiB into the record. `extension` is up to five letters and digits; the host's file name
    /// is not kept.
    ///
    /// Errors: `answer.attachment`, and as `answer`.
    pub fn attach(&self, reference: String, extension: String, bytes: Vec<u8>) -> Result<PageView, FieldError> {
        self.page_after(|core| core.attach(&reference, &extension, bytes))
    }

    /// Begins a file of any size up to 64 MiB and gives its name. It becomes the question's answer with `endFile`.
    ///
    /// Errors: `session.consent` as long as nothing may be stored; `answer.attachment` where the question takes no file; as
    /// `answer`.
    pub fn begin_file(&self, reference: String, extension: String) -> Result<String, FieldError> {
        self.core.call(|core| Ok(core.begin_file(&reference, &extension)?))
    }

    /// Adds a piece to a file. It is durable when this returns; gives the bytes there are now. After an error go on at that
    /// number: `files` says it.
    ///
    /// Errors: `answer.attachment` beyond 64 MiB, or if there is no such file, or it has ended; `storage.*`.
    pub fn append_file(&self, name: String, piece: Vec<u8>) -> Result<u64, FieldError> {
        self.core.call(|core| Ok(core.append_file(&name, &piece)?))
    }

    /// Ends a file: it is the question's answer from now on.
    ///
    /// Errors: `answer.attachment` if it is empty or there is no such file; as `answer`.
    pub fn end_file(&self, name: String) -> Result<PageView, FieldError> {
        self.page_after(|core| core.end_file(&name))
    }

    /// Erases a file, whether it has ended or not; if it was the question's answer, the question has none.
    ///
    /// Errors: `answer.attachment` if there is no such file; `storage.*`.
    pub fn cancel_file(&self, name: String) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.cancel_file(&name)?))
    }

    /// Bytes of a file that has ended, from `from` on, at most `most` and fewer at its end, until the form is finished.
    ///
    /// Errors: `answer.attachment` if there is no such file, or it has not ended; `vault.tampered`, `vault.damaged`.
    pub fn read_file(&self, name: String, from: u64, most: u32) -> Result<Vec<u8>, FieldError> {
        self.core.call(|core| Ok(core.read_file(&name, from, most)?.to_vec()))
    }

    /// The files of the open form that go in parts, in the order they were begun. One that has not ended is gone on with at
    /// its number of bytes.
    ///
    /// Errors: `session.closed`, `storage.*`.
    pub fn files(&self) -> Result<Vec<FileView>, FieldError> {
        self.core.call(|core| Ok(core.files()?.into_iter().map(Into::into).collect()))
    }

    /// Switches the language of labels; answers stay.
    pub fn set_language(&self, language: String) -> Result<PageView, FieldError> {
        self.page_after(|core| {
            panic_if_asked(&language);
            core.set_language(&language)
        })
    }

    /// One screen on. Stays at the end.
    pub fn forward(&self) -> Result<PageView, FieldError> {
        self.page_after(field::FormSession::forward)
    }

    /// One screen back. Stays at the first.
    pub fn back(&self) -> Result<PageView, FieldError> {
        self.page_after(field::FormSession::back)
    }

    /// To the first screen of an instance of a repeat, as `/data/repeat[2]`.
    ///
    /// Errors: `answer.repeat` where there is no such instance.
    pub fn jump(&self, instance: String) -> Result<PageView, FieldError> {
        self.page_after(|core| core.jump(&instance))
    }

    /// Seals the record to HQ and queues it in one transaction. From then on this device cannot read it. A second call
    /// returns the first result.
    ///
    /// Errors: `session.gate`, `answer.required`, `answer.constraint`, `storage.*`.
    pub fn finish(&self) -> Result<FinishReport, FieldError> {
        self.core.call(|core| Ok(core.finish()?.into()))
    }

    /// Leaves nothing of the interview anywhere. Twice is fine.
    ///
    /// Errors: `session.closed` after `finish`: the record is HQ's then.
    pub fn discard(&self) -> Result<(), FieldError> {
        self.core.call(|core| Ok(core.discard()?))
    }
}
