//! Draws the facts of one document.

use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;

use super::catalogue;
use super::country::Country;
use super::dice::Dice;
use super::draft_items::{self, Order};
use super::facts::{Booking, Exemption, Facts};
use super::locale::Language;
use super::numbering;
use super::party::Party;
use super::totals::{Adjustments, Totals, cents};

/// First day documents are dated, and how many days they spread over.
const FIRST_DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2019, 1, 2);
const DAYS: u32 = 2_870;

fn later(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(date)
}

fn earlier(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_sub_days(Days::new(days)).unwrap_or(date)
}

impl Facts {
    /// The facts of a document of `kind` in `language`.
    pub(crate) fn draw(dice: &mut Dice, kind: DocumentType, language: Language) -> Self {
        let country = Country::of_language(dice, language);
        let group = group_of(dice, kind);
        let trade = catalogue::trade(dice, language, group);
        let seller = Party::firm(dice, country, language, trade.0);
        let issue_date = dice.day(FIRST_DAY.unwrap_or_default(), DAYS);
        Self::draw_for(
            dice,
            Brief {
                kind,
                language,
                country,
                group,
                trade,
                seller,
                buyer: None,
                issue_date,
            },
        )
    }

    /// The facts of a document between parties that are given.
    pub(crate) fn draw_for(dice: &mut Dice, brief: Brief) -> Self {
        let Brief {
            kind,
            language,
            country,
            group,
            trade,
            seller,
            buyer,
            issue_date,
        } = brief;
        let invoice_like = kind.type_code().is_some() && kind != DocumentType::UtilityBill;
        let abroad = invoice_like && buyer.is_none() && dice.percent(10);
        let buyer = buyer.unwrap_or_else(|| draw_buyer(dice, language, country, abroad, kind));
        let exemption = draw_exemption(dice, invoice_like, buyer.country != country.code, country);
        let mut traits = Vec::new();
        match exemption {
            Exemption::ReverseCharge => traits.push("reverse_charge"),
            Exemption::Exempt => traits.push("zero_tax"),
            Exemption::None => {}
        }
        let period = draw_period(dice, kind, issue_date);
        let items = draft_items::draw(
            dice,
            &Order {
                kind,
                language,
                country,
                group,
                trade: &trade,
                exemption,
                period,
            },
        );
        let adjustments = draw_adjustments(dice, kind, country, &items);
        let bookings = draw_bookings(dice, kind, issue_date);
        let previous_balance =
            (kind == DocumentType::UtilityBill && dice.percent(30)).then(|| dice.amount(10, 200));
        let mut totals = Totals::of(&items, adjustments);
        if matches!(kind, DocumentType::Statement | DocumentType::Reminder) {
            totals = draw_open_amount(dice, kind, &bookings);
        }
        totals.payable += previous_balance.unwrap_or_default();
        if totals.groups.len() > 1 {
            traits.push("several_rates");
        }
        if !totals.prepaid.is_zero() {
            traits.push("prepaid");
        }
        if !totals.allowance.is_zero() {
            traits.push("allowance");
        }
        if !totals.rounding.is_zero() {
            traits.push("rounding");
        }
        if items.iter().any(|item| item.net.is_sign_negative()) {
            traits.push("negative_line");
        }
        let terms_days = [7, 8, 10, 14, 15, 21, 30, 30, 30, 45, 60][dice.below(11) as usize];
        let has_due = !matches!(kind, DocumentType::Receipt | DocumentType::Other)
            && (kind == DocumentType::UtilityBill || dice.percent(65));
        let wants_order = kind == DocumentType::PoInvoice
            || (kind == DocumentType::ServicesInvoice && dice.percent(30))
            || (matches!(kind, DocumentType::CreditNote | DocumentType::ProForma)
                && dice.percent(40));
        let second_language = (kind != DocumentType::Receipt && dice.percent(5)).then(|| {
            if language == Language::En {
                Language::De
            } else {
                Language::En
            }
        });
        if second_language.is_some() {
            traits.push("bilingual");
        }
        let deliver_elsewhere = wants_order && dice.percent(25);
        let preceding = (kind == DocumentType::CreditNote && dice.percent(75))
            .then(|| numbering::document(dice, kind, issue_date));
        Self {
            number: numbering::document(dice, kind, issue_date),
            due_date: has_due.then(|| later(issue_date, u64::from(terms_days))),
            terms_days,
            delivery_date: dice
                .percent(35)
                .then(|| earlier(issue_date, u64::from(dice.below(12)))),
            order_number: wants_order.then(|| numbering::order(dice, issue_date)),
            sales_order: dice.percent(30).then(|| numbering::sales_order(dice)),
            customer_number: dice.percent(60).then(|| numbering::customer(dice)),
            delivery_note: (group == "goods" && dice.percent(35))
                .then(|| numbering::delivery_note(dice)),
            contract: (kind == DocumentType::UtilityBill || dice.percent(12))
                .then(|| numbering::contract(dice)),
            project: (kind == DocumentType::ServicesInvoice && dice.percent(60))
                .then(|| numbering::project(dice, issue_date)),
            preceding,
            ship_to: deliver_elsewhere
                .then(|| Party::firm(dice, Country::by_code(buyer.country), language, "")),
            cash_discount: (invoice_like && kind != DocumentType::CreditNote && dice.percent(15))
                .then(|| dice.between(2, 3)),
            previous_balance,
            bookings,
            kind,
            language,
            second_language,
            country,
            currency: country.currency,
            seller,
            buyer,
            issue_date,
            period,
            items,
            totals,
            exemption,
            traits,
            oddities: Vec::new(),
        }
    }
}

