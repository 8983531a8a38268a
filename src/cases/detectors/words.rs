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
    const fn name(self) -> &'static str {
        match self {
            Self::Meal => "meal",
            Self::PerDiem => "per_diem",
            Self::Mileage => "mileage",
            Self::Tip => "tip",
            Self::Cash => "cash",
            Self::Travel => "travel",
        }
    }

    const fn usual(self) -> &'static [&'static str] {
        match self {
            Self::Meal => &[
                "meal",
                "meals",
                "lunch",
                "dinner",
                "breakfast",
                "restaurant",
            ],
            Self::PerDiem => &["per diem", "daily allowance", "subsistence"],
            Self::Mileage => &["mileage", "kilometre", "kilometres", "private car"],
            Self::Tip => &["tip", "tips", "gratuity"],
            Self::Cash => &["cash", "atm", "cash advance", "6010", "6011"],
            Self::Travel => &[
                "flight", "airfare", "airline", "rail", "train", "ferry", "hotel", "lodging",
            ],
        }
    }

    /// Whether category, kind of merchant or purpose say so.
    pub(super) fn is_of(self, claim: &ExpenseClaim, thresholds: &Thresholds) -> bool {
        let texts = [
            &claim.category,
            &claim.merchant_category,
            &claim.description,
        ];
        let texts = texts.into_iter().flatten();
        match thresholds.words.get(self.name()) {
            Some(words) => any_says(texts, words),
            None => any_says(texts, self.usual()),
        }
    }
}

/// Whether one of the texts holds one of the words whole, whatever its case.
pub(super) fn any_says<'a, W: AsRef<str>>(
    texts: impl IntoIterator<Item = &'a String>,
    words: &[W],
) -> bool {
    texts.into_iter().any(|text| {
        let text = spaced(text);
        words
            .iter()
            .any(|word| text.contains(&spaced(word.as_ref())))
    })
}

/// Words in small letters with a space before and after each.
fn spaced(text: &str) -> String {
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
    }
}
