//! Generates Swift sources, header and module map from the built library.
fn main() {
    uniffi::uniffi_bindgen_swift();
}
