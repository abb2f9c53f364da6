//! Small values, the same as in the core. Restated here so that the core knows nothing of UniFFI.
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wayside_field as field;

/// Where the values come from: the core's API, and what only the model names.
pub(crate) mod origin {
    pub(crate) use wayside_field::*;
}

/// Restates an enum without data and converts it out of the core, within, or both.
macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident = $core:ident [$way:ident] { $($(#[$variant_doc:meta])* $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }
        mirror!(@$way $name $core { $($variant)+ });
    };
    (@both $name:ident $core:ident { $($variant:ident)+ }) => {
        mirror!(@out $name $core { $($variant)+ });
        mirror!(@within $name $core { $($variant)+ });
    };
    (@out $name:ident $core:ident { $($variant:ident)+ }) => {
        impl From<origin::$core> for $name {
            fn from(value: origin::$core) -> Self {
                match value { $(origin::$core::$variant => Self::$variant,)+ }
            }
        }
    };
    (@within $name:ident $core:ident { $($variant:ident)+ }) => {
        impl From<$name> for origin::$core {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant,)+ }
            }
        }
    };
}

pub(crate) use mirror;

mirror! {
    /// A gate before the questions.
    Gate = Gate [both] {
        /// There is a service to refer this person to.
        Services,
        /// Out of sight and hearing of others, with time enough.
        Setting,
        /// No interpreter, or one who is safe.
        Interpreter,
        /// No immediate danger.
        Danger,
        /// The age was asked.
        Age,
        /// The person agrees; opened by consent lines.
        Consent,
    }
}
mirror! {
    /// How sensitive what a form asks for is.
    Sensitivity = Sensitivity [out] {
        /// For those who work at the site.
        Restricted,
        /// For those who work with the case.
        Confidential,
        /// For those who need it for this person, with a reason.
        StrictlyConfidential,
    }
}
mirror! {
    /// One purpose a person agrees to or not.
    ConsentLine = ConsentLine [both] {
        /// Talk and take part.
        C1,
        /// Keep a record.
        C2,
        /// Keep name and contact.
        C3,
        /// Refer to one named organisation.
        C4,
        /// Contact the person again.
        C5,
        /// Non-identifying statistics.
        C6,
        /// Anonymised research.
        C7,
        /// Inform authorities.
        C8,
        /// Share with family, for tracing.
        C9,
    }
}
mirror! {
    /// What was said about a line.
    ConsentValue = ConsentValue [within] {
        /// Agreed.
        Yes,
        /// Refused.
        No,
        /// Agreed before, taken back now.
        Withdrawn,
    }
}
mirror! {
    /// Who spoke for it.
    ConsentGiver = ConsentGiver [within] {
        /// The person.
        Person,
        /// A caregiver.
        Caregiver,
        /// A guardian appointed by law.
        Guardian,
        /// Someone else.
        Other,
    }
}
mirror! {
    /// How it was given.
    ConsentHow = ConsentHow [within] {
        /// Said aloud; the worker certifies it.
        Oral,
        /// Signed.
        Signature,
        /// Thumb print on paper.
        Thumb,
    }
}
mirror! {
    /// The calendar a year was said in.
    CalendarSystem = Calendar [both] {
        /// Gregorian.
        Gregorian,
        /// Ethiopian, Amete Mihret era.
        Ethiopian,
        /// Solar Hijri.
        SolarHijri,
        /// Lunar Hijri, civil reckoning.
        LunarHijri,
    }
}
mirror! {
    /// Where a statement about age comes from.
    AgeBasis = AgeBasis [within] {
        /// The person said so.
        Statement,
        /// A document was seen.
        Document,
        /// A caregiver said so.
        Caregiver,
        /// The worker's impression.
        Estimate,
        /// A competent authority assessed it.
        Authority,
    }
}
mirror! {
    /// What kind of answer a question got.
    AnswerState = AnswerState [both] {
        /// A value.
        Given,
        /// The person does not know.
        Unknown,
        /// The person does not want to say.
        Declined,
        /// Not put, or left open.
        NotAsked,
    }
}
mirror! {
    /// Why an interview ended before its last question.
    StopReason = StopReason [within] {
        /// The person asked to stop, or the worker saw that it was time to.
        Stopped,
        /// Danger came up.
        Danger,
    }
}
mirror! {
    /// What holds the key store's keys.
    HardwareLevel = HardwareLevel [within] {
        /// Nothing.
        None,
        /// A file or the operating system's process.
        Software,
        /// A trusted execution environment of the main processor.
        Tee,
        /// Android StrongBox.
        StrongBox,
        /// Apple's Secure Enclave.
        SecureEnclave,
    }
}
mirror! {
    /// Where a finished record is.
    QueueState = QueueState [out] {
        /// Sealed, on this device only.
        Sealed,
        /// The relay has it.
        HandedOver,
        /// HQ has opened it and sent its receipt.
        HqHasIt,
        /// Set aside; a person has to look.
        Quarantined,
    }
}

