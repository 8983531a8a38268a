//! Customers: how each approves and pays, signs and accepts, and how short of cash it is.

use chrono::{Datelike, NaiveDate, Weekday};
use scrutineer::domain::RecordKind;
use serde_json::json;

use super::calendar::{
    self, WEEKS, earlier, is_workday, later, month_end, text, today, week, workdays_after,
};
use super::chance::{drift, happens, logistic, normal, skewed, unit};
use super::people::Staff;
use super::{FirmError, Ledger};
use crate::documents::{Country, Dice, Party};

/// On which days a customer pays.
#[derive(Debug, Clone, Copy)]
pub(super) enum Runs {
    /// When it comes to hand.
    Daily,
    /// Once a week.
    Weekly(Weekday),
    /// About the 10th and the 25th.
    Twice,
    /// On the last working day of the month.
    MonthEnd,
}

/// How a customer pays, by rule and by means.
#[derive(Debug, Clone)]
pub(super) struct Payer {
    pub(super) runs: Runs,
    /// Days before the due date from which a run takes an invoice; negative: after it.
    pub(super) early_days: i64,
    /// Median working days until an invoice is approved for payment.
    pub(super) approval_days: f64,
    /// Amount above which a second person must approve.
    pub(super) second_approval: f64,
    /// Shortness of cash in ordinary times.
    usual_strain: f64,
    /// How much shorter it is by week, about 0.
    strain: Vec<f64>,
    /// Probability that an invoice is contested, when nothing is odd about it.
    pub(super) quarrel: f64,
}

/// Somebody the firm works for.
#[derive(Debug, Clone)]
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) terms_days: u32,
    pub(super) manager: String,
    pub(super) abroad: bool,
    /// A natural person or sole trader.
    pub(super) private: bool,
    pub(super) payer: Payer,
    /// Whether a purchase order must be there before work begins and bills go out.
    pub(super) orders: bool,
    /// Median working days until something that is asked of it comes back.
    pub(super) answer_days: f64,
}

/// How much of a customer's strain of one week is still there in the next.
const STRAIN_MEMORY: f64 = 0.95;
/// Standard deviation of strain over time.
const STRAIN_SPREAD: f64 = 0.9;
const CUSTOMERS: usize = 80;
const PRIVATE: usize = 12;

impl Payer {
    /// Whether the customer pays invoices on that day.
    pub(super) fn pays_on(&self, day: NaiveDate) -> bool {
        let last_open = |mut day: NaiveDate| {
            while !is_workday(day) {
                day = earlier(day, 1);
            }
            day
        };
        let nominal = |date: u32| day.with_day(date).map(last_open);
        match self.runs {
            Runs::Daily => is_workday(day),
            Runs::Weekly(weekday) => day.weekday() == weekday && is_workday(day),
            Runs::Twice => [10, 25].into_iter().any(|date| nominal(date) == Some(day)),
            Runs::MonthEnd => last_open(month_end(day)) == day,
        }
    }

    /// Probability that a run leaves out an invoice that is ready, given the strain.
    pub(super) fn leaves_out(&self, strain: f64, amount: f64, day: NaiveDate) -> f64 {
        let large = if amount > self.second_approval {
            0.5
        } else {
            0.0
        };
        let season = if matches!(day.month(), 8 | 12) {
            0.5
        } else {
            0.0
        };
        logistic(-3.6 + 1.3 * strain + large + season)
    }

    /// Probability that a run pays a part alone of an invoice that it takes for the first time,
    /// given the strain.
    pub(super) fn pays_a_part(strain: f64) -> f64 {
        logistic(strain - 2.2)
    }

    /// Strain in the week of a day.
    pub(super) fn strain_on(&self, day: NaiveDate) -> f64 {
        self.usual_strain + self.passing_strain(day)
    }

    fn passing_strain(&self, day: NaiveDate) -> f64 {
        self.strain.get(week(day)).copied().unwrap_or(0.0)
    }

    /// Working days until an invoice is ready to be paid.
    pub(super) fn approval(&self, dice: &mut Dice, received: NaiveDate, amount: f64) -> u32 {
        let second = if amount > self.second_approval {
            1.7
        } else {
            1.0
        };
        let season = if matches!(received.month(), 8 | 12) {
            1.4
        } else {
            1.0
        };
        skewed(dice, self.approval_days * second * season, 0.7).round() as u32
    }
}

impl Customer {
    /// Working days until the customer gives back what is asked of it on `day`.
    pub(super) fn answers_in(&self, dice: &mut Dice, day: NaiveDate) -> u32 {
        let season = if matches!(day.month(), 8 | 12) {
            1.5
        } else {
            1.0
        };
        skewed(dice, self.answer_days * season, 0.6).round() as u32
    }
}

/// Wins all customers and records them.
pub(super) fn win(
    dice: &mut Dice,
    staff: &Staff,
    records: &mut Ledger,
) -> Result<Vec<Customer>, FirmError> {
    (0..CUSTOMERS)
        .map(|index| customer(dice, index, staff, records))
        .collect()
}

