//! How far a sync is: a bar where stderr is a terminal, plain lines where it is not.

use std::io::{IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressStyle};
use wayside_field::{ProgressListener, SyncProgress};

/// Draws on stderr.
pub(crate) struct TerminalProgress {
    bar: Option<ProgressBar>,
}

impl TerminalProgress {
    /// A bar, or lines.
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("  sending [{bar:30}] {pos} of {len} items {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        Self { bar }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl ProgressListener for TerminalProgress {
    fn on_progress(&self, progress: SyncProgress) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(u64::from(progress.total));
                bar.set_position(u64::from(progress.done));
                bar.set_message(format!("{} bytes", progress.bytes));
            }
            None => {
                let (done, total, bytes) = (progress.done, progress.total, progress.bytes);
                let _ = writeln!(std::io::stderr().lock(), "sent {done} of {total} items, {bytes} bytes");
            }
        }
    }
}
