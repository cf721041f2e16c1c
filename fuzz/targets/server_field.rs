#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backup365::fuzzing::run("server_field", data));
