//! What a note can speak of.

use serde::{Deserialize, Serialize};

/// What a note speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteTopic {
    /// Goods, work, price or quantity are contested.
    Contests,
    /// Payment is promised for a day.
    Promises,
    /// There is no money: liquidity, insolvency.
    CannotPay,
    /// A copy, an order number, an approval or the right address is missing.
    LacksDocument,
    /// The customer says that it has paid.
    PaidAlready,
    /// None of these.
    Other,
}

impl NoteTopic {
    /// Every one, in the order of the model's outputs.
    pub const ALL: [Self; 6] = [
        Self::Contests,
        Self::Promises,
        Self::CannotPay,
        Self::LacksDocument,
        Self::PaidAlready,
        Self::Other,
    ];

    /// Those that something follows from.
    pub const TELLING: [Self; 5] = [
        Self::Contests,
        Self::Promises,
        Self::CannotPay,
        Self::LacksDocument,
        Self::PaidAlready,
    ];

    /// The name in files and stored answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contests => "contests",
            Self::Promises => "promises",
            Self::CannotPay => "cannot_pay",
            Self::LacksDocument => "lacks_document",
            Self::PaidAlready => "paid_already",
            Self::Other => "other",
        }
    }

    /// In words, to go on from "a note that".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Contests => "contests",
            Self::Promises => "promises payment",
            Self::CannotPay => "speaks of lack of money",
            Self::LacksDocument => "asks for a document",
            Self::PaidAlready => "says it is paid",
            Self::Other => "speaks of something else",
        }
    }
}

/// Several topics, without order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Topics(u8);

impl Topics {
    /// Whether one is among them.
    #[must_use]
    pub const fn contains(self, topic: NoteTopic) -> bool {
        self.0 & Self::bit(topic) != 0
    }

    /// Those among them, in the order of [`NoteTopic::ALL`].
    pub fn iter(self) -> impl Iterator<Item = NoteTopic> {
        NoteTopic::ALL
            .into_iter()
            .filter(move |topic| self.contains(*topic))
    }

    const fn bit(topic: NoteTopic) -> u8 {
        1 << topic as u8
    }
}

impl FromIterator<NoteTopic> for Topics {
    fn from_iter<I: IntoIterator<Item = NoteTopic>>(topics: I) -> Self {
        let bits = topics.into_iter().map(Self::bit);
        Self(bits.fold(0, |all, bit| all | bit))
    }
}
