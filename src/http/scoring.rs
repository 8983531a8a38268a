//! Cases that score items, one item a line: shared by the endpoints and the command line.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use utoipa::ToSchema;

use super::extract::refuse_list;
use super::layers;
use super::problem::{ApiError, ApiResult, Problem};
use super::routes::invoice;
use super::shape::{self, Misread};
use crate::advice::{Case, Recommendation};
use crate::cases::record_case::RecordItem;
use crate::domain::TenantId;
use crate::error::{BrokenOff, ErrorCode};
use crate::service::Service;

/// Scores one item, given as JSON; so is the recommendation.
type Scorer = for<'a> fn(&'a Service, &'a TenantId, &'a [u8]) -> Scoring<'a>;
type Scoring<'a> = Pin<Box<dyn Future<Output = ApiResult<String>> + Send + 'a>>;

/// Every case that is answered here: one line each.
static SCORERS: [(Case, Scorer); 7] = [
    (Case::Invoice, |service, tenant, item| {
        Box::pin(async move {
            let answer = invoice::score_item(service, tenant, parsed(item)?).await?;
            serde_json::to_string(&answer).map_err(|error| ApiError::internal(&error))
        })
    }),
    (Case::Collections, |service, tenant, item| {
        record(Case::Collections, service, tenant, item)
    }),
    (Case::Timesheet, |service, tenant, item| {
        record(Case::Timesheet, service, tenant, item)
    }),
    (Case::ProjectSetup, |service, tenant, item| {
        record(Case::ProjectSetup, service, tenant, item)
    }),
    (Case::Billing, |service, tenant, item| {
        record(Case::Billing, service, tenant, item)
    }),
    (Case::Expense, |service, tenant, item| {
        record(Case::Expense, service, tenant, item)
    }),
    (Case::Duplicate, |service, tenant, item| {
        record(Case::Duplicate, service, tenant, item)
    }),
];

fn record<'a>(
    case: Case,
    service: &'a Service,
    tenant: &'a TenantId,
    item: &'a [u8],
) -> Scoring<'a> {
    Box::pin(async move {
        let item: RecordItem = parsed(item)?;
        Ok(service.score_record(case, tenant, &item).await?)
    })
}

/// Records of one batch that are worked on at once: enough to share commits.
const RECORDS_AT_ONCE: usize = 128;

/// Answers that may lie ready before the caller has read those before them, in bytes.
pub(crate) const PIPE_BYTES: usize = 256 * 1024;

/// What became of one line: a recommendation or a problem.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct BatchLine {
    /// 1-based line of the request.
    pub(crate) line: usize,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recommendation: Option<Recommendation>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<Problem>,
}

/// The bytes of one line.
pub(crate) trait Line: AsRef<[u8]> + Send + Sync + 'static {}
impl<T: AsRef<[u8]> + Send + Sync + 'static> Line for T {}

/// Where the answers of a batch go.
pub(crate) trait Answers {
    /// Hands one on, with the end of its line; waits for room.
    ///
    /// # Errors
    /// `BrokenPipe` if nobody reads answers any more, `TimedOut` if nobody has for too long.
    fn take(&mut self, line: &str) -> impl Future<Output = io::Result<()>> + Send;
}

impl Answers for DuplexStream {
    async fn take(&mut self, line: &str) -> io::Result<()> {
        self.write_all(line.as_bytes()).await
    }
}

/// Many items of one case and tenant.
#[derive(Clone)]
pub(crate) struct Batch {
    service: Service,
    tenant: TenantId,
    scorer: Scorer,
    at_once: usize,
}

/// The cases that can be asked for a score.
pub(crate) fn cases() -> impl Iterator<Item = Case> {
    SCORERS.iter().map(|(case, _)| *case)
}

/// What is said of a case that cannot.
pub(crate) fn unknown_case() -> ApiError {
    let names: Vec<_> = cases().map(|case| format!("`{}`", case.as_str())).collect();
    ApiError::new(
        ErrorCode::UnknownCase,
        format!("The cases answered here are: {}.", names.join(", ")),
    )
}

impl Batch {
    /// A batch of which as many documents are worked on at once as are read at once, or some
    /// records; `None` if the case is not answered here.
    pub(crate) fn new(service: &Service, tenant: &TenantId, case: Case) -> Option<Self> {
        let (_, scorer) = SCORERS.iter().find(|(known, _)| *known == case)?;
        Some(Self {
            service: service.clone(),
            tenant: tenant.clone(),
            scorer: *scorer,
            at_once: match case {
                Case::Invoice => service.sandbox().workers(),
                _ => RECORDS_AT_ONCE,
            },
        })
    }

    /// Answers the lines in their order, one [`BatchLine`] as JSON a line. Empty lines and those
    /// before `from_line`, 1-based, are passed over and counted.
    ///
    /// # Errors
    /// When a line cannot be read, when an answer is not taken, or when the work on a line broke off.
    pub(crate) async fn run<L: Line>(
        &self,
        lines: impl Iterator<Item = io::Result<L>>,
        from_line: usize,
        answers: &mut impl Answers,
    ) -> io::Result<()> {
        // One that could not be read is not passed over, wherever it stands.
        let is_asked = |(number, line): &(usize, io::Result<L>)| {
            line.is_err() || (*number >= from_line && !is_empty(line))
        };
        let mut lines = (1..).zip(lines).filter(is_asked);
        let mut running = VecDeque::new();
        loop {
            while running.len() < self.at_once
                && let Some((number, line)) = lines.next()
            {
                let (batch, line) = (self.clone(), line?);
                let work = async move { batch.answer(number, line.as_ref()).await };
                running.push_back(tokio::spawn(layers::same_request(
                    layers::current_request_id(),
                    work,
                )));
            }
            let Some(next) = running.pop_front() else {
                return Ok(());
            };
            let broke_off = |error| io::Error::other(BrokenOff::from(error));
            let text = next.await.map_err(broke_off)??;
            answers.take(&text).await?;
        }
    }

    /// A [`BatchLine`] as JSON, with the end of the line.
    async fn answer(&self, line: usize, item: &[u8]) -> io::Result<String> {
        match (self.scorer)(&self.service, &self.tenant, item).await {
            Ok(answer) => Ok(format!("{{\"line\":{line},\"recommendation\":{answer}}}\n")),
            Err(error) => {
                let told = BatchLine {
                    line,
                    recommendation: None,
                    problem: Some(error.into_problem()),
                };
                Ok(serde_json::to_string(&told)? + "\n")
            }
        }
    }
}

/// Whether a line holds nothing; one that could not be read is not passed over.
pub(crate) fn is_empty(line: &io::Result<impl Line>) -> bool {
    line.as_ref()
        .is_ok_and(|line| line.as_ref().trim_ascii().is_empty())
}

/// Editors put a mark of the encoding before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn parsed<T: DeserializeOwned>(item: &[u8]) -> ApiResult<T> {
    let item = item.strip_prefix(BYTE_ORDER_MARK).unwrap_or(item);
    refuse_list("line", item)?;
    shape::read(item).map_err(|misread| match misread {
        Misread::NotJson(error) => not_json(&error),
        Misread::Shape(fault) => shape::problem("The line is not an item", fault),
    })
}

fn not_json(error: &serde_json::Error) -> ApiError {
    let text = error.to_string();
    // The item is one line of many: its own "line 1" would mislead.
    let what = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(what, _)| what);
    let column = error.column();
    ApiError::new(
        ErrorCode::InvalidContent,
        format!("The line is not JSON: {what}, at column {column}"),
    )
}