fn customer(
    dice: &mut Dice,
    index: usize,
    staff: &Staff,
    records: &mut Ledger,
) -> Result<Customer, FirmError> {
    let private = index % CUSTOMERS.div_ceil(PRIVATE) == 3;
    let code = if private {
        "IE"
    } else {
        dice.pick(&["IE", "IE", "IE", "GB", "DE", "NL", "FR"])
    };
    let country = Country::by_code(code);
    let language = country.language(dice);
    let party = if private {
        Party::person(dice, country)
    } else {
        Party::firm(dice, country, language, "")
    };
    let legal_type = match (private, dice.percent(60)) {
        (true, true) => "sole_trader",
        (true, false) => "natural_person",
        _ => "company",
    };
    let terms_days = if private {
        14
    } else {
        dice.pick(&[14, 30, 30, 30, 45, 60])
    };
    let payer = payer(dice, private);
    let manager = staff.in_role(dice, "partner").id.clone();
    let since = earlier(today(), dice.between(1_130, 3_000));
    let id = format!("C-{}", 3001 + index);
    records.put(
        RecordKind::Customer,
        json!({
            "id": id,
            "name": party.name,
            "vat_id": party.vat.clone().filter(|_| legal_type != "natural_person"),
            "country": party.country,
            "segment": if private { "private" } else { dice.pick(&["public", "industry", "finance", "health", "technology"]) },
            "email": party.email("invoices"),
            "phone": party.phone,
            "currency": "EUR",
            "payment_terms_days": terms_days,
            "credit_limit": if private { "5000".to_owned() } else { (dice.between(5, 40) * 10_000).to_string() },
            "account_manager_id": manager,
            "since": since.to_string(),
            "attributes": {"legal_type": legal_type},
            "known_at": text(calendar::at(since, 11, 0)),
        }),
    )?;
    Ok(Customer {
        id,
        terms_days,
        manager,
        abroad: code != "IE",
        private,
        payer,
        orders: !private && dice.percent(55),
        answer_days: skewed(dice, 4.0, 0.5),
    })
}

fn payer(dice: &mut Dice, private: bool) -> Payer {
    let weekday = [Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri][dice.below(4) as usize];
    let runs = if private {
        Runs::Daily
    } else {
        [
            Runs::Daily,
            Runs::Weekly(weekday),
            Runs::Twice,
            Runs::MonthEnd,
        ][dice.weighted(&[2, 5, 3, 2])]
    };
    // Who pays seldom looks further ahead; some let days go by all the same.
    let ahead = match runs {
        Runs::Daily => [6, 4, 3, -3],
        Runs::Weekly(_) => [11, 9, 6, -3],
        Runs::Twice => [15, 12, 6, -2],
        Runs::MonthEnd => [28, 24, 12, 0],
    };
    let early_days = ahead[dice.weighted(&[4, 4, 2, 2])];
    Payer {
        runs,
        early_days,
        approval_days: skewed(dice, if private { 1.5 } else { 3.5 }, 0.5),
        second_approval: 8_000.0 + 40_000.0 * unit(dice),
        usual_strain: 0.7 * normal(dice),
        strain: drift(dice, WEEKS, STRAIN_MEMORY, STRAIN_SPREAD),
        quarrel: 0.03 + 0.06 * unit(dice),
    }
}

/// How an invoice fares at a customer until it is paid, if nobody writes or calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owed {
    pub(super) issued_on: NaiveDate,
    pub(super) due_on: NaiveDate,
    pub(super) amount: f64,
    /// How often the bill was redrawn: such bills are contested more often.
    pub(super) revisions: u32,
}

/// When a customer is ready to pay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handled {
    /// From when a run may take it.
    pub(super) ready: NaiveDate,
    /// From when until when it is contested.
    pub(super) contest: Option<(NaiveDate, NaiveDate)>,
}

/// Strain beyond what is usual, as it may go on from a week in which it is known.
struct Strain {
    week: usize,
    level: f64,
}

impl Strain {
    fn known(payer: &Payer, day: NaiveDate) -> Self {
        Self {
            week: week(day),
            level: payer.passing_strain(day),
        }
    }

    /// In the week of a day that is not before the last one asked about.
    fn on(&mut self, dice: &mut Dice, day: NaiveDate) -> f64 {
        let fresh = STRAIN_SPREAD * (1.0 - STRAIN_MEMORY * STRAIN_MEMORY).sqrt();
        while self.week < week(day) {
            self.level = STRAIN_MEMORY * self.level + fresh * normal(dice);
            self.week += 1;
        }
        self.level
    }
}

/// Futures of an invoice that its chance is the share of.
const FUTURES: u32 = 240;

impl Owed {
    /// What the customer does before a run may take it: approvals, its rule, and a contest.
    pub(super) fn handled(&self, dice: &mut Dice, payer: &Payer) -> Handled {
        let approved = self.ready(dice, payer);
        let taken_from = self.taken_from(dice, payer);
        let contest = self.contested(dice, payer).then(|| {
            let raised = approved.max(workdays_after(self.issued_on, 3));
            let days = skewed(dice, 20.0, 0.6).ceil() as u32;
            (raised, workdays_after(raised, days.max(2)))
        });
        let settled = contest.map_or(approved, |(_, until)| later(until, 2).max(approved));
        Handled {
            ready: settled.max(taken_from),
            contest,
        }
    }

