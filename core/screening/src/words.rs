//! Words that would turn a screening into a verdict or a ranking. Nothing of ours that a person or a worker reads may hold
//! one: screening is not identification, and only the competent body decides.

/// The words, by language (BCP 47), in lower case. A word counts at its beginning, so that endings are found as well.
pub const VERDICT_WORDS: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "victim",
            "trafficked",
            "trafficker",
            "not trafficking",
            "perpetrator",
            "score",
            "probab",
            "percent",
            "risk level",
            "high risk",
            "low risk",
            "confirmed",
            "proven",
            "guilty",
            "genuine",
            "liar",
            "lying",
            "lied",
            "truthful",
            "credib",
            "fraud",
            "bogus",
            "illegal migrant",
            "all clear",
            "all-clear",
        ],
    ),
    (
        "fr",
        &[
            "victime",
            "trafiquant",
            "score",
            "probab",
            "pour cent",
            "niveau de risque",
            "risque élevé",
            "risque faible",
            "confirmé",
            "avéré",
            "coupable",
            "menteur",
            "menteuse",
            "mensong",
            "crédib",
            "fraude",
            "clandestin",
        ],
    ),
    (
        "es",
        &[
            "víctima",
            "tratante",
            "traficante",
            "puntuación",
            "puntaje",
            "probab",
            "por ciento",
            "nivel de riesgo",
            "alto riesgo",
            "riesgo alto",
            "bajo riesgo",
            "confirmad",
            "comprobad",
            "culpable",
            "mentiros",
            "creíble",
            "fraud",
            "migrante ilegal",
        ],
    ),
    (
        "ar",
        &[
            "ضحية",
            "ضحايا",
            "تاجر بالبشر",
            "متاجر بالبشر",
            "مذنب",
            "مجرم",
            "كذّاب",
            "يكذب",
            "درجة الخطر",
            "احتمال",
            "بالمئة",
            "مؤكد",
            "مؤكّد",
        ],
    ),
    (
        "prs",
        &[
            "قربانی",
            "قاچاقبر انسان",
            "مجرم",
            "گنهکار",
            "دروغگو",
            "دروغ می",
            "امتیاز",
            "نمره",
            "احتمال",
            "فیصد",
            "خطر بالا",
            "ثابت شد",
        ],
    ),
    ("ti", &["ግዳይ", "ግዳያት", "ነጋዲ ሰብ", "ገበነኛ", "ሓሳዊ", "ነጥቢ", "ተኽእሎ", "ሚእታዊ", "ደረጃ ሓደጋ", "ተረጋጊጹ እዩ"]),
];

/// The first such word in a text, of any language.
pub fn verdict_in(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    // Arabic joins article and prepositions to the word, and Ethiopic joins prefixes: there a word counts anywhere.
    let anywhere = |word: &str| word.chars().next().is_some_and(|first| !first.is_lowercase());
    let starts = |word: &str| {
        text.match_indices(word)
            .any(|(at, _)| anywhere(word) || !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
    };
    VERDICT_WORDS.iter().flat_map(|(_, words)| *words).copied().find(|word| starts(word))
}
