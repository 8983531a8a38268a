//! A folder of claims, card lines or invoices, and a file that says which are odd.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use scrutineer::cases::expense::Claim;
use scrutineer::domain::loader::{Rows, Source};
use scrutineer::domain::records::{CardTransaction, Employee, ExpenseClaim, VendorInvoice};
use scrutineer::domain::{Currency, FieldSet, RecordKind};
use scrutineer::history::{KnownInvoice, Lines};
use serde::Deserialize;
use serde_json::Value;

use super::Truth;
use crate::EvalError;
use crate::records::home_of;

/// Labels of what is not odd.
const REGULAR: [&str; 6] = ["", "0", "regular", "normal", "false", "no"];

/// How a label says that a claim is odd; none if it does not.
pub(super) fn oddity(label: &str) -> Option<String> {
    let label = label.trim().to_ascii_lowercase();
    (!REGULAR.contains(&label.as_str())).then_some(label)
}

/// Reads `expense_claim`, `card_transaction` or `vendor_invoice`, as `.csv` or `.ndjson`, in the firm's currency:
/// the one that most records are in; roles are those of `employee`, where that is there too. Of a
/// record in several versions the last one counts.
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
    let bodies = bodies(lines.kind(), &path)?;
    let codes = bodies
        .iter()
        .filter_map(|body| body.get("currency")?.as_str());
    let Some(home) = home_of(codes.filter_map(|code| Currency::new(code).ok())) else {
        return Err(EvalError::insufficient(&"no records"));
    };
    let roles = roles_of(folder)?;
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut claims: Vec<Claim> = Vec::new();
    for body in bodies {
        let line = match lines {
            Lines::Claims => read::<ExpenseClaim>(body, &path)?,
            Lines::Cards => read::<CardTransaction>(body, &path)?.as_line(),
            Lines::Invoices => KnownInvoice::from(read::<VendorInvoice>(body, &path)?).as_line(),
        };
        let role = match lines {
            Lines::Claims | Lines::Cards => roles.get(line.employee_id.as_str()).cloned(),
            Lines::Invoices => None,
        };
        let claim = Claim::of_claim(&line, role, &home);
        let place = *places.entry(claim.id.clone()).or_insert(claims.len());
        match claims.get_mut(place) {
            Some(earlier) => *earlier = claim,
            None => claims.push(claim),
        }
    }
    Ok((lines, claims))
}

fn file_of(folder: &Path, kind: RecordKind) -> Option<PathBuf> {
    let paths = ["csv", "ndjson"].map(|ending| folder.join(format!("{kind}.{ending}")));
    paths.into_iter().find(|path| path.is_file())
}

/// Roles by employee.
fn roles_of(folder: &Path) -> Result<HashMap<String, String>, EvalError> {
    let Some(path) = file_of(folder, RecordKind::Employee) else {
        return Ok(HashMap::new());
    };
    let mut roles = HashMap::new();
    for body in bodies(RecordKind::Employee, &path)? {
        let employee: Employee = read(body, &path)?;
        let id = employee.id.to_string();
        match employee.role {
            Some(role) => roles.insert(id, role),
            None => roles.remove(&id),
        };
    }
    Ok(roles)
}

fn bodies(kind: RecordKind, path: &Path) -> Result<Vec<Value>, EvalError> {
    let name = path.display().to_string();
    let wrong = |message: String| EvalError::File {
        path: name.clone(),
        message,
    };
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    let source = Source {
        name: name.clone(),
        kind,
        format: None,
    };
    Rows::new(file, source)
        .map(|row| {
            row.map(|row| row.record.body)
                .map_err(|problem| wrong(problem.to_string()))
        })
        .collect()
}

fn read<T: FieldSet>(body: Value, path: &Path) -> Result<T, EvalError> {
    let Value::Object(members) = body else {
        return Err(EvalError::File {
            path: path.display().to_string(),
            message: "a record is no object".to_owned(),
        });
    };
    T::from_members("", members).map_err(|problems| EvalError::File {
        path: path.display().to_string(),
        message: format!("{problems:?}"),
    })
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
