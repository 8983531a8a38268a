//! Are the rows that are one thing found, in two tables or in one?

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use scrutineer::learn::linkage::{LinkOptions, Table, link};
use scrutineer_datasets::sets::linkage::LinkedTables;

use crate::{EvalError, Evaluation};

/// Rows are one thing where every column says the same.
const BASELINE: &str = "every column the same";

/// Reads one table or two and, where there is one, a file of true pairs: the ids of two rows in the
/// first two columns, with a header.
///
/// # Errors
/// [`EvalError::File`] when a file is absent or not a table.
pub fn read(
    left: &Path,
    right: Option<&Path>,
    truth: Option<&Path>,
    id: Option<&str>,
) -> Result<LinkedTables, EvalError> {
    Ok(LinkedTables {
        left: table(left, id)?,
        right: right.map(|right| table(right, id)).transpose()?,
        truth: truth.map(pairs).transpose()?.unwrap_or_default(),
    })
}

fn table(path: &Path, id: Option<&str>) -> Result<Table, EvalError> {
    let file = File::open(path).map_err(|error| wrong(path, &error))?;
    Table::read(file, id).map_err(|error| wrong(path, &error))
}

fn pairs(path: &Path) -> Result<Vec<(String, String)>, EvalError> {
    let reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path);
    let rows = reader
        .map_err(|error| wrong(path, &error))?
        .into_deserialize();
    rows.map(|row| row.map_err(|error| wrong(path, &error)))
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
    let right = tables.right.as_ref();
    let from = Instant::now();
    let linked = link(&tables.left, right, options)
        .map_err(|error| EvalError::Insufficient(error.to_string()))?;
    let took = from.elapsed().as_secs_f64();
    let n = tables.left.len() + right.map_or(0, Table::len);
    // In one table neither row of a pair is the left one.
    let pair = |one: &'_ str, other: &'_ str| {
        if right.is_none() && one > other {
            (other.to_owned(), one.to_owned())
        } else {
            (one.to_owned(), other.to_owned())
        }
    };
    let truth: HashSet<Pair> = tables
        .truth
        .iter()
        .map(|(one, other)| pair(one, other))
        .collect();
    let others = right.unwrap_or(&tables.left);
    let found = linked.links.iter();
    let found = found.map(|link| pair(tables.left.id(link.left), others.id(link.right)));
    let mut metrics = figures(&truth, found);
    metrics.insert("pairs_compared".to_owned(), Some(linked.compared as f64));
    metrics.insert("records_per_second".to_owned(), Some(n as f64 / took));
    let plain = same(&tables.left, right);
    let plain = plain.into_iter().map(|(one, other)| pair(one, other));
    let plain = figures(&truth, plain);
    Ok(Evaluation {
        case: "link".to_owned(),
        set: set.to_owned(),
        protocol: match (right, options.one_to_one) {
            (None, _) => "rows of one table among themselves, no labels used".to_owned(),
            (Some(_), true) => "two tables, one row to one row, no labels used".to_owned(),
            (Some(_), false) => "two tables, no labels used".to_owned(),
        },
        n,
        metrics,
        baselines: [(BASELINE.to_owned(), plain)].into(),
        fields: BTreeMap::new(),
        lines: BTreeMap::new(),
        confusion: BTreeMap::new(),
    })
}

type Pair = (String, String);

fn figures(
    truth: &HashSet<Pair>,
    found: impl Iterator<Item = Pair>,
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

/// Pairs of rows of which every cell is the same, each with the first such row.
fn same<'a>(left: &'a Table, right: Option<&'a Table>) -> Vec<(&'a str, &'a str)> {
    let row = |table: &'a Table, at: usize| -> Vec<&'a str> {
        let cells = left.names.iter().filter_map(|name| {
            let column = table.names.iter().position(|known| known == name)?;
            table.columns.get(column)?.get(at).map(String::as_str)
        });
        cells.collect()
    };
    let mut first: HashMap<Vec<&str>, &str> = HashMap::new();
    for (at, id) in left.ids.iter().enumerate() {
        first.entry(row(left, at)).or_insert(id);
    }
    let others = right.unwrap_or(left);
    let of = |(at, id): (usize, &'a String)| Some((*first.get(&row(others, at))?, id.as_str()));
    let pairs = others.ids.iter().enumerate().filter_map(of);
    // In one table a row is the same as itself.
    pairs
        .filter(|(one, other)| right.is_some() || one != other)
        .collect()
}
