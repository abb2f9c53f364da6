#![no_main]
use libfuzzer_sys::fuzz_target;
use wayside_model::{DeviceId, Timestamp};
use wayside_sync::Method;
use wayside_sync::carrier::{Carrier, TTL_MS, Unsaved};
use wayside_sync::carrier_side::{Asked, CarrierSide};
use wayside_sync::wire::{self, CARRIER_MEDIA_TYPE, CarrierAsk};

const TENANT: [u8; 8] = [7; 8];
const CODE: &str = "0123456789abcdef";
const QUOTA: u64 = 8_192;

/// Requests one after the other: how, an offset, a whole length and the length of a body, then the body.
fuzz_target!(|bytes: &[u8]| {
    let own = DeviceId::from_bytes([1; 16]);
    let (mut carrier, mut side) = (Carrier::new(QUOTA, TTL_MS), CarrierSide::new(TENANT, own, CODE.to_owned()));
    let (mut rest, mut pieces) = (bytes, Vec::new());
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let len = usize::from(head[7]) * 16;
        let (body, next) = tail.split_at(len.min(tail.len()));
        rest = next;
        let owner = DeviceId::from_bytes([head[1] % 4; 16]);
        let number = |at: usize| u64::from(u16::from_le_bytes([head[at], head[at + 1]]));
        // Half of the names are those of the bytes, so that what is an item is taken.
        let name = if head[0] & 1 == 0 { wire::carried_id(&wayside_seal::sha256(body)) } else { [head[2]; 16] };
        let ask = match head[0] >> 1 & 3 {
            0 => CarrierAsk::Item(owner, name),
            1 => CarrierAsk::Parts(owner, name),
            2 => CarrierAsk::Part(owner, name, number(3), number(5)),
            _ => CarrierAsk::Control(owner, number(3)),
        };
        let (method, made) = ask.path(&TENANT);
        let free = String::from_utf8_lossy(body);
        let path = if head[0] & 8 == 0 { made.as_str() } else { &free };
        let method = if head[0] & 16 == 0 { method } else { Method::Put };
        let code = (head[0] & 0xe0 != 0xe0).then_some(CODE);
        let answer = side.answer(&Asked { method, path, code, body }, &mut carrier, Timestamp::from_millis(0));
        assert_eq!(answer.content_type, CARRIER_MEDIA_TYPE);
        assert!(matches!(answer.status, 200 | 201 | 400..=413));
        assert!(carrier.size() <= QUOTA && side.unfinished() as u64 <= QUOTA);
        assert!(code.is_some() || answer.status >= 400);
        match carrier.unsaved() {
            Unsaved::Nothing => {}
            Unsaved::Added(piece) => pieces.push(piece),
            Unsaved::Whole(piece) => pieces = vec![piece],
        }
    }
    let saved: Vec<_> = pieces.iter().map(Vec::as_slice).collect();
    assert!(Carrier::from_pieces(QUOTA, TTL_MS, &saved, None).to_bytes() == carrier.to_bytes());
    let kept = carrier.to_bytes();
    let Some(again) = Carrier::from_bytes(QUOTA, TTL_MS, &kept, None) else { panic!("what was kept is not read") };
    assert!(again.to_bytes() == kept);
});
