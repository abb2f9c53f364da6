//! Which key opens what. Contents in the database are sealed to class keys: a class is a row of the table of who may see what
//! (domain.md 6), and each has a key for everything, one for the child's way and one for each site. A person's slot unwraps the
//! keys of their role, into their session. The case-team key unwraps all of them.

mod class_keys;
#[cfg(test)]
mod matrix;
pub(crate) mod move_over;
mod owner;
mod sealed;
pub(crate) mod sections;
pub(crate) mod slots;

pub(crate) use owner::Owner;
pub(crate) use sealed::{Keyring, Sealer};
pub use slots::SlotKeys;
pub(crate) use slots::settle;

use crate::access::{Reach, Right, reach};
use crate::people::PersonRole;

/// A class of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// What the work queue lists: form, outcomes, way, age, worker.
    Queue,
    /// The result of each dimension, with the rules.
    Results,
    /// Answers and narrative: the whole event, files, and what should stand there instead.
    Answers,
    /// The consent ledger.
    Consent,
    /// To which service which fields went.
    Referrals,
    /// Why something was asked for.
    Requests,
    /// Published tables, before they leave.
    Statistics,
    /// Who did what.
    Audit,
}

impl Class {
    pub(crate) const ALL: [Self; 8] = [
        Self::Queue,
        Self::Results,
        Self::Answers,
        Self::Consent,
        Self::Referrals,
        Self::Requests,
        Self::Statistics,
        Self::Audit,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Results => "results",
            Self::Answers => "answers",
            Self::Consent => "consent",
            Self::Referrals => "referrals",
            Self::Requests => "requests",
            Self::Statistics => "statistics",
            Self::Audit => "audit",
        }
    }

    /// The right that cannot be had without this key.
    const fn right(self) -> Right {
        match self {
            Self::Queue | Self::Referrals => Right::Queue,
            Self::Results => Right::Dimensions,
            Self::Answers => Right::Answers,
            Self::Consent => Right::Consent,
            Self::Requests => Right::Requests,
            Self::Statistics => Right::Statistics,
            Self::Audit => Right::Audit,
        }
    }

    /// Whether it has keys for each site, and for the child's way.
    const fn parts(self) -> (bool, bool) {
        match self {
            Self::Queue | Self::Results | Self::Answers | Self::Consent | Self::Referrals => (true, true),
            Self::Audit => (true, false),
            Self::Requests | Self::Statistics => (false, false),
        }
    }

    /// Names of the keys that something of this reach is sealed to.
    fn names(self, scope: &Scope) -> Vec<String> {
        let (by_site, by_way) = self.parts();
        let sites = scope.sites.iter().filter(|_| by_site).map(|site| self.of_site(site));
        let children = (scope.child && by_way).then(|| self.of_children());
        std::iter::once(self.of_all()).chain(sites).chain(children).collect()
    }

    fn of_all(self) -> String {
        self.word().to_owned()
    }

    fn of_children(self) -> String {
        format!("{}@children", self.word())
    }

    fn of_site(self, site: &str) -> String {
        format!("{}@site/{site}", self.word())
    }

    /// The name of the key a role has of this class, if it has one.
    fn of_role(self, role: PersonRole, site: &str) -> Option<String> {
        match reach(role, self.right()) {
            Reach::Nothing => None,
            Reach::Site if site.is_empty() => None,
            Reach::Site => Some(self.of_site(site)),
            Reach::Children => Some(self.of_children()),
            Reach::All => Some(self.of_all()),
        }
    }
}

/// For whom, besides who sees everything, something is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) sites: Vec<String>,
    pub(crate) child: bool,
}

impl Scope {
    pub(crate) fn of_site(site: &str) -> Self {
        let sites = if site.is_empty() { Vec::new() } else { vec![site.to_owned()] };
        Self { sites, child: false }
    }
}

/// Names of all keys that a role's slot unwraps.
pub(crate) fn names_of(role: PersonRole, site: &str) -> Vec<String> {
    Class::ALL.into_iter().filter_map(|class| class.of_role(role, site)).collect()
}
