//! Many rows by one statement.

use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::error::Result;

/// Rows of one statement at most.
const MOST: usize = 256;

/// Where the values of one row go, in the order of the columns.
pub(super) type Row<'a> = Separated<'a, Sqlite, &'static str>;

/// Inserts rows into a table, given with its columns, of which the first is never null.
///
/// Each statement is a message to the database's thread and back, and every number of rows would
/// be another one to prepare. So a lot is filled up to a power of two with rows of nulls, for which
/// `put` is given none, and these are passed over.
///
/// # Errors
/// What the database said; then none or some of the rows landed.
pub(super) async fn insert<'r, T>(
    connection: &mut SqliteConnection,
    into: &str,
    rows: &'r [T],
    mut put: impl FnMut(Row<'_>, Option<&'r T>),
) -> Result<()> {
    for lot in rows.chunks(MOST) {
        let filled = lot.len().next_power_of_two();
        let rows = lot.iter().map(Some).chain(std::iter::repeat(None));
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO ");
        query.push(into).push(" SELECT * FROM (");
        query.push_values(rows.take(filled), &mut put);
        query.push(") WHERE column1 IS NOT NULL");
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}
