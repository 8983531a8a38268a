//! Pairs of tables of which it is known which rows are one thing.

use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use scrutineer::learn::linkage::Table;

use super::SetError;

/// Two tables, or one, and the ids of the rows that are one thing.
#[derive(Debug, Clone, Default)]
pub struct LinkedTables {
    /// One table.
    pub left: Table,
    /// The other; `None` where rows of the one are linked among themselves.
    pub right: Option<Table>,
    /// Id in the left table, id in the right; of one table, in either order.
    pub truth: Vec<(String, String)>,
}

/// FEBRL data set 4: 5,000 persons, and each again with faults; ids share `rec-N`.
///
/// # Errors
/// [`SetError`] when a file is absent or not a table.
pub fn febrl4(data: &Path) -> Result<LinkedTables, SetError> {
    let folder = data.join("linkage");
    let left = table(&folder.join("febrl4a.csv"), "rec_id")?;
    let right = table(&folder.join("febrl4b.csv"), "rec_id")?;
    let person = |id: &str| id.splitn(3, '-').take(2).collect::<Vec<_>>().join("-");
    let truth = by_key(&left, &right, person);
    Ok(LinkedTables {
        left,
        right: Some(right),
        truth,
    })
}

/// Payments as they left one bank and arrived at another, one to one.
///
/// # Errors
/// [`SetError`] when a file is absent or not a table.
pub fn transactions(data: &Path) -> Result<LinkedTables, SetError> {
    let folder = data.join("linkage");
    let mut left = table(&folder.join("transactions_origin.csv.gz"), "ground_truth")?;
    let mut right = table(
        &folder.join("transactions_destination.csv.gz"),
        "ground_truth",
    )?;
    // Rows were numbered alike on either side: numbers tell the truth too.
    left.without("unique_id");
    right.without("unique_id");
    let truth = by_key(&left, &right, str::to_owned);
    Ok(LinkedTables {
        left,
        right: Some(right),
        truth,
    })
}

fn table(path: &Path, id: &str) -> Result<Table, SetError> {
    let file = std::fs::File::open(path).map_err(|error| SetError::io(path, error))?;
    let file = BufReader::new(file);
    let zipped = path.extension().is_some_and(|extension| extension == "gz");
    let from: Box<dyn Read> = if zipped {
        Box::new(GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    Table::read(from, Some(id))
        .map_err(|error| SetError::io(path, io::Error::new(io::ErrorKind::InvalidData, error)))
}

/// Rows whose ids have one key.
fn by_key(left: &Table, right: &Table, key: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let known: std::collections::HashMap<String, &String> =
        left.ids.iter().map(|id| (key(id), id)).collect();
    let of = |id: &String| Some(((*known.get(&key(id))?).clone(), id.clone()));
    right.ids.iter().filter_map(of).collect()
}
