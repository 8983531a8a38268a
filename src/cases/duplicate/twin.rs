//! A hit's two sides, field by field.

use super::compare::{AmountLevel, DateLevel, DocumentLevel, PartyLevel, alike_names};
use super::{Comparison, Item, NumberLevel};

/// How two values of a field go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The same.
    Same,
    /// Nearly.
    Similar,
    /// Not.
    Different,
    /// At least one side does not say.
    Absent,
}

impl Likeness {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Similar => "similar",
            Self::Different => "different",
            Self::Absent => "absent",
        }
    }
}

/// One field of both sides.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TwinField {
    /// The field.
    pub field: &'static str,
    /// What the later says.
    pub later: Option<String>,
    /// What the earlier says.
    pub earlier: Option<String>,
    /// How they go together.
    pub likeness: Likeness,
}

/// A text of an item.
type TextOf = fn(&Item) -> &Option<String>;

/// Every field of a pair.
#[must_use]
pub(super) fn twin(later: &Item, earlier: &Item, compared: &Comparison) -> Vec<TwinField> {
    let number = |item: &Item| item.number.as_ref().map(|number| number.text.clone());
    let (name, other_name) = match compared.party {
        PartyLevel::Alike => alike_names(later, earlier).unzip(),
        _ => (None, None),
    };
    let mut fields = vec![
        field(
            "party",
            shown_party(later, name),
            shown_party(earlier, other_name),
            of_party(compared.party),
        ),
        field(
            "number",
            number(later),
            number(earlier),
            of_number(compared.number),
        ),
        field(
            "amount",
            Some(shown_amount(later)),
            Some(shown_amount(earlier)),
            of_amount(compared.amount),
        ),
        field(
            "date",
            Some(later.date.to_string()),
            Some(earlier.date.to_string()),
            of_date(compared.date),
        ),
    ];
    let keys = |key: TextOf| key(later).as_deref().zip(key(earlier).as_deref());
    let texts: [(&'static str, TextOf, Likeness); 5] = [
        (
            "description",
            |item| &item.description,
            of_texts(later.description.as_deref(), earlier.description.as_deref()),
        ),
        (
            "employee",
            |item| &item.employee,
            of_keys(later.spenders(earlier)),
        ),
        (
            "order",
            |item| &item.order,
            of_keys(keys(|item| &item.order_key)),
        ),
        ("bank", |item| &item.bank, of_keys(keys(|item| &item.bank))),
        (
            "report",
            |item| &item.report,
            of_keys(keys(|item| &item.report)),
        ),
    ];
    fields.extend(texts.map(|(name, value, likeness)| {
        let (one, other) = (value(later).clone(), value(earlier).clone());
        field(name, one, other, likeness)
    }));
    fields.push(field(
        "document",
        later.document.clone(),
        earlier.document.clone(),
        of_document(compared.document),
    ));
    fields
}

const fn field(
    field: &'static str,
    later: Option<String>,
    earlier: Option<String>,
    likeness: Likeness,
) -> TwinField {
    TwinField {
        field,
        later,
        earlier,
        likeness,
    }
}

/// The party, and beside it the name by which the other side knows it, where that is another.
fn shown_party(item: &Item, known_as: Option<&str>) -> Option<String> {
    let party = item.party_name.as_ref().or(item.party.as_ref())?;
    Some(match known_as.filter(|name| name != party) {
        Some(name) => format!("{party}, trading as {name}"),
        None => party.clone(),
    })
}

fn shown_amount(item: &Item) -> String {
    format!("{} {}", item.amount(), item.currency)
}

/// Texts are similar when they agree without case and runs of spaces.
fn of_texts(one: Option<&str>, other: Option<&str>) -> Likeness {
    let (Some(one), Some(other)) = (one, other) else {
        return Likeness::Absent;
    };
    let plain = |text: &str| {
        text.to_lowercase()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    if one == other {
        Likeness::Same
    } else if plain(one) == plain(other) {
        Likeness::Similar
    } else {
        Likeness::Different
    }
}

/// What is one thing or another, however it is spelt.
fn of_keys(both: Option<(&str, &str)>) -> Likeness {
    match both {
        Some((one, other)) if one == other => Likeness::Same,
        Some(_) => Likeness::Different,
        None => Likeness::Absent,
    }
}

const fn of_party(level: PartyLevel) -> Likeness {
    match level {
        PartyLevel::Same => Likeness::Same,
        PartyLevel::Alike => Likeness::Similar,
        PartyLevel::Different => Likeness::Different,
        PartyLevel::Absent => Likeness::Absent,
    }
}

const fn of_document(level: DocumentLevel) -> Likeness {
    match level {
        DocumentLevel::Same => Likeness::Same,
        DocumentLevel::Picture => Likeness::Similar,
        DocumentLevel::Different => Likeness::Different,
        DocumentLevel::Absent => Likeness::Absent,
    }
}

const fn of_number(level: NumberLevel) -> Likeness {
    match level {
        NumberLevel::Same => Likeness::Same,
        NumberLevel::Folded
        | NumberLevel::Slip
        | NumberLevel::Extended
        | NumberLevel::Neighbour
        | NumberLevel::Rounded => Likeness::Similar,
        NumberLevel::Different => Likeness::Different,
        NumberLevel::Absent => Likeness::Absent,
    }
}

const fn of_amount(level: AmountLevel) -> Likeness {
    match level {
        AmountLevel::Same => Likeness::Same,
        AmountLevel::Converted | AmountLevel::Opposite | AmountLevel::Slip | AmountLevel::Near => {
            Likeness::Similar
        }
        AmountLevel::Different => Likeness::Different,
    }
}

const fn of_date(level: DateLevel) -> Likeness {
    match level {
        DateLevel::Same => Likeness::Same,
        DateLevel::Days | DateLevel::Misread => Likeness::Similar,
        DateLevel::Week | DateLevel::Month | DateLevel::Quarter | DateLevel::Far => {
            Likeness::Different
        }
    }
}
