//! safetensors files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| transfer_fuzz::drive(bytes));
