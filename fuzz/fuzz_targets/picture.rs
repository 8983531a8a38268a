//! Any bytes are a picture with a look, or none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer_fuzz::documents::picture::{Look, open, page};

fuzz_target!(|bytes: &[u8]| {
    let Ok(picture) = open(bytes) else { return };
    let _ = page(&picture);
    if let Some(look) = Look::of(&picture) {
        assert_eq!(look.to_string().parse(), Ok(look));
    }
});
