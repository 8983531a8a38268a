//! Writes generated documents and their truth to a folder.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use scrutineer_datasets::documents;

/// Makes realistic business documents with exact truth.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder for the PDF files and truth.ndjson; made if absent.
    #[arg(long)]
    out: PathBuf,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many documents.
    #[arg(long, default_value_t = 100)]
    count: usize,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let out = &arguments.out;
    fs::create_dir_all(out).with_context(|| format!("cannot make folder {}", out.display()))?;
    let path = out.join("truth.ndjson");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut rows = BufWriter::new(file);
    let bar = ProgressBar::new(u64::try_from(arguments.count)?).with_style(
        ProgressStyle::with_template("{bar:30} {pos}/{len} documents {eta}")?,
    );
    for document in documents::generate(arguments.seed, arguments.count) {
        let path = out.join(&document.name);
        fs::write(&path, &document.bytes)
            .with_context(|| format!("cannot write {}", path.display()))?;
        serde_json::to_writer(&mut rows, &document.truth)?;
        rows.write_all(b"\n")?;
        bar.inc(1);
    }
    rows.flush()?;
    bar.finish_and_clear();
    writeln!(
        io::stdout(),
        "{} documents and truth.ndjson in {}",
        arguments.count,
        out.display()
    )?;
    Ok(())
}
