#![allow(clippy::unwrap_used)]

use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};

use super::*;

const TEXTS: [&str; 4] = [
    "Rechnung Nr. 4711 vom 12.03.2026",
    "Statement of account: balance brought forward 1,204.50 GBP, please see overleaf",
    "hours",
    "Facture d'électricité, relevé de compteur 12 345 kWh",
];

fn registry() -> Registry {
    Registry::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models")).unwrap()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The same weights through candle-transformers' own network.
fn reference_embedding(encoder: &TextEncoder, text: &str) -> Vec<f32> {
    let bytes = registry()
        .model(MODEL)
        .unwrap()
        .read("model.safetensors")
        .unwrap();
    let weights = VarBuilder::from_buffered_safetensors(bytes, DType::F32, &Device::Cpu).unwrap();
    let config = Config {
        hidden_size: EMBEDDING_SIZE,
        num_hidden_layers: 6,
        intermediate_size: 1536,
        ..Config::default()
    };
    let model = BertModel::load(weights, &config).unwrap();
    let ids = Tensor::new(encoder.token_ids(text).unwrap(), &Device::Cpu)
        .unwrap()
        .unsqueeze(0)
        .unwrap();
    let rows = model
        .forward(&ids, &ids.zeros_like().unwrap(), None)
        .unwrap();
    let mean: Vec<f32> = rows.squeeze(0).unwrap().mean(0).unwrap().to_vec1().unwrap();
    let norm = mean.iter().map(|x| x * x).sum::<f32>().sqrt();
    mean.iter().map(|x| x / norm).collect()
}

#[test]
fn the_network_is_the_reference_network_and_batching_changes_nothing() {
    let encoder = TextEncoder::load(&registry()).unwrap();
    let together = encoder.encode(&TEXTS).unwrap();
    for (text, embedding) in TEXTS.iter().zip(&together) {
        let reference = reference_embedding(&encoder, text);
        assert!(cosine(embedding, &reference) > 0.999_99, "{text}");
        let alone = encoder.encode(&[text]).unwrap();
        assert!(cosine(embedding, &alone[0]) > 0.999_999, "{text}");
    }
}

#[test]
fn like_texts_are_near_and_unlike_ones_far() {
    let encoder = TextEncoder::load(&registry()).unwrap();
    let texts = [
        "meter reading in kilowatt hours",
        "electricity consumption",
        "dinner with a client",
    ];
    let vectors = encoder.encode(&texts).unwrap();
    assert!(cosine(&vectors[0], &vectors[1]) > cosine(&vectors[0], &vectors[2]) + 0.2);
}

#[test]
fn empty_huge_and_odd_texts_are_encoded() {
    let encoder = TextEncoder::load(&registry()).unwrap();
    let huge = "word ".repeat(1_000_000);
    let many: Vec<&str> = vec!["", " \u{0}\u{fffd}\u{202e}", &huge, "日本語の請求書"];
    let vectors = encoder.encode(&many).unwrap();
    for vector in &vectors {
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-4);
    }
    assert_eq!(encoder.token_ids(&huge).unwrap().len(), MAX_TOKENS);
    assert!(encoder.encode(&[]).unwrap().is_empty());
}

#[test]
fn damaged_weights_are_an_error_and_not_a_panic() {
    for bytes in [&b""[..], b"12345678", &[0xff; 64]] {
        assert!(Bert::load(bytes.to_vec()).is_err());
    }
}