/// What is known of a person's age. Unknown parts stay unknown. No `Debug`: it is about a person.
#[derive(Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum AgeStatement {
    /// Nothing is known.
    Unknown,
    /// Year of birth, and what else is known of the day.
    Born {
        /// The calendar it was said in.
        calendar: CalendarSystem,
        /// Year of that calendar.
        year: i32,
        /// Month of that calendar, from 1.
        month: Option<u8>,
        /// Day of that month, from 1.
        day: Option<u8>,
        /// Where it comes from.
        basis: AgeBasis,
    },
    /// Completed years, both ends included.
    Between {
        /// Youngest possible.
        low: u8,
        /// Oldest possible.
        high: u8,
        /// Where it comes from.
        basis: AgeBasis,
    },
}

impl From<AgeStatement> for field::AgeStatement {
    fn from(age: AgeStatement) -> Self {
        match age {
            AgeStatement::Unknown => Self::Unknown,
            AgeStatement::Born { calendar, year, month, day, basis } => {
                Self::Born { calendar: calendar.into(), year, month, day, basis: basis.into() }
            }
            AgeStatement::Between { low, high, basis } => Self::Between { low, high, basis: basis.into() },
        }
    }
}

/// One line for the consent ledger. No `Debug`: it names a recipient.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConsentInput {
    /// Which purpose.
    pub line: ConsentLine,
    /// Yes or no.
    pub value: ConsentValue,
    /// Who said so.
    pub by: ConsentGiver,
    /// How.
    pub how: ConsentHow,
    /// Directory code of the recipient, for C4.
    #[uniffi(default = None)]
    pub recipient: Option<String>,
    /// What may go there, for C4: names of the fields of the referral.
    #[uniffi(default = None)]
    pub data_set: Option<Vec<String>>,
}

impl From<ConsentInput> for field::ConsentInput {
    fn from(input: ConsentInput) -> Self {
        Self {
            line: input.line.into(),
            value: input.value.into(),
            by: input.by.into(),
            how: input.how.into(),
            recipient: input.recipient,
            data_set: input.data_set,
        }
    }
}

/// A moment as the platform's own type.
pub(crate) fn moment(at: field::Timestamp) -> SystemTime {
    let millis = Duration::from_millis(at.as_millis().unsigned_abs());
    if at.as_millis() >= 0 { UNIX_EPOCH + millis } else { UNIX_EPOCH - millis }
}

/// The core's moment.
pub(crate) fn timestamp(at: SystemTime) -> field::Timestamp {
    let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    field::Timestamp::from_millis(at.duration_since(UNIX_EPOCH).map_or_else(|e| -millis(e.duration()), millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_go_there_and_back() {
        for millis in [0, 1, 1_700_000_000_123, -86_400_001] {
            let at = field::Timestamp::from_millis(millis);
            assert_eq!(timestamp(moment(at)), at);
        }
    }
}
