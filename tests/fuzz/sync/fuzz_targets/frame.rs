#![no_main]
use libfuzzer_sys::fuzz_target;
use wayside_sync::session::{Frame, Receiver, read_frame, write_frame};

fuzz_target!(|bytes: &[u8]| {
    let Some((piece, bytes)) = bytes.split_first() else { return };
    if let Ok(Some((frame, length))) = read_frame(bytes, 7) {
        assert!(length <= bytes.len());
        let mut out = Vec::new();
        if !matches!(frame, Frame::Hello(_)) && write_frame(&frame, 7, &mut out).is_ok() {
            assert_eq!(read_frame(&out, 7), Ok(Some((frame, out.len()))));
        }
    }
    let mut receiver = Receiver::default();
    for part in bytes.chunks(usize::from(*piece).max(1)) {
        if receiver.hear(part).is_err() {
            return;
        }
    }
});
