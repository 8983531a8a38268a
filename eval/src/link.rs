//! Are the rows that are one thing found in two tables?

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use scrutineer::learn::linkage::{LinkOptions, Table, link};
use scrutineer_datasets::sets::linkage::LinkedTables;
use serde::Deserialize;

use crate::{EvalError, Evaluation};

/// Rows are one thing where every column says the same.
const BASELINE: &str = "every column the same";

/// Reads tables and, where there is one, a file of true pairs `id_left,id_right` with a header.
///
/// # Errors
/// [`EvalError::File`] when a file is absent or not a table.
pub fn read(
    left: &Path,
    right: &Path,
    truth: Option<&Path>,
    id: Option<&str>,
) -> Result<LinkedTables, EvalError> {
    Ok(LinkedTables {
        left: table(left, id)?,
        right: table(right, id)?,
        truth: truth.map(pairs).transpose()?.unwrap_or_default(),
    })
}

fn table(path: &Path, id: Option<&str>) -> Result<Table, EvalError> {
    let file = File::open(path).map_err(|error| wrong(path, &error))?;
    Table::read(file, id).map_err(|error| wrong(path, &error))
}

#[derive(Deserialize)]
struct TrueLink {
    id_left: String,
    id_right: String,
}

fn pairs(path: &Path) -> Result<Vec<(String, String)>, EvalError> {
    let reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path);
    let rows = reader
        .map_err(|error| wrong(path, &error))?
        .into_deserialize();
    rows.map(|row: Result<TrueLink, csv::Error>| {
        row.map(|row| (row.id_left, row.id_right))
            .map_err(|error| wrong(path, &error))
    })
    .collect()
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> EvalError {
    EvalError::File {
        path: path.display().to_string(),
        message: error.to_string(),
    }
}

/// Links and compares with the truth. Records a second count both tables, from the texts of the
/// cells to the links; reading the files is no part of it.
///
/// # Errors
/// [`EvalError::Insufficient`] where there is nothing to compare.
pub fn evaluate(
    set: &str,
    tables: &LinkedTables,
    options: &LinkOptions,
) -> Result<Evaluation, EvalError> {
    let from = Instant::now();
    let linked = link(&tables.left, Some(&tables.right), options)
        .map_err(|error| EvalError::Insufficient(error.to_string()))?;
    let took = from.elapsed().as_secs_f64();
    let n = tables.left.len() + tables.right.len();
    let truth: HashSet<(&str, &str)> = tables
        .truth
        .iter()
        .map(|(left, right)| (left.as_str(), right.as_str()))
        .collect();
    let id =
        |ids: &'_ [String], row: u32| ids.get(row as usize).map_or("", String::as_str).to_owned();
    let found: Vec<(String, String)> = linked
        .links
        .iter()
        .map(|link| {
            (
                id(&tables.left.ids, link.left),
                id(&tables.right.ids, link.right),
            )
        })
        .collect();
    let mut metrics = figures(
        &truth,
        found
            .iter()
            .map(|(left, right)| (left.as_str(), right.as_str())),
    );
    metrics.insert("pairs_compared".to_owned(), Some(linked.compared as f64));
    metrics.insert("records_per_second".to_owned(), Some(n as f64 / took));
    let plain = same(&tables.left, &tables.right);
    let plain = figures(&truth, plain.iter().map(|(left, right)| (*left, *right)));
    Ok(Evaluation {
        case: "link".to_owned(),
        set: set.to_owned(),
        protocol: if options.one_to_one {
            "two tables, one row to one row, no labels used".to_owned()
        } else {
            "two tables, no labels used".to_owned()
        },
        n,
        metrics,
        baselines: [(BASELINE.to_owned(), plain)].into(),
        fields: BTreeMap::new(),
        lines: BTreeMap::new(),
        confusion: BTreeMap::new(),
    })
}

fn figures<'a>(
    truth: &HashSet<(&'a str, &'a str)>,
    found: impl Iterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<String, Option<f64>> {
    let (mut links, mut right) = (0_usize, 0_usize);
    for pair in found {
        links += 1;
        right += usize::from(truth.contains(&pair));
    }
    let share = |of: usize| (of > 0).then(|| right as f64 / of as f64);
    let both = links + truth.len();
    BTreeMap::from([
        ("links".to_owned(), Some(links as f64)),
        ("precision".to_owned(), share(links)),
        ("recall".to_owned(), share(truth.len())),
        ("f1".to_owned(), share(both).map(|half| 2.0 * half)),
    ])
}

/// Pairs of rows of which every cell is the same.
fn same<'a>(left: &'a Table, right: &'a Table) -> Vec<(&'a str, &'a str)> {
    let row = |table: &'a Table, at: usize| -> Vec<&'a str> {
        let cells = left.names.iter().filter_map(|name| {
            let column = table.names.iter().position(|known| known == name)?;
            table.columns.get(column)?.get(at).map(String::as_str)
        });
        cells.collect()
    };
    let known: std::collections::HashMap<Vec<&str>, &str> = left
        .ids
        .iter()
        .enumerate()
        .map(|(at, id)| (row(left, at), id.as_str()))
        .collect();
    let of = |(at, id): (usize, &'a String)| Some((*known.get(&row(right, at))?, id.as_str()));
    right.ids.iter().enumerate().filter_map(of).collect()
}
