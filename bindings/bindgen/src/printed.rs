//! What the programs that print something of a library's interfaces have in common.

use uniffi_bindgen::interface::ComponentInterface;
use uniffi_bindgen::{BindgenLoader, BindgenPaths, GlobalConfig};

/// Prints `head`, then what `print` says of each interface of the library that the program's one argument names.
pub(crate) fn print(
    head: &str,
    print: impl Fn(&ComponentInterface, &mut String) -> std::fmt::Result,
) -> Result<(), Box<dyn std::error::Error>> {
    let library = std::env::args().nth(1).ok_or("the library is the one argument")?;
    let loader = BindgenLoader::new(BindgenPaths::default(), GlobalConfig::default());
    let metadata = loader.load_metadata(library.as_str().into())?;
    let mut text = head.to_owned();
    for interface in loader.load_cis(metadata)? {
        print(&interface, &mut text)?;
    }
    use std::io::Write as _;
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
