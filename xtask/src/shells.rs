//! What holds for both shells and needs no compiler: who may import what, and that both say the same words.
use crate::failure::{Doing, Failure};
use crate::place::Place;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folder of sources, how its files end, and the beginnings of what they may import.
const BORDERS: [(&str, &str, &[&str]); 5] = [
    // Only these run on the phone and on the JVM alike.
    ("android-demo/screens/src/main/kotlin/ui", "kt", &["androidx.compose.", "org.wayside."]),
    (
        "android-demo/screens/src/main/kotlin/model",
        "kt",
        &["java.io.", "java.math.", "java.time.", "java.util.concurrent.", "kotlinx.coroutines.", "org.wayside."],
    ),
    (
        "android-demo/app/src/jvm/kotlin",
        "kt",
        &["com.google.zxing.", "java.", "javax.net.", "okhttp3.", "org.wayside."],
    ),
    ("ios-demo/Model/Sources/WaysideModel", "swift", &["Foundation", "Wayside"]),
    ("ios-demo/Model/Sources/WaysideLink", "swift", &["Foundation", "FoundationNetworking", "Wayside", "WaysideModel"]),
];
/// The words of a language stand in three files of these endings each.
const WORDS: [&str; 4] = ["English", "French", "Arabic", "Tigrinya"];
const WORD_PARTS: [&str; 3] = ["", "Cases", "Phone"];

/// Says the first fault it finds.
pub(crate) fn borders(place: &Place) -> Result<(), Failure> {
    for (folder, ending, allowed) in BORDERS {
        let files = sources(&place.root.join(folder), ending)?;
        if files.is_empty() {
            return Err(Failure(format!("There are no sources in {folder}.")));
        }
        for file in files {
            let text = fs::read_to_string(&file).doing(format!("Reading a file of {folder}"))?;
            if let Some(import) = stranger(&text, ending, allowed) {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                return Err(Failure(format!("{folder}/{name} must not import {import}.")));
            }
        }
    }
    for language in WORDS.iter().flat_map(|language| WORD_PARTS.iter().map(move |part| format!("{language}{part}"))) {
        let read = |path: String| fs::read_to_string(place.root.join(&path)).doing(format!("Reading {path}"));
        let kotlin = read(format!("android-demo/screens/src/main/kotlin/model/{language}.kt"))?;
        let swift = read(format!("ios-demo/Model/Sources/WaysideModel/{language}.swift"))?;
        if let Some(text) = difference(&kotlin, &swift) {
            return Err(Failure(format!("Only one of the two shells says in {language}: {text}")));
        }
    }
    Ok(())
}

/// The first import that is not allowed.
fn stranger<'a>(text: &'a str, ending: &str, allowed: &[&str]) -> Option<&'a str> {
    let imports = text.lines().filter_map(|line| line.trim().strip_prefix("import ")).map(str::trim);
    let fits = |import: &str| match ending {
        "kt" => allowed.iter().any(|a| import.starts_with(a)),
        _ => allowed.contains(&import),
    };
    imports.into_iter().find(|import| !fits(import))
}

/// A text between quotation marks that only one of the two has. Where values are put in, the languages write differently.
fn difference(one: &str, other: &str) -> Option<String> {
    let (one, other) = (quoted(one), quoted(other));
    one.symmetric_difference(&other).next().cloned()
}

fn quoted(text: &str) -> BTreeSet<String> {
    // No text of these files has a quotation mark of this kind within.
    text.split('"').skip(1).step_by(2).filter(|t| !t.contains('$') && !t.contains("\\(")).map(str::to_owned).collect()
}

fn sources(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).doing(format!("Reading {}", folder.display()))?;
    let paths = entries.filter_map(Result::ok).map(|e| e.path());
    Ok(paths.filter(|p| p.extension().is_some_and(|e| e == ending)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shells_keep_their_borders() {
        borders(&Place::find().unwrap()).unwrap();
    }

    #[test]
    fn a_stranger_is_found() {
        let ui = BORDERS[0].2;
        assert_eq!(stranger("import androidx.compose.ui.Modifier\n", "kt", ui), None);
        assert_eq!(stranger("import android.os.Bundle\n", "kt", ui), Some("android.os.Bundle"));
        assert_eq!(
            stranger("import androidx.activity.compose.setContent\n", "kt", ui),
            Some("androidx.activity.compose.setContent")
        );
        assert_eq!(stranger("import Foundation\nimport SwiftUI\n", "swift", BORDERS[3].2), Some("SwiftUI"));
    }

    #[test]
    fn a_word_that_one_shell_lacks_is_found() {
        let kotlin = r#"Words(tag = "en", common = Common("Next", "Back"), screen = { a, b -> "$a of $b" })"#;
        let swift =
            r#"Words(tag: "en", common: Common(next: "Next", back: "Back"), screen: { a, b in "\(a) of \(b)" })"#;
        assert_eq!(difference(kotlin, swift), None);
        assert_eq!(difference(kotlin, &swift.replace("Back", "Beck")).as_deref(), Some("Back"));
    }
}
