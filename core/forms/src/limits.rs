//! How much of a form is read, and how long an expression may run.

/// Bounds on a form. A form beyond one of them is refused with `form.too_large`, an expression with a problem on its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the form's XML. Default 16 MiB: the largest form known to us, the WHO verbal autopsy, has 1.5 MB.
    pub bytes: usize,
    /// Elements inside each other. Default 128.
    pub depth: usize,
    /// Elements, attributes and texts of the form, and nodes of a running session. Default 200,000: 40,000 choices written into
    /// the form, each with a name and a label.
    pub nodes: usize,
    /// What the engine keeps most of: nodes of the primary instance, binds, and what is in the body but for choices. Default
    /// 30,000: a form of 500 questions has 2,000. With these two a form is refused within 64 MiB, wherever its fault is.
    pub definitions: usize,
    /// Names, numbers, texts and operators of all expressions of the form. Default 300,000: a form of 500 questions, many of
    /// which depend on others, has 20,000.
    pub tokens: usize,
    /// Nodes that expressions may look at for one answer, all together, or for one label; four bytes of text count as a node.
    /// Default 20,000,000: far more than sums over a list of 10,000 rows take, and under a second on a phone.
    pub steps: u64,
    /// Bytes of a text that an expression makes. Default 1 MiB: the longest trace or signature known to us has a tenth.
    pub text: usize,
    /// Parentheses, calls and predicates of one expression inside each other. Default 128, which fits a stack
    /// of 512 KiB (a thread on iOS) even without optimisation.
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024 * 1024,
            depth: 128,
            nodes: 200_000,
            definitions: 30_000,
            tokens: 300_000,
            steps: 20_000_000,
            text: 1 << 20,
            nesting: 128,
        }
    }
}
