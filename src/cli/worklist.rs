//! `scrutineer worklist`: what people should look at, most pressing first.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;

use super::exit;
use super::store_args::{StoreArgs, must_exist, with_store};
use crate::store::{InboxRow, WORKLISTS, Worklist, WorklistCursor};

/// Arguments of `worklist`.
#[derive(Debug, Args)]
pub(super) struct WorklistArgs {
    /// Which worklist: `invoice_review`
    #[arg(value_parser = parse_name)]
    name: &'static Worklist,
    /// Most rows shown
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    #[command(flatten)]
    store: StoreArgs,
}

/// Shows the rows that `GET /v1/worklists/NAME` gives.
pub(super) fn run(args: &WorklistArgs) -> ExitCode {
    if let Err(code) = must_exist(&args.store) {
        return code;
    }
    let first = WorklistCursor::default();
    let page = with_store(&args.store, async |store| {
        let limit = args.limit as usize;
        let tenant = &args.store.tenant;
        store.worklist(tenant, args.name, first, limit).await
    });
    let page = match page {
        Ok(page) => page,
        Err(code) => return code,
    };
    let mut out = io::stdout().lock();
    let written = page
        .items
        .iter()
        .try_for_each(|row| show(&mut out, row, args.store.json));
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            exit::environment(&error.to_string())
        }
        _ => ExitCode::SUCCESS,
    }
}

fn parse_name(name: &str) -> Result<&'static Worklist, String> {
    Worklist::named(name).ok_or_else(|| {
        let names: Vec<_> = WORKLISTS.iter().map(|list| list.name).collect();
        format!("the worklists are: {}", names.join(", "))
    })
}

fn show(out: &mut impl Write, row: &InboxRow, json: bool) -> io::Result<()> {
    if json {
        let line = serde_json::to_string(row)?;
        return writeln!(out, "{line}");
    }
    let or_dash = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    writeln!(
        out,
        "{:<6}  {}  {:<20}  {:<30}  {:<16}  {:>14} {:<3}  {}",
        or_dash(&row.level),
        row.received_at.date_naive(),
        or_dash(&row.document_type),
        or_dash(&row.seller),
        or_dash(&row.number),
        or_dash(&row.total),
        or_dash(&row.currency),
        row.document_id
    )
}
