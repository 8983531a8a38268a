//! What the forecasts share: a probability taken apart into reasons that add up to it.
//!
//! The raw score is the log odds of the probability that is given. Its baseline is what trees say
//! of a case of which nothing is known, a linear score of the mean case, or the mean of these where
//! both speak. Between it and the raw score stand the contributions of the features (Shapley
//! values, the terms of the sum, or their means), and one part for what the learner does not see:
//! that some time has passed already.

use std::borrow::Cow;

use crate::advice::{Direction, InvalidRecommendation, Level, Reason, check_weights};
use crate::learn::forecast::Forecast;

/// Reasons given one by one, for and against; lighter ones are summed up.
const SHOWN: usize = 6;
/// Probabilities are told from certainty by so much, so that log odds stay finite.
const LEAST: f64 = 1e-6;
/// Below this a part is rounding.
const ROUNDING: f64 = 1e-9;

/// How a feature's value is written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Days,
    /// A share of a whole.
    Share,
    /// How many.
    Count,
    /// Natural logarithm of an amount of money.
    LogAmount,
    /// Difference of logarithms: how many times as much.
    Times,
    /// Monday to Sunday.
    Weekday,
    /// No or yes.
    Flag,
    /// Hours.
    Hours,
}

/// How a feature is spoken of.
#[derive(Debug, Clone)]
pub struct Wording {
    /// Its name.
    pub feature: Cow<'static, str>,
    /// In words.
    pub label: Cow<'static, str>,
    /// How its value is written.
    pub unit: Unit,
}

impl Wording {
    /// The words of a feature that every firm has.
    #[must_use]
    pub const fn new(feature: &'static str, label: &'static str, unit: Unit) -> Self {
        Self {
            feature: Cow::Borrowed(feature),
            label: Cow::Borrowed(label),
            unit,
        }
    }
}

/// A probability to be taken apart.
#[derive(Debug)]
pub struct Explaining<'a> {
    /// What answered.
    pub forecast: &'a Forecast,
    /// What it answered to.
    pub row: &'a [f64],
    /// One for each feature, in their order.
    pub words: &'a [Wording],
    /// The quantity lies above this.
    pub threshold: f64,
    /// With this probability.
    pub probability: f64,
    /// What the learner does not see, as code and sentence.
    pub beyond: (&'static str, String),
}

/// What one feature, or what the learner does not see, adds to a raw score.
struct Part<'a> {
    /// Its place in the row; none for what the learner does not see.
    feature: Option<usize>,
    code: &'a str,
    weight: f64,
}

/// The reasons of a probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// What raises it, heaviest first.
    pub reasons: Vec<Reason>,
    /// What lowers it, heaviest first.
    pub counter_reasons: Vec<Reason>,
}

impl Explained {
    /// Of what is not scored.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            reasons: Vec::new(),
            counter_reasons: Vec::new(),
        }
    }
}

/// Times the largest amount that a model was fitted on from which it does not say what follows.
pub(super) const LARGER: f64 = 10.0;
/// The same of the longest time.
const LONGER: f64 = 2.0;

/// Of some amounts and times, those that lie far above all that a model was fitted on: what it
/// says beyond is what it says of the largest, which nobody has seen to hold.
#[must_use]
pub fn far_above<'a>(
    forecast: &Forecast,
    row: &[f64],
    words: &'a [Wording],
    asked: &[&str],
) -> Vec<&'a str> {
    let far = |(at, words): &(usize, &Wording)| {
        let known = row.get(*at).zip(forecast.highest(*at));
        let Some((value, highest)) = known.filter(|_| forecast.uses(*at)) else {
            return false;
        };
        match words.unit {
            Unit::LogAmount => *value > highest + LARGER.ln(),
            Unit::Days => highest > 0.0 && *value > highest * LONGER,
            _ => false,
        }
    };
    let asked = words
        .iter()
        .enumerate()
        .filter(|(_, words)| asked.contains(&&*words.feature));
    asked
        .filter(far)
        .map(|(_, words)| &*words.feature)
        .collect()
}

/// Whether more has passed already than any case that was fitted on took: what follows, nobody has
/// seen.
#[must_use]
pub fn is_beyond(forecast: &Forecast, passed: f64) -> bool {
    passed >= forecast.distribution().range().highest
}

/// Probabilities from which the level is high, and medium.
pub const HIGH: f64 = 0.7;
/// See [`HIGH`].
pub const MEDIUM: f64 = 0.4;

/// The level of a probability.
#[must_use]
pub fn level_of(probability: f64) -> Level {
    if probability >= HIGH {
        Level::High
    } else if probability >= MEDIUM {
        Level::Medium
    } else {
        Level::Low
    }
}

