//! PDF: words with boxes, page images, attachments.
//!
//! Everything here runs on bytes a stranger sent. It never panics on purpose and
//! bounds what it collects; the caller that must survive anything (a memory
//! exhausting image, an endless loop in a decoder) goes through
//! [`super::sandbox`].

mod attachments;
mod bold;
mod glyphs;
mod pages;
mod render;
mod sight;
#[cfg(test)]
pub(in crate::documents) mod test_support;
#[cfg(test)]
mod tests;
mod words;

use hayro_syntax::{LoadPdfError, Pdf};

pub use attachments::{Attachment, attachments};
pub use pages::{PageLimits, pages};
pub use render::{MAX_PAGE_PIXELS, render};

use super::Problem;

/// Opens a PDF file, with the empty password where it is encrypted.
///
/// # Errors
/// `encrypted` when it needs a password or an unknown cipher, `pdf_unreadable`
/// when no page tree can be found.
pub fn open(bytes: &[u8]) -> Result<Pdf, Problem> {
    Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Problem {
            code: "encrypted".to_owned(),
            text: "The PDF is encrypted and does not open with an empty password.".to_owned(),
        },
        LoadPdfError::Invalid => Problem {
            code: "pdf_unreadable".to_owned(),
            text: "The PDF is damaged: neither its cross-reference table nor its page tree \
                   can be found."
                .to_owned(),
        },
    })
}