/// What is known before the facts are drawn.
pub(crate) struct Brief {
    pub(crate) kind: DocumentType,
    pub(crate) language: Language,
    pub(crate) country: &'static Country,
    pub(crate) group: &'static str,
    pub(crate) trade: catalogue::Trade,
    pub(crate) seller: Party,
    /// Drawn where absent.
    pub(crate) buyer: Option<Party>,
    pub(crate) issue_date: NaiveDate,
}

/// The catalogue group a document of `kind` charges.
pub(crate) fn group_of(dice: &mut Dice, kind: DocumentType) -> &'static str {
    match kind {
        DocumentType::PoInvoice => dice.pick(&["goods", "goods", "goods", "overhead"]),
        DocumentType::NonPoInvoice => dice.pick(&["overhead", "overhead", "goods"]),
        DocumentType::ServicesInvoice => "services",
        DocumentType::UtilityBill => "utility",
        DocumentType::Receipt => "receipt",
        DocumentType::CreditNote => dice.pick(&["goods", "goods", "overhead", "services"]),
        _ => dice.pick(&["goods", "goods", "services"]),
    }
}

fn draw_buyer(
    dice: &mut Dice,
    language: Language,
    home: &'static Country,
    abroad: bool,
    kind: DocumentType,
) -> Party {
    let country = if abroad {
        let other = dice.pick(&[
            Language::En as usize,
            Language::De as usize,
            Language::Fr as usize,
            Language::It as usize,
        ]);
        let other = Language::ALL.get(other).copied().unwrap_or(language);
        Country::of_language(dice, other)
    } else {
        home
    };
    if kind == DocumentType::UtilityBill && dice.percent(40) {
        return Party::person(dice, country);
    }
    let trade = if dice.percent(50) {
        let local = country.spoken(dice, language);
        catalogue::trade(dice, local, "services").0
    } else {
        ""
    };
    Party::firm(dice, country, language, trade)
}

fn draw_exemption(
    dice: &mut Dice,
    invoice_like: bool,
    abroad: bool,
    country: &Country,
) -> Exemption {
    if country.rates.first() == Some(&0) {
        return Exemption::None;
    }
    if abroad && invoice_like {
        Exemption::ReverseCharge
    } else if invoice_like && dice.percent(4) {
        Exemption::Exempt
    } else {
        Exemption::None
    }
}

