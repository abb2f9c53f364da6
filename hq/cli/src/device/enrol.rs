//! `wayside device enrol`.

use std::io::Read as _;
use std::path::Path;

use serde::Serialize;
use wayside_field::{EnrolOptions, Vault};

use crate::device::args::EnrolArgs;
use crate::device::home::{Home, KEY_STORE_NOTE};
use crate::error::CliError;
use crate::key_store::create_private_folder;
use crate::output::Output;

#[derive(Serialize)]
struct Enrolled {
    device: String,
    words: String,
    confirmed: bool,
    key_store: &'static str,
}

/// Makes a device of an empty folder.
pub(crate) fn run(args: &EnrolArgs, output: &Output) -> Result<(), CliError> {
    let home = Home::new(&args.dir);
    let record = read_record(&args.record)?;
    let secret = args.secret.read_new("New secret for this device, six words or more")?;
    create_private_folder(home.dir()).map_err(CliError::file("the device folder"))?;
    let mut options = EnrolOptions::new(home.vault_dir(), record);
    options.stretch = args.kdf.params();
    let transport = args.way.transport()?;
    let enrolled = Vault::enrol(options, &secret, &home.keys(), &transport)?;
    let value = Enrolled {
        device: enrolled.device.to_string(),
        words: enrolled.words.clone(),
        confirmed: false,
        key_store: "software",
    };
    enrolled.vault.lock();
    output.result(&value, || {
        format!(
            "Device  {}\nWords   {}\n\n\
             HQ must see the same words before it confirms this device. Until then nothing it sends counts as verified.\n\
             {KEY_STORE_NOTE}\n",
            value.device, value.words
        )
    })
}

fn read_record(path: &Path) -> Result<String, CliError> {
    const WHAT: &str = "the file of --record";
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(CliError::file("stdin"))?;
        return Ok(text.trim().to_owned());
    }
    Ok(std::fs::read_to_string(path).map_err(CliError::file(WHAT))?.trim().to_owned())
}
