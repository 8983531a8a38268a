//! `scrutineer link`: which rows of two tables, or of one, are one thing.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::exit;
use crate::learn::linkage::{LinkOptions, Linked, Table, link};

/// Arguments of `link`.
#[derive(Debug, Args)]
pub(super) struct LinkArgs {
    /// A table as CSV with a header; columns of the same name are compared
    #[arg(long)]
    left: PathBuf,
    /// The table to link it with; without it, rows of the one table among themselves
    #[arg(long)]
    right: Option<PathBuf>,
    /// Column of ids; without it `id`, `unique_id` or `rec_id`
    #[arg(long)]
    id: Option<String>,
    /// Each row has one partner at most
    #[arg(long, requires = "right")]
    one_to_one: bool,
    /// Least probability of a pair that is told, between 0 and 1
    #[arg(long, default_value_t = LinkOptions::default().least_probability, value_parser = parse_probability)]
    least_probability: f64,
}

fn parse_probability(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if number > 0.0 && number < 1.0 {
        Ok(number)
    } else {
        Err("not between 0 and 1".to_owned())
    }
}

/// Writes CSV, the likeliest pair first: both ids, the probability, the bits of its odds, and what
/// they are the sum of: the prior's, each column's and the rivals'.
pub(super) fn run(args: &LinkArgs) -> ExitCode {
    let read = |path: &Path| {
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Table::read(file, args.id.as_deref())
            .map_err(|error| format!("{}: {error}", path.display()))
    };
    let tables = read(&args.left).and_then(|left| {
        let right = args.right.as_deref().map(read).transpose()?;
        Ok((left, right))
    });
    let (left, right) = match tables {
        Ok(tables) => tables,
        Err(message) => return exit::input(&message),
    };
    let options = LinkOptions {
        one_to_one: args.one_to_one,
        least_probability: args.least_probability,
    };
    let linked = match link(&left, right.as_ref(), &options) {
        Ok(linked) => linked,
        Err(error) => return exit::input(&error.to_string()),
    };
    match write(&linked, &left, right.as_ref().unwrap_or(&left)) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            exit::environment(&error.to_string())
        }
        _ => {
            // Nobody is left to tell if standard error is closed.
            let _ = writeln!(
                io::stderr().lock(),
                "{} links of {} pairs compared",
                linked.links.len(),
                linked.compared
            );
            ExitCode::SUCCESS
        }
    }
}

fn write(linked: &Linked, left: &Table, right: &Table) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let about_pair = ["id_left", "id_right", "probability", "bits", "prior_bits"];
    let columns = linked.columns().map(|name| format!("{name}_bits"));
    let header = about_pair.map(str::to_owned).into_iter().chain(columns);
    out.write_record(header.chain(["rivals_bits".to_owned()]))?;
    for link in &linked.links {
        let bits = |bits: f64| format!("{bits:.3}");
        let columns = linked.why(link).into_iter().map(|weight| bits(weight.bits));
        let about_pair = [
            left.id(link.left).to_owned(),
            right.id(link.right).to_owned(),
            format!("{:.6}", link.probability()),
            bits(link.bits),
            bits(linked.prior_bits()),
        ];
        let row = about_pair.into_iter().chain(columns);
        out.write_record(row.chain([bits(link.rivals)]))?;
    }
    let text = out.into_inner().map_err(csv::IntoInnerError::into_error)?;
    io::stdout().lock().write_all(&text)
}
