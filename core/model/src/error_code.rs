//! Every code an error can carry, in one table. `docs/errors.md` is generated from it.
//!
//! A code is stable: it is never renamed, and never used for something else. It may stand in logs and crash reports, so it
//! says what went wrong and nothing about whom.

/// An error that can say its stable code.
pub trait Coded {
    /// The code.
    fn code(&self) -> ErrorCode;
}

macro_rules! error_codes {
    ($($name:ident $code:literal $retry:ident, $meaning:literal, $advice:literal;)+) => {
        /// A stable error code; see `docs/errors.md` for the whole table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = $meaning] $name,)+
        }

        impl ErrorCode {
            /// All codes, in the order of the glossary.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The dotted text, equal on every platform.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
            /// What it means, one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }
            /// What the app or the worker can do, one sentence.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }
            /// Whether the same call can succeed later without a change.
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$name => error_codes!(@ $retry),)+ }
            }
        }
    };
    (@ retry) => { true };
    (@ final) => { false };
}

error_codes! {
    VaultMissing "vault.missing" final, "There is no vault in this folder.", "Enrol the device, or choose the right folder.";
    VaultExists "vault.exists" final, "There is a vault in this folder already; nothing was written over it.", "Open it, or enrol into an empty folder.";
    VaultWrongSecret "vault.wrong_secret" final, "The PIN or passphrase is not the one this vault was made with.", "Let the worker try again; a delay grows with each try.";
    VaultWait "vault.wait" retry, "Too many wrong tries: the vault waits before it checks another.", "Show the seconds that are left.";
    VaultWeakSecret "vault.weak_secret" final, "The secret is too short for the protection this device's key store gives.", "Ask for six words or more, or use a phone with a hardware key store.";
    VaultKeyLost "vault.key_lost" final, "The device's key store no longer has this vault's key.", "Send the sealed outbox, then enrol anew. Nothing was deleted.";
    VaultDamaged "vault.damaged" final, "A file of the vault is damaged or missing.", "Send the sealed outbox and report it. Nothing was deleted.";
    VaultTampered "vault.tampered" final, "A stored record does not fit its seal.", "Report it: the file was changed outside the app.";
    VaultRolledBack "vault.rolled_back" final, "A file of the vault is older than what the vault last wrote.", "Report it: an old copy was put back, or a change was lost. Reading goes on; writing waits for a person's decision.";
    VaultWiped "vault.wiped" final, "The vault was wiped after too many wrong tries, as its policy says.", "Send the sealed outbox, then enrol anew.";
    VaultWipedByOrder "vault.wiped_by_order" final, "Two officers at HQ ordered this vault wiped: its keys are destroyed. The sealed outbox stays, unless the order says everything.", "Show the neutral start page; send the sealed outbox.";
    VaultLease "vault.lease" final, "There was no contact with HQ for so long that records are not shown.", "Sync; capture and sealing go on.";
    VaultTraining "vault.training" final, "A vault for training sends nothing and fetches nothing.", "Use a vault that is enrolled at HQ.";
    VaultNotEncrypted "vault.not_encrypted" final, "The build has no working database encryption; nothing was opened.", "Do not use this build.";
    VaultNewerSchema "vault.newer_schema" final, "The vault was written by a newer version of the app.", "Update the app.";
    VaultLocked "vault.locked" final, "The vault is locked.", "Ask for the secret.";
    VaultSuspended "vault.suspended" retry, "The vault is suspended while the app is in the background.", "Resume it first.";
    VaultBusy "vault.busy" retry, "Another process holds the vault.", "Try again.";
    StorageFull "storage.full" retry, "The storage is full; what was saved before is still there.", "Free some space and try again.";
    StorageIo "storage.io" retry, "The storage could not be read or written.", "Try again; if it stays, report it.";
    KeyStoreUnavailable "keystore.unavailable" retry, "The device's key store did not answer. This is never counted as a wrong PIN.", "Try again.";
    KeyStoreCancelled "keystore.cancelled" retry, "The key store's prompt was cancelled.", "Try again.";
    FormUnknown "form.unknown" final, "No form of this id is installed.", "Install the form, or choose another.";
    FormMalformed "form.malformed" final, "The form does not parse.", "Correct the form at the place named.";
    FormTooLarge "form.too_large" final, "The form is beyond a limit on bytes, depth, nodes or steps.", "Make the form smaller.";
    FormForbidden "form.forbidden" final, "The form uses something that is refused, such as a document type or an entity.", "Remove it from the form.";
    FormUnsupported "form.unsupported" final, "The form uses something this version does not know.", "See the place named; other forms are not affected.";
    FormAboutPerson "form.about_person" final, "HQ signed it as a form that is not about a person, and it is a screening form or one that comes with the program.", "Hand it out as a form about a person; the one before stays in use.";
    FormExpression "form.expression" final, "An expression of the form is not valid.", "Correct the expression at the place named.";
    FormCycle "form.cycle" final, "Calculations of the form depend on each other in a circle.", "Break the circle at the places named.";
    SessionUnknown "session.unknown" final, "There is no interview of this id.", "Choose one of the drafts.";
    SessionClosed "session.closed" final, "This interview is finished, stopped or discarded.", "Start another.";
    SessionGate "session.gate" final, "A gate before this step is not open.", "Go through the gate named first.";
    SessionGateOrder "session.gate_order" final, "The gates before this one are not open.", "Take the gates in their order.";
    SessionChildRoute "session.child_route" final, "This form is for persons shown to be adults.", "Take the child's way: child-protection referral.";
    SessionNotReady "session.not_ready" final, "This device or site is not ready for an interview.", "Give the leaflet; see what is missing.";
    SessionTraining "session.training" final, "This form needs a training that the device certificate does not name.", "Hand over to somebody who has it.";
    SessionMode "session.mode" final, "This step has no place in this kind of session.", "Start the kind of session that fits.";
    SessionStep "session.step" final, "It is not the turn of this step.", "Take the steps in their order.";
    SessionSupervisor "session.supervisor" final, "A step downwards needs a supervisor.", "Ask the supervisor to confirm it.";
    SessionReason "session.reason" final, "A reason is missing.", "Choose one.";
    SessionConsent "session.consent" final, "There is no consent for this step.", "Ask for it, or give advice without a record.";
    AnswerUnknownRef "answer.unknown_ref" final, "The form has no question at this place.", "Correct the reference.";
    AnswerNotRelevant "answer.not_relevant" final, "The question is not asked at present.", "Answer what it depends on first.";
    AnswerReadOnly "answer.read_only" final, "The question cannot be answered by hand.", "Leave it.";
    AnswerType "answer.type" final, "The value does not fit the question's type.", "Give a value of that type.";
    AnswerChoice "answer.choice" final, "The value is not one of the question's choices.", "Choose one of them.";
    AnswerConstraint "answer.constraint" final, "The value is outside what the form allows.", "Show the form's message and ask again.";
    AnswerRequired "answer.required" final, "A required question has no answer.", "Answer it, or mark it declined or unknown.";
    AnswerRepeat "answer.repeat" final, "The repeat cannot be added or removed here.", "See whether the form fixes its number.";
    AnswerAttachment "answer.attachment" final, "The file is too large or does not belong to this question.", "Choose a smaller file.";
    EntryMalformed "entry.malformed" final, "An entry of the answer file is not understood.", "Correct the entry at the place named.";
    AgeImplausible "age.implausible" final, "The date does not exist in its calendar, or the interval is turned round.", "Ask again.";
    RuleSetMalformed "ruleset.malformed" final, "The rule set is not valid; the one before stays in use.", "Correct it at the place named.";
    RuleSetUnknown "ruleset.unknown" final, "There is no rule set or profile of this name.", "Choose one that exists.";
    RuleSetDowngrade "ruleset.downgrade" final, "An older rule set, or another text under the same version, was offered; the one before stays in use.", "Nothing changed; tell HQ.";
    IndicatorUnknown "indicator.unknown" final, "The rule set has no indicator of this code.", "Correct the code.";
    BundleMalformed "bundle.malformed" final, "The bundle is not valid; what was installed before stays in use.", "Correct it at the place named.";
    BundleDowngrade "bundle.downgrade" final, "An older bundle was offered in place of the one held.", "Nothing changed; tell HQ.";
    BundleExpired "bundle.expired" final, "The bundle, or a part of it, has expired.", "Sync to get a newer one.";
    BundleNotReviewed "bundle.not_reviewed" final, "A production bundle holds something that nobody has reviewed.", "Have it reviewed, or use a training bundle.";
    PackMalformed "pack.malformed" final, "The language pack is not valid.", "Correct it at the place named.";
    PackIncomplete "pack.incomplete" final, "The language pack lacks a safety-critical string.", "Add it; the pack stays out until then.";
    PackAudio "pack.audio" final, "An audio file of the language pack is missing or is another one.", "Hand the pack out again with its files; the one before stays in use.";
    ServicesMalformed "services.malformed" final, "The services directory is not valid.", "Correct it at the place named.";
    ServicesUnknown "services.unknown" final, "The services directory has no entry of this code.", "Choose one that exists.";
    ReferralConsent "referral.consent" final, "There is no consent line for this recipient and these data.", "Ask the person, or leave them out.";
    ReferralState "referral.state" final, "The referral cannot take this step now.", "See the state it is in.";
    ReferralWithheld "referral.withheld" final, "The person does not want this recipient to know.", "Choose another with the person.";
    ReferralWarning "referral.warning" final, "The recipient has to report to authorities and the person was not told so.", "Tell the person first.";
    ContactForbidden "contact.forbidden" final, "The person must not be contacted, or not in this way.", "Do not contact the person.";
    EnrolMalformed "enrol.malformed" final, "This is not an enrolment record.", "Scan or copy it again.";
    EnrolExpired "enrol.expired" final, "The enrolment record is older than 15 minutes.", "Ask HQ for a new one.";
    EnrolUsed "enrol.used" final, "The enrolment record was used before.", "Ask HQ for a new one.";
    EnrolUnknown "enrol.unknown" final, "HQ never issued this enrolment record, or another relay is meant.", "Ask HQ for a new one.";
    DirectoryUntrusted "directory.untrusted" final, "The directory is not signed by this organisation's root.", "Do not enrol; tell HQ.";
    DirectoryExpired "directory.expired" final, "The directory of recipients has expired.", "Sync first; drafts are kept.";
    DirectoryDowngrade "directory.downgrade" final, "An older directory was offered in place of the one held.", "Nothing changed; tell HQ.";
    SealBroken "seal.broken" final, "Sealed bytes do not open: wrong key, or changed on the way.", "Keep them and tell HQ.";
    SealMalformed "seal.malformed" final, "Sealed bytes are not in a known form.", "Keep them; an update may read them.";
    SealOrder "seal.order" final, "The envelope is not the next one of its device's chain.", "Keep it; the missing one may still arrive.";
    SealEpochFull "seal.epoch_full" final, "The key epoch has no number left for another envelope.", "Start a new epoch; nothing was lost.";
    SealTooLarge "seal.too_large" final, "This is too large for one envelope.", "Take a smaller attachment.";
    SealNoRandomness "seal.no_randomness" retry, "The system gave no randomness; nothing was sealed.", "Try again.";
    SealNoMemory "seal.no_memory" retry, "There is not enough memory to check the secret.", "Close other apps and try again.";
    SignatureWrong "signature.wrong" final, "A signature does not fit.", "Nothing was accepted; tell HQ.";
    SyncNoPath "sync.no_path" retry, "There is no way to the relay at present.", "Try again when there is a network.";
    SyncTimeout "sync.timeout" retry, "The relay did not answer in time.", "Try again.";
    SyncImpostor "sync.impostor" retry, "Something that is not the relay answered, such as a captive portal. Nothing was sent on, nothing was deleted.", "Sign in to the network, or use another.";
    SyncTransient "sync.transient" retry, "The relay cannot take it at present.", "It is tried again by itself.";
    SyncCredential "sync.credential" final, "The relay does not accept this device.", "Everything is kept; ask HQ.";
    SyncConflict "sync.conflict" final, "The relay holds other bytes under the same id. Nothing was overwritten.", "The item is set aside; tell HQ.";
    SyncRefused "sync.refused" final, "The relay refuses this item.", "The item is set aside and kept; tell HQ.";
    SyncIntegrity "sync.integrity" retry, "An answer of the relay does not fit what was sent. Nothing counts as handed over by it.", "It is tried again by itself; if it stays, tell HQ.";
    CarryForeign "carry.foreign" final, "The bundle is another organisation's. Nothing of it was taken.", "Give it back.";
    CarryFull "carry.full" final, "There is no room to carry more for others. The phone it comes from keeps it.", "Hand over what is carried first.";
    CarryStranger "carry.stranger" final, "The phone nearby takes nothing without the code it shows.", "Look at that phone, and type the code it shows now.";
    CarryGap "carry.gap" final, "Entries of HQ that come before this one are missing here.", "Sync, or bring a bundle that begins earlier.";
    RelayStorage "relay.storage" retry, "The relay could not store; it acknowledged nothing.", "It is tried again by itself.";
    RelayNotFound "relay.not_found" final, "The relay has nothing at this place.", "See whether it was put there before.";
    RelayCredential "relay.credential" final, "The relay does not accept the desk's token.", "Give the desk the token file of this relay.";
    RelayNewerSchema "relay.newer_schema" final, "The relay's database was written by a newer version.", "Use the newer version.";
    RelayListen "relay.listen" retry, "The relay cannot listen on its address.", "Free the address, or choose another.";
    DeskLocked "desk.locked" final, "The desk's passphrase is not right.", "Try again.";
    DeskUnknownDevice "desk.unknown_device" final, "There is no device of this id.", "See the list of devices.";
    DeskFileParts "desk.file_parts" retry, "Parts of this file have not come yet.", "Let the device sync again, then pull.";
    DeskFileWrong "desk.file_wrong" final, "The parts of this file are not the file that its record names.", "Keep what there is, and ask who runs HQ.";
    DeskUnknownRecord "desk.unknown_record" final, "There is no record of this id.", "See the list of records.";
    DeskExists "desk.exists" final, "There is a desk in this folder already; nothing was written over it.", "Use it, or choose an empty folder.";
    DeskMissing "desk.missing" final, "There is no desk in this folder.", "Run `wayside desk init` first.";
    DeskDamaged "desk.damaged" final, "A file of the desk is damaged, or its database does not open with its key.", "Put the files back from a copy; nothing was deleted.";
    DeskNewer "desk.newer" final, "A newer version wrote this desk.", "Update the program.";
    DeskNotWaiting "desk.not_waiting" final, "It does not wait to be decided: somebody did, or its time is over.", "Look at the list again.";
    DeskNotConfirmed "desk.not_confirmed" retry, "HQ has not confirmed this service desk yet.", "Let HQ compare the words, then pull again.";
    DeskNotAllowed "desk.not_allowed" final, "This role may not do it.", "Ask somebody whose role it is.";
    DeskSamePerson "desk.same_person" final, "Two people have to sign, and this one has signed already.", "Let another person sign.";
    DeskDirectoryDue "desk.directory_due" final, "The directory that devices trust does not name this officer yet.", "Sign it anew with the root: `wayside desk directory sign`.";
    DeskSealed "desk.sealed" final, "The key that opens this is not in use here: it is not of this role, or the process serves pages alone.", "Sign in as somebody who has it, or give the command with the desk's passphrase.";
    DeskShares "desk.shares" final, "These are not two different shares of a recovery secret.", "Type them again; two of the three are needed.";
    DeskRestored "desk.restored" retry, "The desk was put back from a copy and has not read the relay's log yet.", "Pull when the relay can be reached; until then no record is shown.";
    RelayLost "relay.lost" retry, "The relay lost the bytes of an item, or they are damaged there.", "Let the device sync again; the desk asks for the item with each pull.";
    DeskNotLoopback "desk.not_loopback" final, "The desk's page is only served on this machine.", "Use 127.0.0.1 or [::1].";
    DeskRelayAddress "desk.relay_address" final, "The relay's address is not usable (HTTPS, or plain HTTP on this machine), or there is no certificate among those to trust.", "Correct the address, or the file of certificates.";
    DeskChain "desk.chain" final, "A signed checkpoint does not fit the envelopes that came; no receipt was given.", "Compare with the device; the envelopes are kept.";
    DeskGap "desk.gap" retry, "Envelopes before this one are missing, so no checkpoint can be checked against it.", "Let the device sync again.";
    DeskNoHeader "desk.no_header" retry, "The header that opens these envelopes has not come, or its signature does not fit.", "Let the device sync again.";
    DeskRevoked "desk.revoked" final, "It came after its device was revoked; it does not count as verified.", "Find out who held the device at that time.";
    DeskTwice "desk.twice" final, "Two different envelopes claim the same place in a device's order.", "Compare with the device; both are kept.";
    DemoCheck "demo.check" final, "A check of the demo does not hold.", "See which; the rest of the output says what was seen.";
    Cancelled "cancelled" retry, "The call was cancelled; nothing half-done remains.", "Call again when wanted.";
    Usage "usage" final, "The command was not used as its help says.", "See --help.";
    Bug "bug" final, "Something in the core is wrong; the vault is intact.", "Report the code and the version.";
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_plain() {
        let texts: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), ErrorCode::ALL.len());
        for text in texts {
            assert!(text.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_'), "{text}");
        }
    }
}
