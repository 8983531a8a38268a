//! The demo firm as a folder of records: a smoke test of the whole way from records to
//! figures, and no evidence of anything about real firms.

use std::path::PathBuf;

use chrono::NaiveDate;
use scrutineer::cases::timesheet::TOLERATED_PERCENT;
use scrutineer_datasets::firm;

use crate::billing::{self, BillingOptions};
use crate::collections::{self, CollectionsOptions};
use crate::timesheet::{self, TimesheetOptions};
use crate::{EvalError, Evaluation};

/// Seed of the firm that `make demo` makes.
const SEED: u64 = 1;
/// The last of its three years is asked about.
const CUT: Option<NaiveDate> = NaiveDate::from_ymd_opt(2025, 12, 1);

/// The demo firm's folder, removed when it goes out of scope.
struct DemoFirm(PathBuf);

/// Measures one forecast on the demo firm, by the name of its protocol.
pub(crate) fn evaluate(protocol: &str) -> Result<Evaluation, EvalError> {
    let name = format!("scrutineer-demo-{}", std::process::id());
    let firm = DemoFirm(std::env::temp_dir().join(name));
    let failed = |error: &dyn std::fmt::Display| EvalError::Write {
        path: firm.0.display().to_string(),
        message: error.to_string(),
    };
    let made = firm::make(SEED, firm::TODAY, || {}).map_err(|error| failed(&error))?;
    made.write(&firm.0).map_err(|error| failed(&error))?;
    let (set, cut) = ("demo firm".to_owned(), CUT.unwrap_or_default());
    let protocol_text = format!("smoke test, fitted before {cut}");
    match protocol {
        "demo_timesheet" => {
            let options = TimesheetOptions {
                set,
                protocol: protocol_text,
                cut,
                tolerated_percent: TOLERATED_PERCENT,
                per_sheet: false,
            };
            Ok(timesheet::on_records(&firm.0, &options)?.evaluation)
        }
        "demo_billing" => {
            let options = BillingOptions {
                set,
                protocol: protocol_text,
                cut,
            };
            Ok(billing::on_records(&firm.0, &options)?.evaluation)
        }
        _ => {
            let options = CollectionsOptions {
                set,
                protocol: protocol_text,
                cut,
                end: None,
            };
            Ok(collections::on_records(&firm.0, &options)?.evaluation)
        }
    }
}

impl Drop for DemoFirm {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
