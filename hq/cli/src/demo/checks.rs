//! The checks of the demo. Each can be shown to fail: `--sabotage NAME` plants a real fault in the world it looks at.

use clap::ValueEnum;

macro_rules! checks {
    ($($name:ident $promise:literal, $fault:literal;)+) => {
        /// One check.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        pub(crate) enum Check {
            $(#[doc = $fault] $name,)+
        }

        impl Check {
            /// All, in the order of the demo.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// What holds when it passes.
            pub(crate) const fn promise(self) -> &'static str {
                match self { $(Self::$name => $promise,)+ }
            }

            /// What `--sabotage` does to the world.
            pub(crate) const fn fault(self) -> &'static str {
                match self { $(Self::$name => $fault,)+ }
            }
        }
    };
}

checks! {
    ServicesAnswer "Relay and desk answer as processes of their own, each on its own file", "the desk's process is killed";
    WordsMatch "Device and desk show the same words", "somebody between them swaps the third device's request for one of his own";
    RecordOnce "An enrolment record works once", "HQ gives out a new record for the second try";
    DevicesConfirmed "Both devices are confirmed at the desk", "the second device is confirmed too late";
    FormsInstalled "Each device has the built-in forms", "the third device is left without forms";
    FormRefused "A form that does not parse is refused at its place, and nothing is installed", "the form is repaired before it is brought in";
    AdultOutcome "The adult's record has the outcome and dimensions that the rule gives", "one answer is given the other way round";
    ChildByCalendar "A birth year of the Ethiopian calendar takes the child's way", "the same year is entered as Gregorian";
    RefusalSeenBefore "Before the refusal the search finds the person's words", "the person says something else";
    RefusalLeavesNothing "After the refusal the search finds nothing, with every key", "the refusal is not entered";
    DraftSurvivesKill "What was acknowledged before SIGKILL is there afterwards", "the draft is erased after the kill";
    UnconfirmedHoldsNone "A device that HQ has not confirmed holds no interview", "HQ confirms it after all";
    WrongSecret "Wrong words are refused by code and open nothing", "the wrong words are the right ones";
    DamageIsNamed "A truncated vault file is named as damage, and nothing is deleted", "the file is not truncated";
    OfflineKeepsAll "Without a network everything stays sealed on the device", "one record is not finished";
    PortalChangesNothing "A captive portal's page is no success and changes nothing", "the portal lets everything through";
    LinkDropped "The link really dropped, and the sync went on", "the link does not drop";
    HqHasIt "HQ's receipts are in for every record", "one envelope is changed while the relay holds it";
    RelayIsBlind "What the relay holds has none of the words that HQ reads", "a plain note is left in the relay's file";
    DeskShowsWhy "The desk shows outcome, rule branch and the answers behind them", "the desk looks before it has pulled";
    PageShowsTheSame "The web page shows the same", "the page is served from an old copy of the desk";
}

impl Check {
    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}
