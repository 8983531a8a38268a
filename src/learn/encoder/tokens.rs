//! The tokenizer from its file.

use serde::Deserialize;
use tokenizers::decoders::DecoderWrapper;
use tokenizers::normalizers::NormalizerWrapper;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::processors::PostProcessorWrapper;
use tokenizers::{AddedToken, TokenizerImpl, TruncationParams};

use super::pieces::WordPieces;
use super::{EncoderError, MAX_TOKENS};

/// The library's tokenizer with our own word pieces.
pub(super) type Tokenizer = TokenizerImpl<
    WordPieces,
    NormalizerWrapper,
    PreTokenizerWrapper,
    PostProcessorWrapper,
    DecoderWrapper,
>;

/// The parts of a `tokenizer.json` of word pieces that are used.
#[derive(Deserialize)]
struct TokenizerFile {
    model: WordPieces,
    normalizer: NormalizerWrapper,
    pre_tokenizer: PreTokenizerWrapper,
    post_processor: PostProcessorWrapper,
    added_tokens: Vec<AddedToken>,
}

/// Reads a `tokenizer.json`; texts are cut at [`MAX_TOKENS`] and not padded.
pub(super) fn tokenizer(bytes: &[u8]) -> Result<Tokenizer, EncoderError> {
    let failed = |e: tokenizers::Error| EncoderError::Tokenizer(e.to_string());
    let file: TokenizerFile =
        serde_json::from_slice(bytes).map_err(|e| EncoderError::Tokenizer(e.to_string()))?;
    let mut tokenizer = Tokenizer::new(file.model);
    tokenizer
        .with_normalizer(Some(file.normalizer))
        .map_err(failed)?
        .with_pre_tokenizer(Some(file.pre_tokenizer))
        .with_post_processor(Some(file.post_processor));
    tokenizer.add_tokens(file.added_tokens).map_err(failed)?;
    let truncation = TruncationParams {
        max_length: MAX_TOKENS,
        ..TruncationParams::default()
    };
    tokenizer
        .with_truncation(Some(truncation))
        .map_err(failed)?;
    Ok(tokenizer)
}

#[cfg(test)]
mod tests {
    use tokenizers::Model;

    use super::*;

    #[test]
    fn tokens_are_those_of_the_library_reading_the_whole_file() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/models/text_encoder/1/tokenizer.json"
        );
        let bytes = std::fs::read(path).unwrap();
        let ours = tokenizer(&bytes).unwrap();
        let mut theirs = tokenizers::Tokenizer::from_bytes(&bytes).unwrap();
        theirs.with_padding(None);
        let vocabulary = theirs.get_vocab(false);
        assert_eq!(ours.get_vocab(false), vocabulary);
        let check = |text: &str| {
            let ours = ours.encode_fast(text, true).unwrap();
            let theirs = theirs.encode_fast(text, true).unwrap();
            assert_eq!(ours.get_ids(), theirs.get_ids(), "{text}");
            assert_eq!(ours.get_tokens(), theirs.get_tokens(), "{text}");
        };
        for text in [
            "",
            "Rechnung Nr. 4711 über 1.234,56 € für Straße 5",
            "Facture d'électricité, relevé de compteur",
            "[CLS] a [SEP] b [MASK] [PAD] [UNK] ##ing",
            "日本語の請求書 \u{202e}\u{0}\u{fffd} unaffable internationalisation",
            &"word ".repeat(300),
            &format!("{} {}", "a".repeat(100), "b".repeat(101)),
            "ü\u{10ffff}x a\u{1f9fe}b ＡＢＣ",
        ] {
            check(text);
        }
        // Every piece as a word, and every two that stand together there.
        let words: Vec<&String> = vocabulary.keys().collect();
        for pair in words.windows(2) {
            check(&format!("{} {}{}", pair[0], pair[0], pair[1]));
        }
    }

    #[test]
    fn a_vocabulary_without_the_unknown_token_is_an_error_where_it_is_needed() {
        let model = r###"{"vocab": {"a": 7, "\"": 8, "##b": 9}, "unk_token": "[UNK]",
            "continuing_subword_prefix": "##", "max_input_chars_per_word": 5}"###;
        let pieces: WordPieces = serde_json::from_str(model).unwrap();
        let ids = |word: &str| {
            let tokens = pieces.tokenize(word).unwrap();
            tokens.iter().map(|token| token.id).collect::<Vec<_>>()
        };
        assert_eq!(ids("abb"), [7, 9, 9]);
        assert_eq!(ids("\""), [8]);
        assert_eq!(pieces.id_to_token(9).as_deref(), Some("##b"));
        assert!(pieces.tokenize("ac").is_err() && pieces.tokenize("abbbbb").is_err());
    }
}
