//! Kinds of expense by the words they are claimed with.

use super::Thresholds;
use crate::domain::records::ExpenseClaim;

/// What a line can be told to be by its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Meal,
    PerDiem,
    Mileage,
    Tip,
    Cash,
    Travel,
}

impl Kind {
    fn words(self, thresholds: &Thresholds) -> &[String] {
        match self {
            Self::Meal => &thresholds.meal_words,
            Self::PerDiem => &thresholds.per_diem_words,
            Self::Mileage => &thresholds.mileage_words,
            Self::Tip => &thresholds.tip_words,
            Self::Cash => &thresholds.cash_words,
            Self::Travel => &thresholds.travel_words,
        }
    }

    /// Whether category, kind of merchant or purpose say so.
    pub(super) fn is_of(self, claim: &ExpenseClaim, thresholds: &Thresholds) -> bool {
        let texts = [
            &claim.category,
            &claim.merchant_category,
            &claim.description,
        ];
        any_says(texts.into_iter().flatten(), self.words(thresholds))
    }
}

/// Whether one of the texts holds one of the words whole, whatever its case.
pub(super) fn any_says<'a, W: AsRef<str>>(
    texts: impl IntoIterator<Item = &'a String>,
    words: &[W],
) -> bool {
    texts.into_iter().any(|text| {
        let text = spaced(text);
        let words = words.iter().map(|word| spaced(word.as_ref()));
        // A word of nothing but points is in every text.
        let mut words = words.filter(|word| !word.trim().is_empty());
        words.any(|word| text.contains(&word))
    })
}

/// Words in small letters with a space before and after each.
pub(super) fn spaced(text: &str) -> String {
    let mut spaced = String::from(" ");
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        spaced.extend(word.chars().flat_map(char::to_lowercase));
        spaced.push(' ');
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::any_says;

    #[test]
    fn words_are_found_whole_and_whatever_their_case() {
        let says = |text: &str, word: &str| any_says(&[text.to_owned()], &[word]);
        assert!(says("Team-Dinner, Lyon", "dinner") && says("PER  DIEM (full)", "per diem"));
        assert!(!says("Tipperary coach", "tip") && !says("", "tip") && !says("---", "tip"));
        assert!(!says("Office", "") && !says("Office", "-") && !says("", ""));
    }
}
