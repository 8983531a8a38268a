//! Scaled dot-product attention (Vaswani et al., "Attention is all you need", 2017).

use pulp::{Simd, WithSimd};

use super::EMBEDDING_SIZE;
use super::kernels::softmax;
use super::products::{PANEL, PanelRow, Rows, times_panel};

const HEADS: usize = 12;
/// Numbers a head reads of a token: as many as a panel has columns.
const HEAD_SIZE: usize = EMBEDDING_SIZE / HEADS;
const _: () = assert!(HEAD_SIZE == PANEL);
/// Query, key and value of a token, one after the other.
pub(super) const PROJECTED: usize = 3 * EMBEDDING_SIZE;

/// Room for what is computed on the way.
#[derive(Default)]
pub(super) struct Scratch {
    panel: Vec<PanelRow>,
    scores: Vec<f32>,
}

/// Every token of one text looks at all of them: rows of query, key and value to rows of
/// what was seen.
pub(super) struct Attention<'a> {
    pub(super) projected: &'a [f32],
    pub(super) scratch: &'a mut Scratch,
    pub(super) seen: &'a mut [f32],
}

impl WithSimd for Attention<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Scratch { panel, scores } = self.scratch;
        let tokens = self.projected.len() / PROJECTED;
        let padded = tokens.next_multiple_of(PANEL);
        scores.resize(tokens * padded, 0.0);
        for head in 0..HEADS {
            let part = |token: usize, which: usize| {
                let start = token * PROJECTED + which * EMBEDDING_SIZE + head * HEAD_SIZE;
                &self.projected[start..start + HEAD_SIZE]
            };
            let queries = Rows {
                numbers: self.projected.get(head * HEAD_SIZE..).unwrap_or_default(),
                count: tokens,
                length: HEAD_SIZE,
                stride: PROJECTED,
            };
            for first in (0..tokens).step_by(PANEL) {
                panel.clear();
                panel.resize(HEAD_SIZE, [0.0; PANEL]);
                for token in first..tokens.min(first + PANEL) {
                    let keys = panel.iter_mut().zip(part(token, 1));
                    keys.for_each(|(row, x)| row[token - first] = *x);
                }
                times_panel(simd, queries, panel, &mut scores[first..], padded);
            }
            // Scores are divided by the root of the head size.
            let factor = 1.0 / (HEAD_SIZE as f32).sqrt();
            for row in scores.chunks_exact_mut(padded) {
                softmax(&mut row[..tokens], factor);
            }
            let shares = Rows {
                numbers: scores,
                count: tokens,
                length: tokens,
                stride: padded,
            };
            panel.clear();
            panel.extend((0..tokens).filter_map(|token| part(token, 2).first_chunk::<PANEL>()));
            let seen = self.seen.get_mut(head * HEAD_SIZE..).unwrap_or_default();
            times_panel(simd, shares, panel, seen, EMBEDDING_SIZE);
        }
    }
}
