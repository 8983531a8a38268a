//! Pages of a listing, newest first.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

/// Where the next page starts: opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// The text is not a cursor that a listing gave out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that was given out")]
pub struct InvalidCursor;

impl Cursor {
    pub(crate) fn new(key: &str) -> Self {
        Self(key.to_owned())
    }

    pub(crate) fn key(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl std::str::FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > 200 {
            return Err(InvalidCursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let key = String::from_utf8(bytes).map_err(|_| InvalidCursor)?;
        let known = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        known.then_some(Self(key)).ok_or(InvalidCursor)
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Some rows of a listing and where it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Absent on the last page.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts a listing that was asked for one row more than a page.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| Cursor::new(&key(last)));
        Self { items, next }
    }
}

/// Rows a page may hold.
pub(crate) fn bounded(limit: usize) -> usize {
    limit.clamp(1, 500)
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Page};

    #[test]
    fn a_cursor_survives_the_wire_and_nonsense_is_refused() {
        let cursor = Cursor::new("0199-ab");
        assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        for bad in ["", "%%", "JyBPUiAxPTE", "////"] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_full_page_has_a_next() {
        let page = Page::cut(vec![3, 2, 1], 2, ToString::to_string);
        assert_eq!(
            (page.items, page.next),
            (vec![3, 2], Some(Cursor::new("2")))
        );
        assert_eq!(Page::cut(vec![3, 2], 2, ToString::to_string).next, None);
    }
}
