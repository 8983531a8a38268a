//! Reasons as bars that diverge from a middle line, drawn in SVG units so that
//! no inline style is needed.

use crate::advice::Reason;

/// Half of the drawing's width in its own units.
const HALF: f64 = 100.0;

/// One reason as a bar.
#[derive(Debug, Clone)]
pub(crate) struct ReasonBar {
    /// One sentence.
    pub(crate) text: String,
    /// `raises` or `lowers`.
    pub(crate) direction: &'static str,
    /// Left edge, 0..=200.
    pub(crate) x: String,
    /// Width, 0..=100.
    pub(crate) width: String,
    /// Signed weight to two decimals.
    pub(crate) weight: String,
    /// What was seen and what is usual, where known.
    pub(crate) comparison: Option<String>,
}

/// The bars of an answer: reasons, then counter-reasons, all on one scale.
pub(crate) fn bars(reasons: &[Reason], counter_reasons: &[Reason]) -> Vec<ReasonBar> {
    let heaviest = reasons
        .iter()
        .chain(counter_reasons)
        .map(|reason| reason.weight.abs())
        .fold(0.0, f64::max);
    reasons
        .iter()
        .chain(counter_reasons)
        .map(|reason| bar(reason, heaviest))
        .collect()
}

fn bar(reason: &Reason, heaviest: f64) -> ReasonBar {
    let width = if heaviest > 0.0 {
        (reason.weight.abs() / heaviest * HALF).clamp(1.0, HALF)
    } else {
        1.0
    };
    let lowers = reason.weight < 0.0;
    let sign = if lowers { '\u{2212}' } else { '+' };
    let comparison = match (&reason.value, &reason.baseline) {
        (Some(value), Some(usual)) => Some(format!("{value}, usually {usual}")),
        (Some(value), None) => Some(value.clone()),
        (None, Some(usual)) => Some(format!("usually {usual}")),
        (None, None) => None,
    };
    ReasonBar {
        text: reason.text.clone(),
        direction: if lowers { "lowers" } else { "raises" },
        x: format!("{:.1}", if lowers { HALF - width } else { HALF }),
        width: format!("{width:.1}"),
        weight: format!("{sign}{:.2}", reason.weight.abs()),
        comparison,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::Direction;
    use crate::advice::samples::reason;

    #[test]
    fn bars_share_a_scale_and_lean_their_way() {
        let drawn = bars(
            &[reason("a", Direction::Raises, 2.0)],
            &[reason("b", Direction::Lowers, -1.0)],
        );
        assert_eq!(
            (drawn[0].x.as_str(), drawn[0].width.as_str()),
            ("100.0", "100.0")
        );
        assert_eq!(
            (drawn[1].x.as_str(), drawn[1].width.as_str()),
            ("50.0", "50.0")
        );
        assert_eq!(drawn[1].weight, "\u{2212}1.00");
    }

    #[test]
    fn no_weight_at_all_divides_by_nothing() {
        let drawn = bars(&[reason("a", Direction::Raises, 0.0)], &[]);
        assert_eq!(drawn[0].width, "1.0");
        assert!(bars(&[], &[]).is_empty());
    }
}
