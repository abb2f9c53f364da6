//! What no source of a shell may say, in either language: it would end the app before a person, or write something of a page
//! where others read it. Compilers let these pass, and the linters of both languages are not to be had on every machine.
use crate::failure::{Doing, Failure};
use crate::place::Place;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders whose sources go onto a phone.
const FOLDERS: [&str; 5] = [
    "android-demo/app/src",
    "android-demo/screens/src/main",
    "bindings/swift/Sources/Wayside",
    "ios-demo/App",
    "ios-demo/Model/Sources",
];
/// Calls that log, with what stands in front of their names.
const LOGS: [&str; 10] = [
    "print(",
    "println(",
    "debugPrint(",
    "dump(",
    "NSLog(",
    "os_log(",
    "printStackTrace(",
    "Log.d(",
    "Log.e(",
    "Log.i(",
];
/// Calls and marks that end the app where something is not as expected. The last is Kotlin's for what nobody wrote yet, and it throws.
const ENDS: [&str; 5] = ["try!", "as!", "fatalError(", "preconditionFailure(", "TODO("];
/// Longest line, in characters. A line of a table of words may be longer: words are not folded.
const LONGEST: usize = 170;

/// Fails with every place, one a line.
pub(crate) fn check(place: &Place) -> Result<(), Failure> {
    let mut found = Vec::new();
    let mut seen = 0;
    for folder in FOLDERS {
        for file in sources(&place.root.join(folder))? {
            let text = fs::read_to_string(&file).doing("Reading a source of a shell")?;
            let name = file.strip_prefix(&place.root).unwrap_or(&file).display().to_string();
            found.extend(faults(&text).into_iter().map(|(line, fault)| format!("{name}:{line}: {fault}")));
            seen += 1;
        }
    }
    match (found.is_empty(), seen > 100) {
        (true, true) => Ok(()),
        (true, false) => Err(Failure(format!("Only {seen} sources of the shells were found."))),
        (false, _) => Err(Failure(format!("The shells say what they must not:\n{}", found.join("\n")))),
    }
}

/// Lines of this source with what is wrong in each. A comment may name what it wants.
fn faults(text: &str) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let code = line.split("//").next().unwrap_or_default();
        let said = LOGS.iter().chain(&ENDS).filter(|word| says(code, word));
        faults.extend(said.map(|word| (number, format!("`{word}`"))));
        if line.ends_with(' ') || line.contains('\t') {
            faults.push((number, "a tab, or a blank at the end".to_owned()));
        }
        if line.chars().count() > LONGEST && !line.contains('"') {
            faults.push((number, "a long line".to_owned()));
        }
    }
    faults
}

/// Whether the word stands there by itself and not as the end of another.
fn says(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        !code[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_' || before == '.')
    })
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).doing("Reading the folders of the shells")?.filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|end| end == "kt" || end == "swift") {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_found_and_nothing_else() {
        let good =
            "let a = try? read()\nblueprint(a) // print( is not called\nlog.println(a)\nval text = \"as ever!\"\n";
        assert_eq!(faults(good), []);
        for word in LOGS.iter().chain(&ENDS) {
            assert_eq!(faults(&format!("\n  {word}answer)\n")), [(2, format!("`{word}`"))]);
        }
        assert_eq!(faults("let a = 1 \n").len(), 1);
        assert_eq!(faults("\tlet a = 1\n").len(), 1);
        assert_eq!(faults(&"a".repeat(LONGEST + 1)).len(), 1);
        assert_eq!(faults(&format!("\"{}\"", "a".repeat(LONGEST))), [], "words are not folded");
    }
}
