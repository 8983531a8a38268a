//! Draws the lines of one document.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;

use super::catalogue::{self, Trade};
use super::country::Country;
use super::dice::Dice;
use super::facts::{Exemption, Item};
use super::locale::Language;
use super::party;
use super::terms::{Term, wordings};
use super::totals::cents;

/// What the lines depend on.
pub(super) struct Order<'a> {
    pub(super) kind: DocumentType,
    pub(super) language: Language,
    pub(super) country: &'static Country,
    pub(super) group: &'static str,
    pub(super) trade: &'a Trade,
    pub(super) exemption: Exemption,
    pub(super) period: Option<(NaiveDate, NaiveDate)>,
}

/// The lines of a document.
pub(super) fn draw(dice: &mut Dice, order: &Order) -> Vec<Item> {
    if matches!(order.kind, DocumentType::Statement | DocumentType::Reminder) {
        return Vec::new();
    }
    let rate = main_rate(dice, order);
    let mixed =
        order.exemption == Exemption::None && order.country.rates.len() > 1 && dice.percent(15);
    let style = LineStyle {
        with_codes: dice.percent(60),
        with_discount: order.group == "goods" && dice.percent(15),
        people: (0..dice.between(1, 3))
            .map(|_| party::person(dice, order.language))
            .collect(),
        by_day: dice.percent(20),
        hour: wording(dice, order.language, Term::UnitHour),
        day: wording(dice, order.language, Term::UnitDay),
        piece: wording(dice, order.language, Term::UnitPiece),
    };
    let mut items: Vec<Item> = (0..line_count(dice, order))
        .map(|index| {
            let rate = if mixed && dice.percent(40) {
                percent(dice.pick(order.country.rates))
            } else {
                rate
            };
            match order.group {
                "services" => services_line(dice, order, &style, rate),
                "utility" => utility_line(dice, order, index, rate),
                "receipt" => counted_line(dice, order, &style, rate, [1, 2], [1, 25]),
                "overhead" => counted_line(dice, order, &style, rate, [1, 3], [15, 1_800]),
                _ => goods_line(dice, order, &style, rate),
            }
        })
        .collect();
    if order.kind == DocumentType::CreditNote && dice.percent(25) {
        for item in &mut items {
            item.quantity = -item.quantity;
            item.net = -item.net;
        }
        return items;
    }
    if order.group == "services" {
        items.sort_by_key(|item| item.date);
    }
    if order.group == "goods" && items.len() > 1 && dice.percent(5) {
        if let Some(last) = items.last_mut() {
            last.quantity = -last.quantity;
            last.net = -last.net;
        }
        let sum: Decimal = items.iter().map(|item| item.net).sum();
        if sum <= Decimal::ONE {
            items.pop();
        }
    }
    items
}

fn percent(tenths: u32) -> Decimal {
    Decimal::new(i64::from(tenths), 1).normalize()
}

fn main_rate(dice: &mut Dice, order: &Order) -> Decimal {
    if order.exemption != Exemption::None {
        return Decimal::ZERO;
    }
    let rates = order.country.rates;
    if dice.percent(85) {
        rates.first().copied().map(percent).unwrap_or_default()
    } else {
        percent(dice.pick(rates))
    }
}

fn line_count(dice: &mut Dice, order: &Order) -> u32 {
    match (order.kind, order.group) {
        (DocumentType::Receipt, _) => dice.between(1, 7),
        (DocumentType::UtilityBill, _) => dice.between(2, 5),
        (DocumentType::CreditNote, _) => dice.between(1, 4),
        (_, "overhead") => dice.between(1, 4),
        (_, "services") => match dice.weighted(&[70, 25, 5]) {
            0 => dice.between(1, 6),
            1 => dice.between(7, 20),
            _ => dice.between(21, 60),
        },
        _ => match dice.weighted(&[75, 18, 7]) {
            0 => dice.between(1, 7),
            1 => dice.between(8, 22),
            _ => dice.between(23, 90),
        },
    }
}