fn draw_period(
    dice: &mut Dice,
    kind: DocumentType,
    issue: NaiveDate,
) -> Option<(NaiveDate, NaiveDate)> {
    let share = match kind {
        DocumentType::ServicesInvoice => 85,
        DocumentType::UtilityBill => 95,
        DocumentType::NonPoInvoice => 35,
        DocumentType::CreditNote | DocumentType::PoInvoice => 10,
        DocumentType::Statement => 60,
        _ => 0,
    };
    if !dice.percent(share) {
        return None;
    }
    let first_of_month = issue.with_day(1)?;
    let end = first_of_month.pred_opt()?;
    Some(match dice.weighted(&[6, 2, 1]) {
        0 => (end.with_day(1)?, end),
        1 => {
            let end = earlier(issue, u64::from(dice.between(1, 6)));
            (earlier(end, u64::from(dice.between(6, 27))), end)
        }
        _ if kind == DocumentType::UtilityBill => (earlier(end, 364), end),
        _ => (earlier(end.with_day(1)?, 62).with_day(1)?, end),
    })
}

fn draw_adjustments(
    dice: &mut Dice,
    kind: DocumentType,
    country: &Country,
    items: &[super::facts::Item],
) -> Adjustments {
    let lines: Decimal = items.iter().map(|item| item.net).sum();
    let ordinary = matches!(
        kind,
        DocumentType::PoInvoice
            | DocumentType::NonPoInvoice
            | DocumentType::ServicesInvoice
            | DocumentType::ProForma
    );
    let mut adjustments = Adjustments {
        round_to_five: country.currency == "CHF" && dice.percent(50),
        tax_included: kind == DocumentType::Receipt,
        ..Adjustments::default()
    };
    if ordinary && dice.percent(12) {
        let percent = Decimal::from(dice.between(2, 15));
        adjustments.allowance = cents(lines * percent / Decimal::ONE_HUNDRED);
    }
    if ordinary && kind != DocumentType::ServicesInvoice && dice.percent(20) {
        adjustments.charge = dice.amount(4, 60);
    }
    if (ordinary && dice.percent(8)) || (kind == DocumentType::UtilityBill && dice.percent(25)) {
        let percent = Decimal::from(dice.between(10, 60));
        adjustments.prepaid = cents(lines * percent / Decimal::ONE_HUNDRED);
    }
    adjustments
}

fn draw_bookings(dice: &mut Dice, kind: DocumentType, issue: NaiveDate) -> Vec<Booking> {
    let count = match kind {
        DocumentType::Statement => dice.between(3, 22),
        DocumentType::Reminder => dice.between(1, 5),
        DocumentType::Other => dice.between(2, 6),
        _ => return Vec::new(),
    };
    let mut date = earlier(issue, u64::from(dice.between(60, 160)));
    let mut bookings: Vec<Booking> = Vec::new();
    for _ in 0..count {
        date = dice.day(date, 9).min(earlier(issue, 35));
        let open: Decimal = bookings.iter().map(|booking| booking.amount).sum();
        let pays = kind == DocumentType::Statement && open > Decimal::ZERO && dice.percent(35);
        let earlier_amount = bookings
            .first()
            .map_or(open, |booking| booking.amount.abs());
        bookings.push(Booking {
            date,
            number: if pays {
                format!("ZE-{}", dice.digits(5))
            } else {
                numbering::document(dice, DocumentType::NonPoInvoice, date)
            },
            due: later(date, 30),
            amount: if pays {
                -earlier_amount.min(open)
            } else {
                dice.amount(40, 6_000)
            },
        });
    }
    bookings
}

/// What is open on a statement or reminder, with a fee on some reminders.
fn draw_open_amount(dice: &mut Dice, kind: DocumentType, bookings: &[Booking]) -> Totals {
    let open: Decimal = bookings.iter().map(|booking| booking.amount).sum();
    let fee = if kind == DocumentType::Reminder && dice.percent(50) {
        dice.amount(2, 40)
    } else {
        Decimal::ZERO
    };
    Totals {
        lines: open,
        charge: fee,
        total: open + fee,
        payable: open + fee,
        ..Totals::default()
    }
}
