//! The worker's side: one file, one answer.

use std::io::{Read, Write};

use thiserror::Error;

use super::Limits;
use super::protocol::{Answer, Job, read_request, write_answer};
use crate::documents::parse::parse_in_stages;
use crate::documents::render;

/// Why a worker could not answer.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// The limits could not be set; nothing was read.
    #[error("cannot limit this process")]
    Limits(#[source] std::io::Error),
    /// The request could not be read.
    #[error("cannot read the request")]
    Request(#[source] std::io::Error),
    /// The answer could not be written.
    #[error("cannot write the answer")]
    Answer(#[source] std::io::Error),
}

/// Limits this process for good, reads one request, and answers it.
///
/// # Errors
/// When the limits cannot be set, or when either end of the conversation breaks.
pub fn serve_one(
    limits: Limits,
    input: impl Read,
    mut output: impl Write,
) -> Result<(), WorkerError> {
    limits.apply().map_err(WorkerError::Limits)?;
    let (job, file) = read_request(input).map_err(WorkerError::Request)?;
    let answer = match job {
        Job::Parse(options) => {
            let parsed = parse_in_stages(&file, &options, &mut |known| {
                // Whoever cannot hear this does not hear the answer below, which says so.
                let _ = write_answer(&mut output, &Answer::Undrawn(Box::new(known.clone())));
            });
            Answer::Parsed(Box::new(parsed))
        }
        Job::Render {
            page,
            width_px,
            most_pixels,
        } => match render(&file, page, width_px, most_pixels) {
            Ok(png) => Answer::Picture(png),
            Err(problem) => Answer::Refused(problem),
        },
    };
    write_answer(&mut output, &answer).map_err(WorkerError::Answer)
}
