//! `scrutineer-eval picture`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use scrutineer_datasets::sets::{self, InvoiceSet};
use scrutineer_eval::{EvalError, picture, results};

#[derive(Debug, Args)]
pub(super) struct PictureArgs {
    /// A folder of pictures, each another one; without it the receipts of `SCRUTINEER_DATA`.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

pub(super) fn run(args: &PictureArgs) -> Result<ExitCode, EvalError> {
    let evaluation = match &args.folder {
        Some(folder) => picture::evaluate(&folder.display().to_string(), folder)?,
        None => picture::evaluate("sroie", &InvoiceSet::Sroie.folder_in(&sets::data_dir()))?,
    };
    if let Some(path) = &args.json {
        results::write_json(path, &evaluation)?;
    }
    super::say(&results::as_text(&evaluation));
    Ok(ExitCode::SUCCESS)
}
