//! Fits the models of a case: `scrutineer-train CASE`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use scrutineer_training::progress::Progress;
use scrutineer_training::{document_type, text_encoder};

/// Fits shipped models; the same seeds give the same bytes.
#[derive(Debug, Parser)]
#[command(name = "scrutineer-train", version)]
struct Cli {
    /// Folder of models to write to.
    #[arg(long, global = true, default_value = "models")]
    models_dir: PathBuf,
    /// No progress bars.
    #[arg(long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    case: Case,
}

#[derive(Debug, Subcommand)]
enum Case {
    /// What document is it: `invoice_type`.
    Invoice,
    /// Measure the shipped 16-bit encoder against the original weights.
    TextEncoder {
        /// The original `model.safetensors`, 32 bits.
        #[arg(long)]
        weights: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let progress = Progress { shown: !cli.quiet };
    let out = &mut std::io::stdout();
    match cli.case {
        Case::Invoice => {
            let tally = document_type::train(&cli.models_dir, &progress)?;
            writeln!(out, "{tally}")?;
            for (name, value) in tally.metrics() {
                writeln!(out, "{name:<36} {value:.4}")?;
            }
        }
        Case::TextEncoder { weights } => {
            let least = text_encoder::measure(&cli.models_dir, &weights)?;
            writeln!(out, "least cosine to 32 bits: {least:.6}")?;
            let [singly, batched] = text_encoder::speed(&cli.models_dir)?;
            writeln!(
                out,
                "sentences a second: {singly:.0} singly, {batched:.0} in batches of 32"
            )?;
        }
    }
    Ok(())
}
