//! `scrutineer keys`: make, list and withdraw keys.

use std::io::{self, Write};
use std::process::ExitCode;

use chrono::{Duration, Utc};
use clap::{Args, Subcommand};
use serde_json::json;

use super::exit;
use super::store_args::{StoreArgs, with_store};
use crate::domain::Scopes;
use crate::store::{ApiKey, CreatedKey, NewKey, StoreError};

/// Days that a key may work if it is to stop: a hundred years.
const MOST_DAYS: i64 = 36_500;

/// Arguments of `scrutineer keys`.
#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key and show its token, once.
    Create {
        /// What it is for.
        #[arg(long, default_value = "")]
        label: String,
        /// What it may do: `*`, or some of documents, records, feedback, read, reminders, audit, keys, case:NAME.
        #[arg(long, default_value = "*")]
        scopes: Scopes,
        /// Days until it stops working; never when absent.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=MOST_DAYS))]
        days: Option<u32>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Every key of the tenant, without secrets.
    List {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Withdraw a key.
    Revoke {
        /// Its public part: the 12 digits after `scr_`.
        prefix: String,
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// Runs `scrutineer keys`.
pub(super) fn run(args: &KeysArgs) -> ExitCode {
    match act(&args.action) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => exit::environment(&error.to_string()),
        Err(code) => code,
    }
}

fn act(action: &Action) -> Result<io::Result<()>, ExitCode> {
    let mut out = io::stdout().lock();
    match action {
        Action::Create {
            label,
            scopes,
            days,
            store,
        } => {
            let new = NewKey {
                label: label.clone(),
                scopes: scopes.clone(),
                expires_at: days.map(|days| Utc::now() + Duration::days(days.into())),
            };
            let created = with_store(store, async |open| {
                open.create_key(&store.tenant, new).await
            })?;
            Ok(show_created(&mut out, &created, store.json))
        }
        Action::List { store } => {
            let keys = with_store(store, async |open| open.list_keys(&store.tenant).await)?;
            Ok(keys
                .iter()
                .try_for_each(|key| show_key(&mut out, key, store.json)))
        }
        Action::Revoke { prefix, store } => {
            with_store(store, async |open| {
                let revoked = open.revoke_key(&store.tenant, prefix).await?;
                revoked
                    .then_some(())
                    .ok_or(StoreError::Missing("working key"))
            })?;
            Ok(writeln!(out, "{prefix} is withdrawn"))
        }
    }
}

/// The token goes to standard output alone, so that a script can take it.
fn show_created(out: &mut impl Write, created: &CreatedKey, json: bool) -> io::Result<()> {
    if json {
        let line = json!({"token": created.token, "key": created.key});
        writeln!(out, "{line}")
    } else {
        writeln!(out, "{}", created.token)
    }
}

fn show_key(out: &mut impl Write, key: &ApiKey, json: bool) -> io::Result<()> {
    if json {
        let line = serde_json::to_string(key)?;
        return writeln!(out, "{line}");
    }
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("withdrawn {}", at.date_naive()),
        (None, Some(at)) if at <= Utc::now() => format!("expired {}", at.date_naive()),
        (None, Some(at)) => format!("until {}", at.date_naive()),
        (None, None) => "works".to_owned(),
    };
    writeln!(
        out,
        "{}  {}  {state}  {}  {}",
        key.prefix,
        key.created_at.date_naive(),
        key.scopes,
        key.label
    )
}
