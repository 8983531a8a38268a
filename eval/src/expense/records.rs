//! A folder of claims, card lines or invoices, and a file that says which are odd.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use scrutineer::cases::expense::Claim;
use scrutineer::domain::RecordKind;
use scrutineer::domain::records::{CardTransaction, Employee, ExpenseClaim, VendorInvoice};
use scrutineer::history::{KnownInvoice, Lines};
use serde::Deserialize;

use super::Truth;
use crate::EvalError;
use crate::records::{file_of, home_of, standing};

/// Labels of what is not odd.
const REGULAR: [&str; 6] = ["", "0", "regular", "normal", "false", "no"];

/// How a label says that a claim is odd; none if it does not.
pub(super) fn oddity(label: &str) -> Option<String> {
    let label = label.trim().to_ascii_lowercase();
    (!REGULAR.contains(&label.as_str())).then_some(label)
}

/// Reads `expense_claim`, `card_transaction` or `vendor_invoice`, as `.csv` or `.ndjson`, in the firm's currency:
/// the one that most records are in; roles are those of `employee`, where that is there too. Of a
/// record in several versions the one known last counts.
pub(super) fn claims_of(folder: &Path) -> Result<(Lines, Vec<Claim>), EvalError> {
    let found = Lines::ALL
        .into_iter()
        .find_map(|lines| Some((lines, file_of(folder, lines.kind())?)));
    let Some((lines, path)) = found else {
        return Err(EvalError::Absent(format!(
            "{} holds no expense_claim.csv, card_transaction.csv or vendor_invoice.csv",
            folder.display()
        )));
    };
    let spent = spent(lines, &path)?;
    let Some(home) = home_of(spent.iter().map(|line| line.currency)) else {
        return Err(EvalError::insufficient(&"no records"));
    };
    let roles = roles_of(folder)?;
    let claims = spent.iter().map(|line| {
        let role = match lines {
            Lines::Claims | Lines::Cards => roles.get(line.employee_id.as_str()).cloned(),
            Lines::Invoices => None,
        };
        Claim::of_claim(line, role, &home)
    });
    Ok((lines, claims.collect()))
}

/// The records of a file, told as lines of expenses.
fn spent(lines: Lines, path: &Path) -> Result<Vec<ExpenseClaim>, EvalError> {
    Ok(match lines {
        Lines::Claims => {
            let claims = standing::<ExpenseClaim>(path)?.into_iter();
            claims.map(|one| one.record).collect()
        }
        Lines::Cards => {
            let used = standing::<CardTransaction>(path)?.into_iter();
            used.map(|one| one.record.as_line()).collect()
        }
        Lines::Invoices => {
            let invoices = standing::<VendorInvoice>(path)?.into_iter();
            invoices
                .map(|one| KnownInvoice::from(one.record).as_line())
                .collect()
        }
    })
}

/// Roles by employee.
fn roles_of(folder: &Path) -> Result<HashMap<String, String>, EvalError> {
    let Some(path) = file_of(folder, RecordKind::Employee) else {
        return Ok(HashMap::new());
    };
    let employees = standing::<Employee>(&path)?.into_iter();
    let roles = employees.filter_map(|one| Some((one.record.id.to_string(), one.record.role?)));
    Ok(roles.collect())
}

#[derive(Deserialize)]
struct TruthRow {
    id: String,
    label: String,
}

/// Reads `id,label`.
pub(super) fn truth_of(path: &Path) -> Result<Truth, EvalError> {
    let wrong = |message: String| EvalError::File {
        path: path.display().to_string(),
        message,
    };
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    csv::Reader::from_reader(file)
        .into_deserialize()
        .map(|row| {
            let row: TruthRow = row.map_err(|error| wrong(error.to_string()))?;
            Ok((row.id, oddity(&row.label)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_and_a_role_count_as_they_were_known_last() {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, rows: &str| {
            std::fs::write(folder.path().join(file), rows).unwrap();
        };
        // As some systems write them out: the newest first.
        let claims = [("40", "09"), ("4000", "03")].map(|(amount, known_on)| {
            let claim = json!({"id": "c", "employee_id": "e", "incurred_on": "2026-03-02",
                "amount": amount, "currency": "EUR", "known_at": format!("2026-03-{known_on}T09:00:00Z")});
            format!("{claim}\n")
        });
        write("expense_claim.ndjson", &claims.concat());
        let employees =
            "id,role,known_at\ne,lead,2026-03-01T09:00:00Z\ne,clerk,2025-03-01T09:00:00Z\n";
        write("employee.csv", employees);
        let (_, claims) = claims_of(folder.path()).unwrap();
        let told = claims
            .iter()
            .map(|claim| (claim.amount, claim.role.as_deref()));
        assert_eq!(told.collect::<Vec<_>>(), [(Some(40.0), Some("lead"))]);
    }
}
