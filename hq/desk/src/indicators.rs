//! The words behind indicator codes that a record names without them.

use wayside_screening::ilo_delphi_2009;

/// What a code means in the rule set a record names (`id/profile@version`), where that one is built in.
pub(crate) fn text(ruleset: &str, code: &str) -> Option<&'static str> {
    let rules = ilo_delphi_2009().ok()?;
    let (id, rest) = ruleset.split_once('/')?;
    let (_, version) = rest.split_once('@')?;
    if id != rules.id() || version != rules.version().to_string() {
        return None;
    }
    rules.indicator(code).map(|indicator| indicator.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_rule_set_gives_words() {
        let rules = ilo_delphi_2009().unwrap();
        let name = format!("{}/AL@{}", rules.id(), rules.version());
        assert!(text(&name, "DR1").is_some_and(|words| !words.is_empty()));
        assert_eq!(text(&name, "ZZ1"), None);
        assert_eq!(text(&format!("{}/AL@{}", rules.id(), rules.version() + 1), "DR1"), None);
        for odd in ["", "other/AL@1", "ilo", "/@"] {
            assert_eq!(text(odd, "DR1"), None);
        }
    }
}
