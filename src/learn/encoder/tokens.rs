//! The tokenizer from its file.

use serde::Deserialize;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::NormalizerWrapper;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::processors::PostProcessorWrapper;
use tokenizers::{AddedToken, Tokenizer, TruncationParams};

use super::{EncoderError, MAX_TOKENS};

/// The parts of a `tokenizer.json` of word pieces that are used. Naming the model's kind
/// reads its 30,000 words once; the library's own reading goes over them twice.
#[derive(Deserialize)]
struct TokenizerFile {
    model: WordPiece,
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
    use super::*;

    #[test]
    fn tokens_are_those_of_the_library_reading_the_whole_file() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/models/text_encoder/1/tokenizer.json"
        );
        let bytes = std::fs::read(path).unwrap();
        let ours = tokenizer(&bytes).unwrap();
        let mut theirs = Tokenizer::from_bytes(&bytes).unwrap();
        theirs.with_padding(None);
        for text in [
            "",
            "Rechnung Nr. 4711 über 1.234,56 € für Straße 5",
            "Facture d'électricité, relevé de compteur",
            "[CLS] a [SEP] b [MASK] [PAD] [UNK] ##ing",
            "日本語の請求書 \u{202e}\u{0}\u{fffd} unaffable internationalisation",
            &"word ".repeat(300),
        ] {
            let ids = |tokenizer: &Tokenizer| {
                let encoding = tokenizer.encode_fast(text, true).unwrap();
                encoding.get_ids().to_vec()
            };
            assert_eq!(ids(&ours), ids(&theirs), "{text}");
        }
    }
}