    /// Whether the customer contests it.
    fn contested(&self, dice: &mut Dice, payer: &Payer) -> bool {
        happens(dice, payer.quarrel + 0.06 * f64::from(self.revisions))
    }

    /// The day from which a run may take it, approvals done.
    fn ready(&self, dice: &mut Dice, payer: &Payer) -> NaiveDate {
        let received = calendar::open_day(later(self.issued_on, 1));
        workdays_after(received, payer.approval(dice, received, self.amount))
    }

    /// The first day on which a run takes it: by the customer's rule, give or take some days
    /// by who books it.
    fn taken_from(&self, dice: &mut Dice, payer: &Payer) -> NaiveDate {
        let about = (2.5 * normal(dice)).round() as i64;
        self.due_on - chrono::TimeDelta::days(payer.early_days + about)
    }

    /// Probability of not being paid by the due date, as far as the customer's rule, means
    /// and mood on the day of issue tell: the share of many futures.
    pub(super) fn chance_of_late(&self, dice: &mut Dice, payer: &Payer) -> f64 {
        let runs = self.runs(payer);
        let late = (0..FUTURES).filter(|_| self.is_late_in_a_future(dice, payer, &runs));
        late.count() as f64 / f64::from(FUTURES)
    }

    /// Days on which the customer pays, until it is due.
    fn runs(&self, payer: &Payer) -> Vec<NaiveDate> {
        self.issued_on
            .iter_days()
            .skip(1)
            .take_while(|day| *day <= self.due_on)
            .filter(|day| payer.pays_on(*day))
            .collect()
    }

    fn is_late_in_a_future(&self, dice: &mut Dice, payer: &Payer, runs: &[NaiveDate]) -> bool {
        let Handled { ready, .. } = self.handled(dice, payer);
        let mut passing = Strain::known(payer, self.issued_on);
        let mut paid_a_part = false;
        for day in runs.iter().filter(|day| **day >= ready) {
            let strain = payer.usual_strain + passing.on(dice, *day);
            if happens(dice, payer.leaves_out(strain, self.amount, *day)) {
                continue;
            }
            if paid_a_part || !happens(dice, Payer::pays_a_part(strain)) {
                return false;
            }
            paid_a_part = true;
        }
        true
    }

    /// See [`super::mechanism::Redraw::Pass`].
    pub(super) fn pass(&self, dice: &mut Dice, payer: &Payer) {
        let runs = self.runs(payer);
        for _ in 0..FUTURES {
            self.contested(dice, payer);
            let ready = self.ready(dice, payer).max(self.taken_from(dice, payer));
            let mut passing = Strain::known(payer, self.issued_on);
            let mut paid = false;
            for day in runs.iter().filter(|day| **day >= ready) {
                let strain = payer.usual_strain + passing.on(dice, *day);
                paid = paid || !happens(dice, payer.leaves_out(strain, self.amount, *day));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Approves at once, takes long before the due date, and contests nothing.
    fn payer(runs: Runs, usual_strain: f64) -> Payer {
        Payer {
            runs,
            early_days: 90,
            approval_days: 0.0,
            second_approval: 50_000.0,
            usual_strain,
            strain: vec![0.0; WEEKS],
            quarrel: 0.0,
        }
    }

    /// Issued on Monday 2 March 2026.
    fn owed(due_after: u32) -> Owed {
        let issued_on = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        Owed {
            issued_on,
            due_on: later(issued_on, due_after),
            amount: 1_000.0,
            revisions: 0,
        }
    }

    #[test]
    fn an_invoice_of_which_the_only_run_pays_a_part_is_late() {
        let payer = payer(Runs::Weekly(Weekday::Thu), 2.2);
        let owed = owed(7);
        let run = NaiveDate::from_ymd_opt(2026, 3, 5).unwrap();
        assert_eq!(owed.runs(&payer), [run]);
        let in_full = (1.0 - payer.leaves_out(2.2, owed.amount, run)) * 0.5;
        assert_eq!(Payer::pays_a_part(2.2), 0.5);
        let chance = owed.chance_of_late(&mut Dice::new(1, 1), &payer);
        assert!((chance - (1.0 - in_full)).abs() < 0.12, "{chance}");
    }

    #[test]
    fn a_contest_that_is_over_in_time_does_not_make_an_invoice_late() {
        let payer = Payer {
            quarrel: 1.0,
            ..payer(Runs::Daily, -2.0)
        };
        let chance = |due_after| owed(due_after).chance_of_late(&mut Dice::new(1, 1), &payer);
        // It takes 20 working days or less as often as not, after the first three.
        let (in_a_week, in_two_months) = (chance(7), chance(60));
        assert!(in_a_week > 0.9, "{in_a_week}");
        assert!(in_two_months < 0.4, "{in_two_months}");
    }
}
