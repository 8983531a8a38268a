//! What the bytes are, by content and never by name.

use super::model::Media;
use super::xml::{self, Root};

/// How far into a file its first meaningful bytes are looked for.
const PREFIX_BYTES: usize = 64 * 1024;
/// Readers of PDF accept the header anywhere in the first 1024 bytes
/// (ISO 32000-1, annex H, note 13).
const PDF_HEADER_WITHIN: usize = 1024;

/// Decides from the first 64 KiB of a file. Never fails: what cannot be told is
/// [`Media::Unknown`].
#[must_use]
pub fn sniff(bytes: &[u8]) -> Media {
    let prefix = bytes.get(..PREFIX_BYTES).unwrap_or(bytes);
    let root = xml::root_of_prefix(prefix);
    let vocabulary = root.as_ref().and_then(Root::vocabulary);
    if let Some(media) = vocabulary {
        return media;
    }
    let header = prefix.get(..PDF_HEADER_WITHIN).unwrap_or(prefix);
    if header.windows(5).any(|window| window == b"%PDF-") {
        return Media::Pdf;
    }
    if is_image(prefix) {
        return Media::Image;
    }
    match root {
        Some(root) if !root.local_name.eq_ignore_ascii_case("html") => Media::Xml,
        _ => Media::Unknown,
    }
}

/// Signatures of raster formats, with the offset at which they stand.
const IMAGE_SIGNATURES: &[(usize, &[u8])] = &[
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"\xff\xd8\xff"),
    (0, b"GIF87a"),
    (0, b"GIF89a"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
    (8, b"WEBP"),
    (4, b"ftypheic"),
    (4, b"ftypmif1"),
    (4, b"ftypavif"),
    (4, b"jP  \r\n\x87\n"),
];

fn is_image(prefix: &[u8]) -> bool {
    let signed = IMAGE_SIGNATURES.iter().any(|(offset, signature)| {
        prefix
            .get(*offset..)
            .is_some_and(|rest| rest.starts_with(signature))
    });
    // `BM` alone is too short to trust: the reserved words after the size are zero.
    signed || (prefix.starts_with(b"BM") && prefix.get(6..10) == Some(&[0; 4]))
}

#[cfg(test)]
mod tests {
    use super::sniff;
    use crate::documents::Media;

    const CII: &str = "<rsm:CrossIndustryInvoice xmlns:rsm=\"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100\"/>";

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn a_pdf_may_have_junk_before_its_header_but_not_too_much() {
        assert_eq!(sniff(b"%PDF-1.7\n"), Media::Pdf);
        let mut late = vec![b'x'; 1019];
        late.extend_from_slice(b"%PDF-1.4");
        assert_eq!(sniff(&late), Media::Pdf);
        late.insert(0, b'x');
        assert_eq!(sniff(&late), Media::Unknown);
    }

    #[test]
    fn the_root_element_decides_in_every_encoding() {
        assert_eq!(sniff(CII.as_bytes()), Media::Cii);
        assert_eq!(
            sniff(format!("\u{feff}  <?xml version='1.0'?><!-- <a> -->{CII}").as_bytes()),
            Media::Cii
        );
        for little in [true, false] {
            assert_eq!(sniff(&utf16(CII, little)), Media::Cii);
            assert_eq!(sniff(&utf16(&format!("\u{feff}{CII}"), little)), Media::Cii);
        }
    }

    #[test]
    fn a_name_without_its_namespace_is_not_an_invoice() {
        assert_eq!(
            sniff(b"<Invoice xmlns='urn:other'><ID>1</ID></Invoice>"),
            Media::Xml
        );
        assert_eq!(
            sniff(b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>"),
            Media::Ubl
        );
        assert_eq!(sniff(b"<html><body/></html>"), Media::Unknown);
    }

    #[test]
    fn images_are_told_by_signature() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n...."), Media::Image);
        assert_eq!(sniff(b"RIFF\0\0\0\0WEBPVP8 "), Media::Image);
        assert_eq!(sniff(b"BMW invoice"), Media::Unknown);
        assert_eq!(sniff(b""), Media::Unknown);
    }
}
