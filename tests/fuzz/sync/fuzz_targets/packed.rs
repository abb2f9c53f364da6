#![no_main]
use libfuzzer_sys::fuzz_target;
use wayside_model::{EventId, FormRef};
use wayside_seal::packed::{Field, FieldKind, Layout, Packing};

fuzz_target!(|bytes: &[u8]| {
    let form = FormRef { id: "f".to_owned(), version: "1".to_owned(), sha256: [1; 32] };
    let kinds = [FieldKind::Text, FieldKind::Date, FieldKind::Point, FieldKind::Whole { low: i64::MIN, high: i64::MAX }];
    let fields = kinds.into_iter().enumerate().map(|(n, kind)| Field { reference: format!("/q{n}"), kind });
    let layouts = [Layout { form, languages: vec!["en".to_owned()], fields: fields.collect() }];
    let packing = Packing { layouts: &layouts, dictionary: b"a few words to begin with", worker: "w", site: "s" };
    let id = EventId::from_bytes([1; 16]);
    let _ = packing.unpack(bytes, id);
    for codec in [0, 1] {
        let _ = wayside_sync::transfer::unpack(&[&[codec], bytes].concat(), id);
    }
    if let Some(queue) = wayside_sync::queue::Queue::from_bytes(bytes) {
        assert_eq!(wayside_sync::queue::Queue::from_bytes(&queue.to_bytes()), Some(queue));
    }
    if let Some(carrier) = wayside_sync::carrier::Carrier::from_bytes(u64::MAX, i64::MAX, bytes, None) {
        let again = wayside_sync::carrier::Carrier::from_bytes(u64::MAX, i64::MAX, &carrier.to_bytes(), None);
        assert!(again.is_some_and(|again| again.to_bytes() == carrier.to_bytes()));
    }
    let tagged = [&[1], layouts[0].tag().as_slice(), bytes].concat();
    if let Ok(event) = packing.unpack(&tagged, id) {
        let Ok(again) = packing.pack(&event) else { panic!("what was read does not pack") };
        assert!(packing.unpack(&again, id).is_ok_and(|back| back == event));
    }
});