impl Explaining<'_> {
    /// Takes the probability apart.
    ///
    /// # Errors
    /// [`InvalidRecommendation::WeightsSum`] if the parts do not add up: a defect.
    pub fn explain(&self) -> Result<Explained, InvalidRecommendation> {
        let distribution = self.forecast.distribution();
        let Some(level) = distribution.level_at(self.threshold) else {
            return Ok(Explained::nothing());
        };
        let raw = log_odds(self.probability);
        let (learner, calibration) = (&level.learner, level.calibration);
        let baseline = calibration.log_odds(learner.expected());
        let contributions = learner.contributions(self.row);
        let told = contributions.iter().sum::<f64>();
        let scale = calibration.slope(learner.expected(), learner.expected() + told);
        let mut parts: Vec<Part> = contributions
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight != 0.0)
            .map(|(at, weight)| Part {
                feature: Some(at),
                code: self.words.get(at).map_or("feature", |words| &words.feature),
                weight: weight * scale,
            })
            .collect();
        let seen = baseline + told * scale;
        let beyond = raw - seen;
        if beyond.abs() > ROUNDING {
            parts.push(Part {
                feature: None,
                code: self.beyond.0,
                weight: beyond,
            });
        }
        let (up, down): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.weight >= 0.0);
        // Most parts are light: only those that are shown are put into words.
        let said = |parts, code| {
            let weight = |part: &Part<'_>| part.weight;
            heaviest_of(
                parts,
                weight,
                |part| part.code,
                |part| self.reason(&part),
                code,
            )
        };
        let (reasons, counter_reasons) = (said(up, "others_raise"), said(down, "others_lower"));
        check_weights(reasons.iter().chain(&counter_reasons), raw - baseline)?;
        Ok(Explained {
            reasons,
            counter_reasons,
        })
    }

    fn reason(&self, part: &Part<'_>) -> Reason {
        let weight = part.weight;
        let Some(at) = part.feature else {
            return reason(part.code, self.beyond.1.clone(), "time", weight);
        };
        let value = self.row.get(at).copied().unwrap_or(f64::NAN);
        let Some(words) = self.words.get(at) else {
            return reason("feature", format!("Feature {at}."), "feature", weight);
        };
        let said = words.unit.say(value);
        let usual = self
            .forecast
            .usual(at)
            .and_then(|usual| words.unit.say(usual));
        let text = match (&said, &usual) {
            (Some(said), Some(usual)) if said != usual => {
                [&*words.label, ": ", said, "; usual is ", usual, "."].concat()
            }
            (Some(said), _) => [&*words.label, ": ", said, "."].concat(),
            (None, _) => [&*words.label, ": not known."].concat(),
        };
        Reason {
            value: said,
            baseline: usual,
            ..reason(&words.feature, text, &words.feature, weight)
        }
    }
}

pub(super) fn reason(code: &str, text: String, feature: &str, weight: f64) -> Reason {
    Reason {
        code: code.to_owned(),
        text,
        direction: if weight >= 0.0 {
            Direction::Raises
        } else {
            Direction::Lowers
        },
        weight,
        feature: feature.to_owned(),
        value: None,
        baseline: None,
    }
}

/// The heaviest, and one for all the others.
pub(super) fn heaviest(reasons: Vec<Reason>, code: &str) -> Vec<Reason> {
    heaviest_of(reasons, |one| one.weight, |one| &one.code, |one| one, code)
}

/// See [`heaviest`]; of parts of which the shown alone are put into words.
fn heaviest_of<T>(
    mut parts: Vec<T>,
    weight: fn(&T) -> f64,
    name: fn(&T) -> &str,
    said: impl Fn(T) -> Reason,
    code: &str,
) -> Vec<Reason> {
    parts.sort_by(|a, b| {
        let weights = weight(b).abs().total_cmp(&weight(a).abs());
        weights.then_with(|| name(a).cmp(name(b)))
    });
    let rest = parts.split_off(SHOWN.min(parts.len()));
    let mut reasons: Vec<Reason> = parts.into_iter().map(said).collect();
    if !rest.is_empty() {
        let text = match rest.len() {
            1 => "1 lighter sign.".to_owned(),
            many => format!("{many} lighter signs together."),
        };
        let together = rest.iter().map(weight).sum();
        reasons.push(reason(code, text, "others", together));
    }
    reasons
}

/// Log odds of a probability, finite.
#[must_use]
pub fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(LEAST, 1.0 - LEAST);
    (p / (1.0 - p)).ln()
}

impl Unit {
    /// The value in words; none for what is missing.
    #[must_use]
    pub fn say(self, value: f64) -> Option<String> {
        if !value.is_finite() {
            return None;
        }
        let number = || {
            if (value - value.round()).abs() < 0.05 {
                whole(value)
            } else {
                format!("{value:.1}")
            }
        };
        Some(match self {
            Self::Days => {
                let number = number();
                let unit = if number == "1" { " day" } else { " days" };
                number + unit
            }
            Self::Share => whole(value * 100.0) + " %",
            Self::Count => number(),
            // Lower ones are not told apart.
            Self::LogAmount if value <= 0.0 => "at most 1".to_owned(),
            Self::LogAmount => rounded_amount(value.exp()),
            Self::Times => format!("{:.1} times", value.exp()),
            Self::Weekday => weekday(value).to_owned(),
            Self::Flag => (if value > 0.5 { "yes" } else { "no" }).to_owned(),
            Self::Hours => format!("{value:.1} hours"),
        })
    }
}

/// An amount to three digits: it was a logarithm, and is no amount to post.
fn rounded_amount(amount: f64) -> String {
    let step = 10_f64.powf(amount.max(1.0).log10().floor() - 2.0).max(1.0);
    whole((amount / step).round() * step)
}

/// To the nearest whole number; one that is halfway goes to the even one.
fn whole(value: f64) -> String {
    // Whole numbers are written many times as fast as others are rounded.
    let rounded = value.round_ties_even();
    if rounded.abs() < 1e15 {
        (rounded as i64).to_string()
    } else {
        format!("{rounded:.0}")
    }
}

fn weekday(value: f64) -> &'static str {
    const NAMES: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    NAMES
        .get(value.round().clamp(0.0, 6.0) as usize)
        .copied()
        .unwrap_or("no day")
}
