//! What made-up firms sell, by language and trade.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::dice::Dice;
use super::locale::Language;

/// A trade and its articles.
pub(crate) type Trade = (&'static str, Vec<&'static str>);

/// Groups of trades: `goods`, `overhead`, `services`, `utility`, `receipt`.
type Catalogue = BTreeMap<&'static str, Vec<Trade>>;

static CATALOGUES: LazyLock<[Catalogue; 6]> = LazyLock::new(|| {
    [
        read(include_str!("words/catalogue_en.txt")),
        read(include_str!("words/catalogue_de.txt")),
        read(include_str!("words/catalogue_fr.txt")),
        read(include_str!("words/catalogue_nl.txt")),
        read(include_str!("words/catalogue_es.txt")),
        read(include_str!("words/catalogue_it.txt")),
    ]
});

fn read(text: &'static str) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for (key, values) in text.lines().filter_map(|line| line.split_once(" = ")) {
        let (group, trade) = key.split_once('.').unwrap_or((key, ""));
        let articles = values.split(" | ").map(str::trim).collect();
        catalogue.entry(group).or_default().push((trade, articles));
    }
    catalogue
}

/// A trade of `group`.
pub(crate) fn trade(dice: &mut Dice, language: Language, group: &str) -> Trade {
    CATALOGUES[language as usize]
        .get(group)
        .map(|trades| dice.pick(trades))
        .unwrap_or_default()
}

/// A unit goods are counted in.
pub(crate) fn unit(dice: &mut Dice, language: Language) -> &'static str {
    trade(dice, language, "units")
        .1
        .first()
        .copied()
        .unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::CATALOGUES;
    use crate::documents::draw::is_encodable;

    #[test]
    fn every_language_has_the_same_groups_in_printable_characters() {
        let groups: Vec<_> = CATALOGUES[0].keys().collect();
        for catalogue in CATALOGUES.iter() {
            assert_eq!(groups, catalogue.keys().collect::<Vec<_>>());
            for (trade, articles) in catalogue.values().flatten() {
                assert!(is_encodable(trade));
                assert!(articles.len() > 2 && articles.iter().all(|text| is_encodable(text)));
            }
        }
    }
}
