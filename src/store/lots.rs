//! Many rows, and many statements, by one message to the database's thread.

use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::error::Result;

/// Rows of one statement at most.
const MOST: usize = 256;

/// Where the values of one row go, in the order of the columns.
pub(super) type Row<'a> = Separated<'a, Sqlite, &'static str>;

/// Statements that are run one after the other.
///
/// Each statement by itself is a message to the database's thread and back, and two threads that
/// wake each other. Every other text is one more to prepare: so a lot of rows is filled up to a
/// power of two with rows of nulls, for which `put` is given none, and these are passed over.
pub(super) struct Lots(QueryBuilder<Sqlite>);

impl Lots {
    pub(super) fn new() -> Self {
        Self(QueryBuilder::new(""))
    }

    /// Inserts rows into a table, given with its columns, of which the first is never null.
    pub(super) fn insert<'r, T>(
        &mut self,
        into: &str,
        rows: &'r [T],
        mut put: impl FnMut(Row<'_>, Option<&'r T>),
    ) {
        for lot in rows.chunks(MOST) {
            let filled = lot.len().next_power_of_two();
            let rows = lot.iter().map(Some).chain(std::iter::repeat(None));
            let query = &mut self.0;
            query.push("INSERT INTO ").push(into);
            query.push(" SELECT * FROM (");
            query.push_values(rows.take(filled), &mut put);
            query.push(") WHERE column1 IS NOT NULL;");
        }
    }

    /// Adds one row by a statement that takes its values by `VALUES`, with what follows them.
    pub(super) fn upsert(&mut self, into: &str, put: impl FnOnce(Row<'_>), then: &str) {
        let query = &mut self.0;
        query.push("INSERT INTO ").push(into).push(" VALUES (");
        put(query.separated(", "));
        query.push(") ").push(then).push(";");
    }

    /// Runs all.
    ///
    /// # Errors
    /// What the database said; then none or some of the rows landed.
    pub(super) async fn run(mut self, connection: &mut SqliteConnection) -> Result<()> {
        self.0.build().execute(connection).await?;
        Ok(())
    }
}
