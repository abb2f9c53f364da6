//! The forms that are built in. Authored as workbooks (`forms/*.md`); the XForm beside each is what pyxform makes of it.

use std::sync::LazyLock;

use wayside_model::Route;

/// The namespace of the attributes that give a form screening meaning. Every other XForms client ignores them.
pub const NAMESPACE: &str = "urn:wayside:xforms:1";

/// A built-in form.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInForm {
    /// Its id.
    pub id: &'static str,
    /// Neutral title in English; nothing in it says what the form is for.
    pub title: &'static str,
    /// Packed as `build.rs` does it until somebody reads it.
    xml: &'static LazyLock<String>,
    /// Whether it is only for persons shown to be adults.
    pub adult_only: bool,
    /// What must be true before it opens. `crate::interview` enforces it.
    pub lock: Lock,
}

impl BuiltInForm {
    /// The XForm. Unpacked once in the life of the process, which takes about as long as reading it from a file.
    pub fn xml(&self) -> &'static str {
        self.xml
    }
}

/// Room for the largest form; packed bytes that claim more are not ours.
const LARGEST_FORM: usize = 1 << 20;

/// A test of this crate holds each form against its file, so nothing is ever lost here; a form without text would not open.
fn unpacked(packed: &[u8]) -> String {
    let bytes = zstd::bulk::decompress(packed, LARGEST_FORM).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// What a form is locked behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// The way of the interview it is for; `None` = both.
    pub route: Option<Route>,
    /// The training the device certificate must name.
    pub training: Training,
    /// What must cover its answers before anything is stored.
    pub cover: Cover,
    /// Whether a worker and interpreter of the gender the person chooses were offered.
    pub gender_choice: bool,
}

/// A training that HQ confirmed in the device certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Training {
    /// None needed.
    None,
    /// Trained for the detailed conversation with adults.
    Trained,
    /// Specialist for sexual exploitation.
    Specialist,
    /// Child-protection specialist.
    ChildProtection,
}

/// What covers the answers of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// Nothing about a person is in it.
    Nothing,
    /// Consent to a record (C1 and C2).
    Consent,
    /// Consent, or a recorded legal basis with its reason.
    ConsentOrBasis,
}

const fn lock(route: Option<Route>, training: Training, cover: Cover) -> Lock {
    Lock { route, training, cover, gender_choice: false }
}

macro_rules! built_in_forms {
    ($($id:literal, $title:literal, $file:literal, $lock:expr;)+) => {
        /// All built-in forms, in the order they are offered.
        // Not a constant: each crate that uses one would carry all forms once more.
        pub static BUILT_IN: &[BuiltInForm] = &[$(BuiltInForm {
            id: $id,
            title: $title,
            xml: {
                static XML: LazyLock<String> =
                    LazyLock::new(|| unpacked(include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".xml"))));
                &XML
            },
            adult_only: matches!($lock.route, Some(Route::Adult)),
            lock: $lock,
        },)+];
    };
}

built_in_forms! {
    "wayside-b0", "Before we talk", "b0-before-we-talk", lock(None, Training::None, Cover::Nothing);
    "wayside-b1", "Right now", "b1-urgent-needs", lock(None, Training::None, Cover::ConsentOrBasis);
    "wayside-b2", "Journey questions", "b2-journey-quick-screen", lock(None, Training::None, Cover::Consent);
    "wayside-b3-al", "Work and journey, in detail", "b3-al-adult-labour",
        lock(Some(Route::Adult), Training::Trained, Cover::Consent);
    "wayside-b3-as", "Private matters, in detail", "b3-as-adult-sexual",
        Lock { gender_choice: true, ..lock(Some(Route::Adult), Training::Specialist, Cover::Consent) };
    "wayside-b3-c", "About the child", "b3-c-child",
        lock(Some(Route::Child), Training::ChildProtection, Cover::Consent);
    "wayside-b4", "Needs and strengths", "b4-vulnerability-and-strengths",
        lock(None, Training::None, Cover::Consent);
    "wayside-b5", "For a child", "b5-child-minimal-record",
        lock(Some(Route::Child), Training::None, Cover::ConsentOrBasis);
    "wayside-b6", "Next steps", "b6-referral-and-follow-up", lock(None, Training::None, Cover::Consent);
    "wayside-b7", "What was seen", "b7-observation-only", lock(None, Training::None, Cover::ConsentOrBasis);
}

/// One built-in form.
pub fn built_in(id: &str) -> Option<&'static BuiltInForm> {
    BUILT_IN.iter().find(|form| form.id == id)
}
