//! The inbox's filter as it stands in an address.

use serde::Deserialize;

use crate::store::InboxFilter;

/// Longest text of a filter, in characters.
const MAX_TEXT: usize = 200;

/// The filter and the place in the list. A form sends what is not chosen as empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct InboxQuery {
    /// Recommendation status.
    pub(super) status: String,
    /// Document type.
    #[serde(rename = "type")]
    pub(super) document_type: String,
    /// Level.
    pub(super) level: String,
    /// `true` or `false`.
    pub(super) needs_review: String,
    /// `true` or `false`.
    pub(super) decided: String,
    /// Part of a name, number or amount.
    pub(super) text: String,
    /// Where the list goes on.
    pub(super) cursor: String,
}

impl InboxQuery {
    /// What the store is asked for.
    pub(super) fn filter(&self) -> InboxFilter {
        let chosen = |value: &String| Some(value.trim().to_owned()).filter(|v| !v.is_empty());
        let text = chosen(&self.text).map(|text| text.chars().take(MAX_TEXT).collect());
        InboxFilter {
            status: chosen(&self.status),
            document_type: chosen(&self.document_type),
            level: chosen(&self.level),
            needs_review: self.needs_review.parse().ok(),
            decided: self.decided.parse().ok(),
            text,
            ..InboxFilter::default()
        }
    }

    /// Whether anything is chosen.
    pub(super) fn is_filtered(&self) -> bool {
        !self.pairs().is_empty()
    }

    /// An address of this filter; `extra` pairs come last.
    pub(super) fn address(&self, path: &str, extra: &[(&str, &str)]) -> String {
        let mut address = path.to_owned();
        let pairs = self.pairs();
        let all = pairs.iter().chain(extra);
        for (position, (name, value)) in all.enumerate() {
            address.push(if position == 0 { '?' } else { '&' });
            address.push_str(name);
            address.push('=');
            address.push_str(&encode(value));
        }
        address
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        [
            ("status", self.status.as_str()),
            ("type", &self.document_type),
            ("level", &self.level),
            ("needs_review", &self.needs_review),
            ("decided", &self.decided),
            ("text", &self.text),
        ]
        .into_iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .collect()
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3).
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_chosen_filters_nothing() {
        let query = InboxQuery {
            text: "  ".to_owned(),
            needs_review: "perhaps".to_owned(),
            ..InboxQuery::default()
        };
        assert_eq!(query.filter(), InboxFilter::default());
        assert!(!InboxQuery::default().is_filtered());
    }

    #[test]
    fn an_address_carries_the_filter() {
        let query = InboxQuery {
            level: "high".to_owned(),
            text: "Müller & Söhne".to_owned(),
            ..InboxQuery::default()
        };
        assert_eq!(
            query.address("/inbox", &[("cursor", "abc")]),
            "/inbox?level=high&text=M%C3%BCller%20%26%20S%C3%B6hne&cursor=abc"
        );
        assert_eq!(InboxQuery::default().address("/inbox", &[]), "/inbox");
    }
}
