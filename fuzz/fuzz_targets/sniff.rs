//! Any bytes are some media.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer_fuzz::documents::sniff::sniff;

fuzz_target!(|bytes: &[u8]| {
    let _ = sniff(bytes);
});
