//! What is said between the pool and a worker.
//!
//! A request is a JSON job and a file, each with its length before it; an answer
//! is one byte for its kind and a payload with its length before it. Lengths are
//! 64 bits, little-endian.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::documents::parse::ParseOptions;
use crate::documents::{Parsed, Problem};

/// Largest file a worker takes, in bytes.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;
/// Largest answer the pool takes, in bytes.
pub(super) const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// A job names two paths.
const MAX_JOB_BYTES: u64 = 16 * 1024;
const LENGTH_BYTES: usize = size_of::<u64>();

const PARSED: u8 = 1;
const PICTURE: u8 = 2;
const REFUSED: u8 = 3;
const UNDRAWN: u8 = 4;

/// What a worker is asked to do with the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Job {
    Parse(ParseOptions),
    Render {
        page: u32,
        width_px: u32,
        most_pixels: u64,
    },
}

/// What a worker answers.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Parsed(Box<Parsed>),
    /// What is known of a file before its pages are drawn; another answer follows, unless that
    /// breaks the worker.
    Undrawn(Box<Parsed>),
    Picture(Vec<u8>),
    Refused(Problem),
}

/// All that comes before the bytes of the file.
pub(super) fn request_head(job: &Job, file_bytes: usize) -> io::Result<Vec<u8>> {
    let job = serde_json::to_vec(job)?;
    let mut head = Vec::with_capacity(2 * LENGTH_BYTES + job.len());
    head.extend((job.len() as u64).to_le_bytes());
    head.extend(job);
    head.extend((file_bytes as u64).to_le_bytes());
    Ok(head)
}

/// Reads a request; the worker's side.
pub(super) fn read_request(mut input: impl Read) -> io::Result<(Job, Vec<u8>)> {
    let job = read_block(&mut input, MAX_JOB_BYTES)?;
    let job = serde_json::from_slice(&job)?;
    let file = read_block(&mut input, MAX_FILE_BYTES as u64)?;
    Ok((job, file))
}

/// Writes an answer; the worker's side.
pub(super) fn write_answer(mut output: impl Write, answer: &Answer) -> io::Result<()> {
    let (kind, payload) = match answer {
        Answer::Parsed(parsed) => (PARSED, serde_json::to_vec(parsed)?),
        Answer::Undrawn(parsed) => (UNDRAWN, serde_json::to_vec(parsed)?),
        Answer::Picture(png) => (PICTURE, png.clone()),
        Answer::Refused(problem) => (REFUSED, serde_json::to_vec(problem)?),
    };
    output.write_all(&[kind])?;
    output.write_all(&(payload.len() as u64).to_le_bytes())?;
    output.write_all(&payload)?;
    output.flush()
}

/// Understands a whole answer, the last of two; none when it is cut short or makes no sense.
pub(super) fn understand_answer(bytes: &[u8]) -> Option<Answer> {
    let (kind, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (payload, next) = rest.split_at_checked(length)?;
    if *kind == UNDRAWN {
        let known = || serde_json::from_slice(payload).ok().map(Answer::Undrawn);
        return understand_answer(next).or_else(known);
    }
    if !next.is_empty() {
        return None;
    }
    match *kind {
        PARSED => serde_json::from_slice(payload).ok().map(Answer::Parsed),
        PICTURE => Some(Answer::Picture(payload.to_vec())),
        REFUSED => serde_json::from_slice(payload).ok().map(Answer::Refused),
        _ => None,
    }
}

fn read_block(input: &mut impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut length = [0; LENGTH_BYTES];
    input.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > most {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a block of {length} bytes where at most {most} are taken"),
        ));
    }
    let mut block = Vec::new();
    input.take(length).read_to_end(&mut block)?;
    if block.len() as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_arrives_as_sent() {
        let job = Job::Render {
            page: 2,
            width_px: 900,
            most_pixels: 1,
        };
        let mut sent = request_head(&job, 3).unwrap();
        sent.extend(b"abc");
        assert_eq!(
            read_request(sent.as_slice()).unwrap(),
            (job, b"abc".to_vec())
        );
    }

    #[test]
    fn a_request_cut_short_or_too_long_is_refused() {
        let job = Job::Parse(ParseOptions::default());
        let cut = request_head(&job, 3).unwrap();
        assert!(read_request(cut.as_slice()).is_err());
        let long = request_head(&job, MAX_FILE_BYTES + 1).unwrap();
        assert!(read_request(long.as_slice()).is_err());
    }

    #[test]
    fn an_answer_cut_short_is_none() {
        let mut sent = Vec::new();
        write_answer(&mut sent, &Answer::Picture(vec![1, 2, 3])).unwrap();
        assert_eq!(
            understand_answer(&sent),
            Some(Answer::Picture(vec![1, 2, 3]))
        );
        for length in 0..sent.len() {
            assert_eq!(understand_answer(&sent[..length]), None);
        }
    }

    #[test]
    fn of_an_answer_in_two_parts_the_first_is_known_if_the_second_is_cut_short() {
        let parsed = |code: &str| {
            let problem = Problem {
                code: code.to_owned(),
                text: String::new(),
            };
            Box::new(Parsed::unreadable(b"", problem))
        };
        let (undrawn, whole) = (
            Answer::Undrawn(parsed("first")),
            Answer::Parsed(parsed("second")),
        );
        let mut sent = Vec::new();
        write_answer(&mut sent, &undrawn).unwrap();
        let first = sent.len();
        write_answer(&mut sent, &whole).unwrap();
        for length in first..sent.len() {
            let understood = understand_answer(&sent[..length]);
            assert_eq!(understood.as_ref(), Some(&undrawn));
        }
        assert_eq!(understand_answer(&sent), Some(whole));
    }
}
