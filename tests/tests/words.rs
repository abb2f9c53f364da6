//! No text of the apps, of what is handed out and of the desk's Arabic page sounds like a verdict. The forms, the explanations and
//! the rendered pages and exports are searched in their own crates, with the same words.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wayside_screening::words::verdict_in;
use wayside_tests::root;

/// Where the two shells keep what a worker reads.
const SHELLS: [(&str, &str); 2] =
    [("android-demo/screens/src/main/kotlin", "kt"), ("ios-demo/Model/Sources/WaysideModel", "swift")];

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

/// Every text in quotation marks that stands outside a comment.
fn texts(source: &str) -> Vec<String> {
    let code =
        source.lines().map(str::trim_start).filter(|line| !["//", "*", "/*"].iter().any(|mark| line.starts_with(mark)));
    let mut texts = Vec::new();
    for line in code {
        let (mut text, mut escaped) = (None::<String>, false);
        for c in line.chars() {
            match &mut text {
                None if c == '"' => text = Some(String::new()),
                None => {}
                Some(_) if c == '"' && !escaped => texts.extend(text.take()),
                Some(held) => {
                    escaped = c == '\\' && !escaped;
                    held.push(c);
                }
            }
        }
    }
    texts
}

/// Texts by the file they stand in, which is also how many there are.
fn of_the_apps() -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for (folder, ending) in SHELLS {
        let mut found = Vec::new();
        files(&root().join(folder), ending, &mut found);
        for file in found {
            let name = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            all.insert(name, texts(&std::fs::read_to_string(&file).unwrap()));
        }
    }
    all
}

fn hits(texts: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let pairs = texts.iter().flat_map(|(file, texts)| texts.iter().map(move |text| (file, text)));
    pairs.filter_map(|(file, text)| Some(format!("{file}: {}: {text}", verdict_in(text)?))).collect()
}

#[test]
fn the_apps_say_no_verdict_in_any_language() {
    let mut texts = of_the_apps();
    let count: usize = texts.values().map(Vec::len).sum();
    println!("{count} texts in {} files of two apps", texts.len());
    for language in ["English", "French", "Arabic", "Tigrinya"] {
        let of_language = texts.iter().filter(|(file, _)| file.contains(&format!("/{language}")));
        assert!(of_language.map(|(_, texts)| texts.len()).sum::<usize>() > 400, "{language}");
    }
    assert_eq!(hits(&texts), Vec::<String>::new());
    // The search finds what is planted among them.
    let last = texts.values_mut().next_back().unwrap();
    last.extend(["She is a victim.", "C'est une victime.", "هو من الضحايا", "እቲ ግዳይ"].map(str::to_owned));
    assert_eq!(hits(&texts).len(), 4);
}

#[test]
fn what_is_handed_out_and_the_desks_arabic_say_none() {
    let mut corpora = BTreeMap::new();
    let mut json = Vec::new();
    for folder in ["core/screening/packs", "core/screening/rulesets"] {
        files(&root().join(folder), "json", &mut json);
    }
    for file in &json {
        corpora.insert(file.to_string_lossy().into_owned(), texts(&std::fs::read_to_string(file).unwrap()));
    }
    assert!(corpora.len() >= 2);
    let arabic = std::fs::read_to_string(root().join("hq/desk/src/arabic.txt")).unwrap();
    // The state of a device, which two people compared words for, and no more.
    let pairs = arabic.lines().filter(|line| !line.starts_with("Confirmed = "));
    corpora.insert("arabic".to_owned(), pairs.map(str::to_owned).collect());
    assert!(corpora["arabic"].len() > 150);
    assert_eq!(hits(&corpora), Vec::<String>::new());
    corpora.insert("planted".to_owned(), vec!["High risk = خطر".to_owned(), "Result = هي ضحية".to_owned()]);
    assert_eq!(hits(&corpora).len(), 2);
}

#[test]
fn texts_are_those_in_quotation_marks_outside_comments() {
    let source = "// \"a\"\n * \"b\"\n val x = \"c\" to \"d \\\" e\" // end\n";
    assert_eq!(texts(source), ["c", "d \\\" e"]);
}
