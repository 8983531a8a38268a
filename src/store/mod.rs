//! SQLite store, migrations, audit chain.
