//! `scrutineer erase`: content goes for good, a provable gap in the chain stays.

use std::io::{self, BufRead as _, IsTerminal as _, Write};
use std::process::ExitCode;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use uuid::Uuid;

use super::exit;
use super::store_args::{StoreArgs, must_exist, with_store_of};
use crate::domain::RecordKind;
use crate::store::{Erasure, ErasureTarget};

/// Arguments of `scrutineer erase`.
#[derive(Debug, Args)]
pub(super) struct EraseArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A document: its bytes, name, analysis and everything answered about it.
    Document {
        /// Its id.
        id: Uuid,
        #[command(flatten)]
        how: How,
    },
    /// A record: all its versions and everything answered about it.
    Record {
        /// Kind of record, such as vendor_invoice.
        kind: RecordKind,
        /// Its id in the firm's own system.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
        #[command(flatten)]
        how: How,
    },
    /// An employee: their record, every record that names them, everything answered about those.
    Person {
        /// Their `employee_id`.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
        #[command(flatten)]
        how: How,
    },
}

#[derive(Debug, Args)]
struct How {
    /// Why; kept in the chain for good, so without names.
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    reason: String,
    /// Who erases; kept in the chain too.
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    actor: String,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Runs `scrutineer erase`. Without `--yes` a person at a terminal is asked; a script is refused.
pub(super) fn run(args: &EraseArgs) -> ExitCode {
    let (target, name, how) = match &args.what {
        What::Document { id, how } => (
            ErasureTarget::Document(*id),
            format!("document {id} with all that was answered about it"),
            how,
        ),
        What::Record { kind, id, how } => (
            ErasureTarget::Record(*kind, id.clone()),
            format!("{kind} {id} with all that was answered about it"),
            how,
        ),
        What::Person { id, how } => (
            ErasureTarget::Person(id.clone()),
            format!(
                "employee {id}, every record that names them and all that was answered about those"
            ),
            how,
        ),
    };
    let tenant = &how.store.tenant;
    let erased = must_exist(&how.store).and_then(|config| {
        confirm(&name, how)?;
        with_store_of(&config, async |open| {
            open.erase(tenant, &target, &how.reason, &how.actor).await
        })
    });
    let told = match erased {
        Ok(erasure) => tell(&mut io::stdout().lock(), &erasure, how.store.json),
        Err(code) => return code,
    };
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::environment(&error.to_string()),
    }
}

/// Asks whether to go on, where somebody can be asked.
fn confirm(name: &str, how: &How) -> Result<(), ExitCode> {
    if how.yes {
        return Ok(());
    }
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(exit::usage(
            "nobody can be asked here: say --yes to erase for good",
        ));
    }
    let asked = format!(
        "Erase {name}, of the tenant {}? It cannot be had again. Type yes: ",
        how.store.tenant
    );
    let mut said = String::new();
    let heard = io::stderr()
        .lock()
        .write_all(asked.as_bytes())
        .and_then(|()| io::stdin().lock().read_line(&mut said));
    match heard {
        Ok(_) if said.trim() == "yes" => Ok(()),
        Ok(_) => Err(exit::input("nothing was erased")),
        Err(error) => Err(exit::environment(&error.to_string())),
    }
}

fn tell(out: &mut impl Write, erasure: &Erasure, json: bool) -> io::Result<()> {
    if json {
        let line = serde_json::to_string(erasure)?;
        return writeln!(out, "{line}");
    }
    writeln!(
        out,
        "erased: {} entries of the chain, {} versions of records; {}",
        erasure.entries, erasure.record_versions, erasure.decision_sha256
    )?;
    if erasure.log_emptied {
        return Ok(());
    }
    writeln!(
        out,
        "the database's log could not be emptied: somebody reads from the store; what was erased is in it \
         until the next erasure, or until the service is restarted"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_could_not_be_emptied_is_told() {
        let told = |log_emptied: bool, json: bool| {
            let erasure = Erasure {
                id: Uuid::nil(),
                entries: 2,
                record_versions: 1,
                decision_sha256: "ab".to_owned(),
                log_emptied,
            };
            let mut out = Vec::new();
            tell(&mut out, &erasure, json).unwrap();
            String::from_utf8(out).unwrap()
        };
        let emptied = told(true, false);
        assert_eq!(
            emptied,
            "erased: 2 entries of the chain, 1 versions of records; ab\n"
        );
        let left = told(false, false);
        let more = left.strip_prefix(&*emptied).unwrap();
        assert!(more.starts_with("the database's log could not be emptied"));
        assert_eq!(more.lines().count(), 1);
        // Scripts read it from its member.
        let json = told(false, true);
        assert!(json.lines().count() == 1 && json.contains("\"log_emptied\":false"));
    }
}
