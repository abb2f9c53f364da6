//! Running other programs.
use crate::failure::{Doing, Failure};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};

/// Runs with the terminal as it is; fails unless it ends well.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().doing(format!("Starting {}", name(command)))?;
    if status.success() { Ok(()) } else { Err(failed(command, status)) }
}

/// Standard output as bytes; fails unless it ends well.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let out = command.stderr(Stdio::inherit()).output().doing(format!("Starting {}", name(command)))?;
    if out.status.success() { Ok(out.stdout) } else { Err(failed(command, out.status)) }
}

/// Whether it ends well; what it prints is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// Shows standard output line by line as it comes and gives it back, with how the program ended.
pub(crate) fn tee(command: &mut Command) -> Result<(String, ExitStatus), Failure> {
    let mut child = command.stdout(Stdio::piped()).spawn().doing(format!("Starting {}", name(command)))?;
    let mut text = String::new();
    if let Some(stdout) = child.stdout.take() {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).doing("Reading what a runner prints")? > 0 {
            let mut terminal = std::io::stdout().lock();
            // A closed terminal must not stop the tests.
            let _ = terminal.write_all(&line).and_then(|()| terminal.flush());
            text.push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    }
    let status = child.wait().doing(format!("Waiting for {}", name(command)))?;
    Ok((text, status))
}

fn failed(command: &Command, status: ExitStatus) -> Failure {
    let arguments: Vec<_> = command.get_args().take(3).map(|a| a.to_string_lossy().into_owned()).collect();
    Failure(format!("`{} {}` failed ({status}).", name(command), arguments.join(" ")))
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