struct LineStyle {
    with_codes: bool,
    with_discount: bool,
    people: Vec<String>,
    by_day: bool,
    /// The units of this document, one for each term.
    hour: String,
    day: String,
    piece: String,
}

fn article(dice: &mut Dice, order: &Order) -> String {
    dice.pick(&order.trade.1).to_owned()
}

fn goods_line(dice: &mut Dice, order: &Order, style: &LineStyle, rate: Decimal) -> Item {
    let mut item = counted_line(dice, order, style, rate, [1, 40], [1, 320]);
    item.unit = catalogue::unit(dice, order.language).to_owned();
    if dice.percent(20) {
        item.description = format!("{} {}", item.description, dice.fill("@@-###"));
    }
    if style.with_codes {
        let pattern = dice.pick(&["######", "@@####", "##-###-##", "4#####"]);
        item.code = dice.fill(pattern);
    }
    if style.with_discount && dice.percent(60) {
        item.discount = Decimal::from(dice.pick(&[5_u32, 10, 15, 20]));
        let share = (Decimal::ONE_HUNDRED - item.discount) / Decimal::ONE_HUNDRED;
        item.net = cents(item.quantity * item.unit_price * share);
    }
    item
}

fn counted_line(
    dice: &mut Dice,
    order: &Order,
    style: &LineStyle,
    rate: Decimal,
    count: [u32; 2],
    price: [u32; 2],
) -> Item {
    let quantity = Decimal::from(dice.between(count[0], count[1]));
    let unit_price = dice.amount(price[0], price[1]);
    Item {
        description: article(dice, order),
        quantity,
        unit: style.piece.clone(),
        unit_price,
        net: cents(quantity * unit_price),
        rate,
        ..Item::default()
    }
}

fn services_line(dice: &mut Dice, order: &Order, style: &LineStyle, rate: Decimal) -> Item {
    let quarters = if style.by_day {
        dice.between(1, 20) * 2
    } else {
        dice.between(2, 160)
    };
    let quantity = Decimal::new(i64::from(quarters) * 25, 2).normalize();
    let hourly = if style.by_day {
        dice.between(60, 180) * 10
    } else {
        dice.between(45, 290)
    };
    let unit_price = Decimal::from(hourly);
    let date = order.period.map(|(start, end)| {
        let days = u64::try_from((end - start).num_days()).unwrap_or(0);
        let offset = dice.below(u32::try_from(days).unwrap_or(0) + 1);
        start
            .checked_add_days(Days::new(u64::from(offset)))
            .unwrap_or(start)
    });
    let unit = if style.by_day {
        &style.day
    } else {
        &style.hour
    };
    Item {
        description: article(dice, order),
        person: dice.pick(&style.people),
        date,
        quantity,
        unit: unit.clone(),
        unit_price,
        net: cents(quantity * unit_price),
        rate,
        ..Item::default()
    }
}

/// The first articles of a utility are metered, the last are charged by the month.
fn utility_line(dice: &mut Dice, order: &Order, index: u32, rate: Decimal) -> Item {
    let articles = &order.trade.1;
    let place = index as usize % articles.len().max(1);
    let metered = place < 2;
    let quantity = Decimal::from(if metered {
        dice.between(80, 4_200)
    } else {
        dice.between(1, 3)
    });
    let unit_price = if metered {
        Decimal::new(i64::from(dice.between(200, 4_100)), 4)
    } else {
        dice.amount(4, 45)
    };
    let unit = if metered {
        Term::UnitKwh
    } else {
        Term::UnitMonth
    };
    Item {
        description: articles.get(place).copied().unwrap_or_default().to_owned(),
        quantity,
        unit: wording(dice, order.language, unit),
        unit_price,
        net: cents(quantity * unit_price),
        rate,
        ..Item::default()
    }
}

fn wording(dice: &mut Dice, language: Language, term: Term) -> String {
    dice.pick(wordings(language, term)).to_owned()
}
