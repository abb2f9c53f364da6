//! In what words questions were put: an answer to a question that was only glossed is another answer.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// How far the words were from the language asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// In the language asked for.
    #[n(0)]
    None,
    /// In the language of the dialect asked for.
    #[n(1)]
    Language,
    /// In a lingua franca.
    #[n(2)]
    LinguaFranca,
    /// Only in the worker's language; the worker or an interpreter says it.
    #[n(3)]
    Gloss,
}

/// Where the words of a question came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
pub struct HeardIn {
    /// Their language (BCP 47).
    #[n(0)]
    pub language: String,
    /// Version of the language pack; 0 for the form's own words.
    #[n(1)]
    pub pack: u32,
    /// How far from what was asked for.
    #[n(2)]
    pub fallback: Fallback,
    /// Language of the pack (BCP 47), where the words are its glosses and so in another.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glosses_of: Option<String>,
}

/// Questions whose words came from one place.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Heard {
    /// The place.
    #[n(0)]
    pub from: HeardIn,
    /// The questions, as answers name them.
    #[n(1)]
    pub questions: Vec<String>,
}

/// In what words the answered questions of a record were put.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Wording {
    /// The language that was asked for (BCP 47), dialect included.
    #[n(0)]
    pub asked: String,
    /// Where the words came from.
    #[n(1)]
    pub heard: Vec<Heard>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{from_canonical, to_canonical};

    #[test]
    fn words_of_a_pack_are_written_as_before_and_glosses_name_their_pack() {
        let own = HeardIn { language: "fr".into(), pack: 3, fallback: Fallback::LinguaFranca, glosses_of: None };
        // As records before glosses named their pack have it.
        let before = [0x83, 0x62, b'f', b'r', 3, 2];
        assert_eq!(to_canonical(&own), before);
        assert_eq!(from_canonical::<HeardIn>(&before).unwrap(), own);
        let gloss =
            HeardIn { language: "en".into(), pack: 3, fallback: Fallback::Gloss, glosses_of: Some("fr".into()) };
        assert_eq!(from_canonical::<HeardIn>(&to_canonical(&gloss)).unwrap(), gloss);
    }
}
