//! PDF: words with boxes, page images, attachments.
