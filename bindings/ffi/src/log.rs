//! The log: codes and numbers, pulled by the host; warnings are pushed too where it wants them.
use crate::foreign::LogSink;
use crate::guard::guard_or;
use std::sync::Arc;
use wayside_field as field;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// For looking back.
    Info,
    /// Something a person should know of.
    Warning,
    /// A mistake in the core.
    Error,
}

/// One line: a code of ours and a number, safe to send in a crash report.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// A dotted code.
    pub code: String,
    /// A count or size that belongs to it; 0 where there is none.
    pub number: u64,
}

impl From<field::LogLine> for LogLine {
    fn from(line: field::LogLine) -> Self {
        let level = match line.level {
            field::LogLevel::Info => LogLevel::Info,
            field::LogLevel::Warning => LogLevel::Warning,
            field::LogLevel::Error => LogLevel::Error,
        };
        Self { level, code: line.code.to_owned(), number: line.number }
    }
}

/// The last 1,000 lines, oldest first.
#[uniffi::export]
pub fn recent_log() -> Vec<LogLine> {
    guard_or(Vec::new(), || field::recent_log().into_iter().map(LogLine::from).collect())
}

/// Sends warnings and errors to `sink` as they come, or to nobody.
#[uniffi::export]
pub fn set_log_sink(sink: Option<Arc<dyn LogSink>>) {
    guard_or((), || field::set_log_sink(sink.map(|sink| Arc::new(Sink(sink)) as Arc<dyn field::LogSink>)));
}

struct Sink(Arc<dyn LogSink>);

impl field::LogSink for Sink {
    fn write(&self, line: field::LogLine) {
        // A sink that fails must not fail the call that has something to say.
        let _ = self.0.write(line.into());
    }
}
