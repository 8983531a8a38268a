//! `scrutineer audit`: proves that no decision was changed, removed or moved.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::exit;
use super::store_args::{PlaceArgs, must_exist, with_store_of};
use crate::store::{AuditReport, KeptHead};

/// Arguments of `scrutineer audit`.
#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Recompute every tenant's chain; ends with 1 if something is wrong.
    Verify {
        /// A head kept elsewhere, `TENANT:ENTRIES:SHA256`, as an earlier run printed it.
        #[arg(long = "head", value_parser = parse_head)]
        heads: Vec<KeptHead>,
        // Without a tenant: whoever looks for changes looks at all.
        #[command(flatten)]
        store: PlaceArgs,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

/// Runs `scrutineer audit`.
pub(super) fn run(args: &AuditArgs) -> ExitCode {
    let Action::Verify { heads, store, json } = &args.action;
    let verified = must_exist(store)
        .and_then(|config| with_store_of(&config, async |open| open.audit_verify(heads).await));
    let report = match verified {
        Ok(report) => report,
        Err(code) => return code,
    };
    match tell(&mut io::stdout().lock(), &report, *json) {
        Ok(()) if report.ok => ExitCode::SUCCESS,
        Ok(()) => ExitCode::from(1),
        Err(error) => exit::environment(&error.to_string()),
    }
}

fn tell(out: &mut impl Write, report: &AuditReport, json: bool) -> io::Result<()> {
    if json {
        let line = serde_json::to_string(report)?;
        return writeln!(out, "{line}");
    }
    for fault in &report.faults {
        writeln!(out, "{} entry {}: {}", fault.tenant, fault.seq, fault.text)?;
    }
    let hidden = report.fault_count - report.faults.len() as u64;
    if hidden > 0 {
        writeln!(out, "and {hidden} more faults")?;
    }
    for chain in &report.chains {
        writeln!(
            out,
            "{}:{}:{}  ({} parts erased)",
            chain.tenant, chain.entries, chain.head_sha256, chain.erased_parts
        )?;
    }
    let verdict = if report.ok {
        "nothing was changed"
    } else {
        "SOMETHING WAS CHANGED"
    };
    writeln!(out, "{verdict}")
}

fn parse_head(text: &str) -> Result<KeptHead, String> {
    let mut parts = text.split(':');
    let (Some(tenant), Some(seq), Some(sha256), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("a head is TENANT:ENTRIES:SHA256".to_owned());
    };
    let hexadecimal = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
    if !hexadecimal {
        return Err("the digest has 64 hexadecimal digits".to_owned());
    }
    Ok(KeptHead {
        tenant: tenant.parse().map_err(|error| format!("{error}"))?,
        seq: seq
            .parse()
            .map_err(|_| "the entries are a number".to_owned())?,
        sha256: sha256.to_ascii_lowercase(),
    })
}
