//! How often tools of this kind are right, as far as it was published. The reason why no result here is a number, and why no
//! cut-off but "any yes: talk further" is shipped: thresholds do not carry over between languages and populations.

/// A published comparison of a tool with a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// The tool.
    pub tool: &'static str,
    /// Who was asked.
    pub sample: &'static str,
    /// Where it was published.
    pub source: &'static str,
    /// Found by the tool and by the reference.
    pub both: u32,
    /// Missed by the tool.
    pub missed: u32,
    /// Found by the tool alone.
    pub tool_only: u32,
    /// Found by neither.
    pub neither: u32,
}

/// The comparisons. The four counts were computed from the published rates.
pub const COMPARISONS: &[Comparison] = &[
    Comparison {
        tool: "QYIT, any yes",
        sample: "340 assessments of homeless young adults, United States",
        source: "Children and Youth Services Review 98, 2019",
        both: 26,
        missed: 4,
        tool_only: 73,
        neither: 237,
    },
    Comparison {
        tool: "modified AHTST, six or more",
        sample: "176 refugees in a reception centre, Germany",
        source: "BMC Public Health 2024, 10.1186/s12889-024-18997-7",
        both: 10,
        missed: 3,
        tool_only: 26,
        neither: 137,
    },
    Comparison {
        tool: "six items on a tablet",
        sample: "212 young patients, United States",
        source: "Pediatrics 147(3), 2021",
        both: 22,
        missed: 4,
        tool_only: 87,
        neither: 99,
    },
];

/// Tenths of a percent, rounded to the nearest.
const fn permille(part: u32, of: u32) -> u32 {
    (part * 2000 + of) / (of * 2)
}

impl Comparison {
    /// Of those the reference found, how many the tool found (sensitivity), in tenths of a percent.
    pub const fn sensitivity(&self) -> u32 {
        permille(self.both, self.both + self.missed)
    }
    /// Of those the reference did not find, how many the tool did not (specificity), in tenths of a percent.
    pub const fn specificity(&self) -> u32 {
        permille(self.neither, self.neither + self.tool_only)
    }
    /// Of those the tool found, how many the reference found too (positive predictive value), in tenths of a percent.
    pub const fn right_when_found(&self) -> u32 {
        permille(self.both, self.both + self.tool_only)
    }
    /// Of those the tool did not find, how many the reference did not (negative predictive value), in tenths of a percent.
    pub const fn right_when_not_found(&self) -> u32 {
        permille(self.neither, self.neither + self.missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_rates_come_out() {
        let rates: Vec<_> = COMPARISONS.iter().map(|c| (c.sensitivity(), c.specificity())).collect();
        assert_eq!(rates, [(867, 765), (769, 840), (846, 532)]);
        let found: Vec<_> = COMPARISONS.iter().map(|c| (c.right_when_found(), c.right_when_not_found())).collect();
        assert_eq!(found, [(263, 983), (278, 979), (202, 961)]);
        let totals: Vec<_> = COMPARISONS.iter().map(|c| c.both + c.missed + c.tool_only + c.neither).collect();
        assert_eq!(totals, [340, 176, 212]);
    }
}
