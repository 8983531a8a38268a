//! `scrutineer score`: many items of one case, answered as the endpoint answers them.

use std::io::{self, BufRead, BufReader, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use indicatif::ProgressBar;
use tokio::io::{AsyncBufReadExt as _, DuplexStream};

use super::exit;
use super::input::Input;
use super::progress;
use super::store_args::must_exist;
use super::with_service::{ServiceArgs, with_service};
use crate::advice::Case;
use crate::error::BrokenOff;
use crate::http::Problem;
use crate::http::scoring::{self, Batch, BatchLine, PIPE_BYTES};

/// Arguments of `score`.
#[derive(Debug, Args)]
pub(super) struct ScoreArgs {
    /// Which case: `invoice`, `collections`, `timesheet`, `project_setup`, `billing`, `expense` or `duplicate`
    #[arg(value_parser = parse_case)]
    case: Case,
    /// Items as NDJSON, as for /v1/CASE/score-batch; `-` for standard input
    #[arg(long)]
    input: PathBuf,
    /// Line of the input to begin at; those before it are passed over and counted
    #[arg(long, default_value_t = NonZeroUsize::MIN)]
    from_line: NonZeroUsize,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Scores every item; exit code 1 if one has no answer.
pub(super) fn run(args: &ScoreArgs) -> ExitCode {
    let input = match Input::open(&args.input) {
        Ok(input) => input,
        Err(message) => return exit::input(&message),
    };
    let config = match must_exist(&args.service.store) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let json = args.service.store.json;
    let bar = progress::bar(input.bytes, "{wide_bar} {bytes}/{total_bytes} {eta}", json);
    with_service(&args.service, config, async |service| {
        let tenant = &args.service.store.tenant;
        let Some(batch) = Batch::new(service, tenant, args.case) else {
            return exit::usage("this case is not answered here");
        };
        let (answers, mut pipe) = tokio::io::duplex(PIPE_BYTES);
        let lines = lines(bar.wrap_read(input.reader));
        let from_line = args.from_line.get();
        let work = tokio::spawn(async move { batch.run(lines, from_line, &mut pipe).await });
        let told = tell(answers, &input.name, json, &bar).await;
        let worked = work
            .await
            .unwrap_or_else(|error| Err(io::Error::other(BrokenOff::from(error))));
        bar.finish_and_clear();
        match (told, worked) {
            // A reader that has gone away (`| head`) is no failure.
            (Err(error), _) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            (Err(error), _) => exit::environment(&error.to_string()),
            (Ok(_), Err(error)) => exit::input(&format!("{}: {error}", input.name)),
            (Ok(failed), Ok(())) => ExitCode::from(u8::from(failed)),
        }
    })
}

fn parse_case(name: &str) -> Result<Case, String> {
    scoring::cases()
        .find(|case| case.as_str() == name)
        .ok_or_else(|| {
            let names: Vec<_> = scoring::cases().map(Case::as_str).collect();
            format!("the cases answered here are: {}", names.join(", "))
        })
}

fn lines(input: impl io::Read) -> impl Iterator<Item = io::Result<Vec<u8>>> {
    let mut input = BufReader::new(input);
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        match input.read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(line)),
            Err(error) => Some(Err(error)),
        }
    })
}

/// Writes the answers as they come and says whether an item has none.
async fn tell(
    answers: DuplexStream,
    name: &str,
    json: bool,
    bar: &ProgressBar,
) -> io::Result<bool> {
    let mut answers = tokio::io::BufReader::new(answers).lines();
    let mut failed = false;
    while let Some(text) = answers.next_line().await? {
        let answer: BatchLine = serde_json::from_str(&text)?;
        failed |= answer.problem.is_some();
        let written = bar.suspend(|| {
            let mut out = io::stdout().lock();
            if json {
                writeln!(out, "{text}")
            } else {
                show(&mut out, name, &answer)
            }
        });
        written?;
    }
    Ok(failed)
}

fn show(out: &mut impl Write, name: &str, answer: &BatchLine) -> io::Result<()> {
    let line = answer.line;
    if let Some(problem) = &answer.problem {
        let mut errors = io::stderr().lock();
        return faults(problem)
            .iter()
            .try_for_each(|fault| writeln!(errors, "{name}:{line}: {fault}"));
    }
    let Some(recommendation) = &answer.recommendation else {
        return Ok(());
    };
    let score = recommendation
        .score
        .map_or_else(|| "-".to_owned(), |score| format!("{score:.2}"));
    let level = format!("{:?}", recommendation.level).to_lowercase();
    let controls: Vec<_> = recommendation
        .controls_to_add
        .iter()
        .map(|control| control.as_str())
        .collect();
    writeln!(
        out,
        "{line}: {} {}  score {score}  {level}  {}  {}",
        recommendation.subject.kind,
        recommendation.subject.id,
        recommendation.effect.as_str(),
        controls.join(" ")
    )
}

/// What is wrong, member by member where the problem says so.
fn faults(problem: &Problem) -> Vec<String> {
    if problem.errors.is_empty() {
        let text = problem.detail.as_ref().unwrap_or(&problem.title);
        return vec![text.clone()];
    }
    let fault = |fault: &crate::http::FieldError| match &fault.field {
        Some(field) => format!("`{field}` {}", fault.detail),
        None => fault.detail.clone(),
    };
    problem.errors.iter().map(fault).collect()
}
