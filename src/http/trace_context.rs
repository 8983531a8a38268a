//! W3C trace context: the caller's trace is read, continued and given back.
//!
//! W3C Recommendation "Trace Context" (2021), version 00 of `traceparent`.

use axum::http::{HeaderMap, HeaderValue};
use uuid::Uuid;

/// Name of the header.
pub(super) const TRACEPARENT: &str = "traceparent";

/// Where a request stands in a trace that may span services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TraceContext {
    /// 32 lower-case hex characters, the caller's where it sent a valid one.
    pub trace_id: String,
    /// 16 lower-case hex characters, new for this request.
    pub span_id: String,
    /// Whether the caller asked for the trace to be recorded.
    pub sampled: bool,
}

impl TraceContext {
    /// Continues the caller's trace, or starts one if the header is absent or not valid.
    #[must_use]
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        let parent = headers
            .get(TRACEPARENT)
            .and_then(|value| value.to_str().ok())
            .and_then(parse);
        let (trace_id, sampled) =
            parent.unwrap_or_else(|| (Uuid::now_v7().simple().to_string(), false));
        let span = Uuid::now_v7().simple().to_string();
        // The random end of the identifier; the start is a clock.
        let span_id = span.get(16..).unwrap_or(&span).to_owned();
        Self {
            trace_id,
            span_id,
            sampled,
        }
    }

    /// The header's value for the answer.
    #[must_use]
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let flags = u8::from(self.sampled);
        HeaderValue::try_from(format!("00-{}-{}-{flags:02x}", self.trace_id, self.span_id)).ok()
    }
}

fn parse(value: &str) -> Option<(String, bool)> {
    let mut parts = value.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let usable = hex(version, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && hex(trace, 32)
        && trace.bytes().any(|b| b != b'0')
        && hex(span, 16)
        && span.bytes().any(|b| b != b'0')
        && hex(flags, 2);
    if !usable {
        return None;
    }
    let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
    Some((trace.to_owned(), sampled))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(value: &str) -> TraceContext {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, HeaderValue::from_str(value).unwrap());
        TraceContext::from_headers(&headers)
    }

    #[test]
    fn a_valid_trace_is_continued_with_a_new_span() {
        let context = read("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        assert_eq!(context.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_ne!(context.span_id, "00f067aa0ba902b7");
        assert!(context.sampled);
        let header = context.header().unwrap();
        assert!(header.to_str().unwrap().ends_with("-01"));
        assert_eq!(read(header.to_str().unwrap()).trace_id, context.trace_id);
    }

    #[test]
    fn anything_else_starts_a_trace() {
        for bad in [
            "",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ] {
            let context = read(bad);
            assert_ne!(
                context.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736",
                "{bad}"
            );
            assert_eq!(context.trace_id.len(), 32);
            assert_eq!(context.span_id.len(), 16);
        }
    }
}
