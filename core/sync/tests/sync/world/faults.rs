//! What a link can do to one exchange, and random cases made of it.

use proptest::prelude::*;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Works.
    None,
    NoPath,
    Untrusted,
    Unexpected,
    Cancelled,
    LostOnTheWayOut,
    LostOnTheWayBack,
    /// A captive portal with this status.
    Html(u16),
    /// An outage, in whoever's words.
    Server {
        status: u16,
        retry_after_s: Option<u32>,
    },
    /// The relay itself refuses.
    Problem(u16, &'static str),
    /// The relay's answer is cut after so many bytes (taken modulo its length).
    Cut(u8),
    WrongHash,
    /// The control log jumps.
    Gap,
    /// The device's clock jumps by milliseconds; the exchange itself works.
    Clock(i64),
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) seed: u64,
    /// Kind (0 header, 1 envelope, 2 checkpoint) and priority.
    pub(crate) items: Vec<(u8, u8)>,
    pub(crate) control: u64,
    pub(crate) faults: Vec<Fault>,
}

fn fault() -> impl Strategy<Value = Fault> {
    const YEARS: i64 = 10 * 365 * 86_400_000;
    prop_oneof![
        4 => Just(Fault::None),
        1 => Just(Fault::NoPath),
        1 => Just(Fault::Untrusted),
        1 => Just(Fault::Unexpected),
        1 => Just(Fault::Cancelled),
        1 => Just(Fault::LostOnTheWayOut),
        1 => Just(Fault::LostOnTheWayBack),
        3 => prop::sample::select(vec![200, 201, 204, 302, 307, 400, 401, 403, 404, 409, 410, 413, 451]).prop_map(Fault::Html),
        2 => (prop::sample::select(vec![408, 425, 429, 500, 502, 503, 504, 511, 520, 599]), any::<Option<u32>>())
            .prop_map(|(status, retry_after_s)| Fault::Server { status, retry_after_s }),
        2 => prop::sample::select(vec![
            (400, "sync.refused"), (401, "sync.credential"), (403, "sync.credential"), (404, "relay.not_found"),
            (409, "sync.conflict"), (413, "sync.refused"), (409, "enrol.used"), (410, "of.a_later_version"),
        ]).prop_map(|(status, code)| Fault::Problem(status, code)),
        1 => any::<u8>().prop_map(Fault::Cut),
        1 => Just(Fault::WrongHash),
        1 => Just(Fault::Gap),
        1 => (-YEARS..YEARS).prop_map(Fault::Clock),
    ]
}

pub(crate) fn cases() -> impl Strategy<Value = Case> {
    let items = prop::collection::vec((prop::sample::select(vec![0, 1, 1, 1, 1, 2]), 0_u8..5), 0..9);
    (any::<u64>(), items, 0_u64..7, prop::collection::vec(fault(), 0..60))
        .prop_map(|(seed, items, control, faults)| Case { seed, items, control, faults })
}
