//! The log: a ring of the last 1,000 lines in memory, made of codes and numbers. It has no way to take free text.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ports::LogSink;

const KEPT: usize = 1_000;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For looking back.
    Info,
    /// Something a person should know of.
    Warning,
    /// A mistake in the core.
    Error,
}

/// One line: a code of ours and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// A dotted code, such as `sync.handed_over` or an error code.
    pub code: &'static str,
    /// A count or size that belongs to it; 0 where there is none.
    pub number: u64,
}

struct Log {
    lines: VecDeque<LogLine>,
    sink: Option<Arc<dyn LogSink>>,
}

static LOG: Mutex<Log> = Mutex::new(Log { lines: VecDeque::new(), sink: None });

/// The last 1,000 lines, oldest first.
pub fn recent_log() -> Vec<LogLine> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).lines.iter().copied().collect()
}

/// Sends lines from `Warning` up to `sink` too, or to nobody.
pub fn set_log_sink(sink: Option<Arc<dyn LogSink>>) {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).sink = sink;
}

pub(crate) fn record(level: LogLevel, code: &'static str, number: u64) {
    let line = LogLine { level, code, number };
    let sink = {
        let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        if log.lines.len() == KEPT {
            log.lines.pop_front();
        }
        log.lines.push_back(line);
        log.sink.clone()
    };
    // The lock is released before the host is called: a sink that reads the log must not hang.
    if let Some(sink) = sink.filter(|_| level >= LogLevel::Warning) {
        sink.write(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Reads(Mutex<usize>);

    impl LogSink for Reads {
        fn write(&self, _: LogLine) {
            *self.0.lock().unwrap() = recent_log().len();
        }
    }

    #[test]
    fn keeps_a_thousand_and_calls_out_unlocked() {
        let sink = Arc::new(Reads(Mutex::new(0)));
        set_log_sink(Some(sink.clone()));
        for number in 0..1_500 {
            record(LogLevel::Info, "test.line", number);
        }
        record(LogLevel::Warning, "test.warning", 1);
        set_log_sink(None);
        assert_eq!(recent_log().len(), KEPT);
        assert_eq!(*sink.0.lock().unwrap(), KEPT);
    }
}
