//! Event logs in which a case is a request.

use std::path::Path;

use scrutineer::eventlog::{Columns, EventLog, EventLogError, Limits, read_csv, read_file};

use super::SetError;

/// A public log with the question asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestSet {
    /// Domestic travel declarations of a university.
    Domestic,
    /// Its international declarations.
    International,
    /// Its travel permits with all that follows from them.
    Permit,
    /// The permits again: is the declaration handed in within two weeks of the trip?
    PermitTrip,
    /// Receipt of permit requests at municipalities, with deadlines.
    Receipt,
    /// Lines of orders, delayed or not.
    O2c,
}

impl RequestSet {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Domestic,
        Self::International,
        Self::Permit,
        Self::PermitTrip,
        Self::Receipt,
        Self::O2c,
    ];

    /// Name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Domestic => "domestic",
            Self::International => "international",
            Self::Permit => "permit",
            Self::PermitTrip => "permit_trip",
            Self::Receipt => "receipt",
            Self::O2c => "o2c",
        }
    }

    /// The set of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }

    /// Facts that the files state from the first event on although they came to be known
    /// later: what was declared or overspent in the end, dates and amounts of delivery.
    #[must_use]
    pub fn known_later(self) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Domestic => &[],
            Self::International => &["(case)_Amount", "(case)_BudgetNumber"],
            Self::Permit | Self::PermitTrip => &[
                "(case)_Overspent",
                "(case)_OverspentAmount",
                "(case)_TotalDeclared",
                "(case)_RequestedAmount_0",
            ],
            Self::Receipt => &["enddate"],
            Self::O2c => &[
                "Delivery",
                "Delivery_Date",
                "Good_Issue_Date",
                "Difference",
                "NotInTime",
                "Delayed",
                "ActualMAD",
                "Duration",
                "Event_ID",
                "duplicates_id",
                "Rework",
                "ID_Change_Status",
                "ID_Block_Status",
            ],
        };
        names.iter().map(ToString::to_string).collect()
    }

    /// Facts that are known with the first event although the course follows from them: what
    /// is sold, and the day promised.
    #[must_use]
    pub fn known_early(self) -> Vec<String> {
        let names: &[&str] = match self {
            Self::O2c => &["Product_hierarchy", "PromiseMAD"],
            _ => &[],
        };
        names.iter().map(ToString::to_string).collect()
    }

    /// Reads the log.
    ///
    /// # Errors
    /// [`SetError`] when it is absent or not what it should be.
    pub fn load(self, data: &Path) -> Result<EventLog, SetError> {
        let file = match self {
            Self::Domestic => "DomesticDeclarations.xes.gz",
            Self::International => "InternationalDeclarations.xes.gz",
            Self::Permit | Self::PermitTrip => "PermitLog.xes.gz",
            Self::Receipt => "08_receipt.xes.gz",
            Self::O2c => "O2C_SAP_log.zip",
        };
        let path = data.join("eventlogs").join(file);
        let read = if self == Self::O2c {
            let rows = super::zip::first_file(&path)
                .and_then(super::order_lines::with_days_put_right)
                .map_err(|error| SetError::io(&path, error))?;
            let name = path.display().to_string();
            let limits = Limits::default();
            let columns = Columns::default();
            read_csv(&name, rows.as_slice(), None, limits, &columns)
        } else {
            read_file(&path, Limits::default(), &Columns::default())
        };
        read.map_err(|error| match error {
            EventLogError::Io { source, .. } => SetError::io(&path, source),
            EventLogError::Wrong {
                file,
                line,
                message,
            } => SetError::Row {
                path: file,
                line: usize::try_from(line).unwrap_or(usize::MAX),
                message,
            },
        })
    }
}
