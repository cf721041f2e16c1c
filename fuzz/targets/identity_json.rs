#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backup365::fuzzing::run("identity_json", data));
