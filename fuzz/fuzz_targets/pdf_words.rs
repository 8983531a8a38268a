//! Any bytes parse; words have characters and stand on their page.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer_fuzz::documents::parse::{ParseOptions, parse};

fuzz_target!(
    init: {
        // A panic in a PDF decoder is caught by `parse`, which is what is tested;
        // the hook of the fuzzer would end the process at once.
        std::panic::set_hook(Box::new(|_| {}));
    },
    |bytes: &[u8]| {
        let options = ParseOptions {
            max_pages: 3,
            time_budget_ms: 500,
            ..ParseOptions::default()
        };
        let parsed = parse(bytes, &options);
        assert!(parsed.pages.len() <= 3);
        for page in &parsed.pages {
            assert!(page.words.len() <= options.max_words_per_page);
            for word in &page.words {
                assert!(!word.text.is_empty());
                assert!(!word.text.contains(char::is_whitespace));
                assert!(0.0 <= word.bbox.x0 && word.bbox.x0 <= word.bbox.x1);
                assert!(0.0 <= word.bbox.y0 && word.bbox.y0 <= word.bbox.y1);
                assert!(word.bbox.x1 <= page.width + 0.01);
                assert!(word.bbox.y1 <= page.height + 0.01);
                assert!(word.size.is_finite());
            }
        }
    }
);
