//! The forms that are built in. Authored as workbooks (`forms/*.md`); the XForm beside each is what pyxform makes of it.

/// A built-in form.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInForm {
    /// Its id.
    pub id: &'static str,
    /// Neutral title in English; nothing in it says what the form is for.
    pub title: &'static str,
    /// The XForm.
    pub xml: &'static str,
    /// Whether it is only for persons shown to be adults.
    pub adult_only: bool,
}

/// All built-in forms, in the order they are offered.
pub const BUILT_IN: &[BuiltInForm] = &[
    BuiltInForm {
        id: "wayside-b2",
        title: "Journey questions",
        xml: include_str!("../forms/b2-journey-quick-screen.xml"),
        adult_only: false,
    },
    BuiltInForm {
        id: "wayside-b3-al",
        title: "Work and journey, in detail",
        xml: include_str!("../forms/b3-al-adult-labour.xml"),
        adult_only: true,
    },
];

/// One built-in form.
pub fn built_in(id: &str) -> Option<&'static BuiltInForm> {
    BUILT_IN.iter().find(|form| form.id == id)
}
