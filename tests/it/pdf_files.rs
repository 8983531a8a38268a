//! Small PDF files put together by hand, so that each part can be made wrong.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A PDF file object by object; object 1 is the catalogue.
#[derive(Clone, Default)]
pub(crate) struct PdfFile {
    objects: Vec<(u32, Vec<u8>)>,
    trailer: String,
}

impl PdfFile {
    /// Sets an object to `body`, between `obj` and `endobj`.
    pub(crate) fn object(mut self, number: u32, body: impl Into<Vec<u8>>) -> Self {
        self.objects.retain(|(known, _)| *known != number);
        self.objects.push((number, body.into()));
        self
    }

    /// Sets an object to a stream with `entries` besides its length.
    pub(crate) fn stream(self, number: u32, entries: &str, data: &[u8]) -> Self {
        self.object(number, stream(entries, data))
    }

    /// Adds entries to the trailer.
    pub(crate) fn trailer(mut self, entries: &str) -> Self {
        self.trailer.push_str(entries);
        self
    }

    /// The file with a cross-reference table that is right.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let most = self.objects.iter().map(|(number, _)| *number).max();
        let size = most.unwrap_or(0) as usize + 1;
        let mut offsets = vec![None; size];
        for (number, body) in &self.objects {
            offsets[*number as usize] = Some(bytes.len());
            writeln!(bytes, "{number} 0 obj").unwrap();
            bytes.extend(body);
            bytes.extend(b"\nendobj\n");
        }
        let table = bytes.len();
        writeln!(bytes, "xref\n0 {size}").unwrap();
        for offset in offsets {
            match offset {
                Some(offset) => writeln!(bytes, "{offset:010} 00000 n ").unwrap(),
                None => bytes.extend(b"0000000000 65535 f \n"),
            }
        }
        let entries = &self.trailer;
        writeln!(bytes, "trailer\n<< /Size {size} /Root 1 0 R {entries} >>").unwrap();
        writeln!(bytes, "startxref\n{table}\n%%EOF").unwrap();
        bytes
    }
}

/// A page of A4 with two lines of text and an e-invoice attached.
pub(crate) fn small_invoice() -> PdfFile {
    let content = b"BT /F1 12 Tf 72 760 Td (Invoice 4711) Tj 0 -20 Td (Total EUR 119.00) Tj ET";
    PdfFile::default()
        .object(
            1,
            "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 6 0 R >> /AF [7 0 R] >>",
        )
        .object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << /Font << /F1 5 0 R >> >> >>",
        )
        .stream(4, "", content)
        .object(
            5,
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        )
        .object(6, "<< /Names [(factur-x.xml) 7 0 R] >>")
        .object(
            7,
            "<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /EF << /F 8 0 R >> \
             /AFRelationship /Alternative >>",
        )
        .stream(
            8,
            "/Type /EmbeddedFile /Filter /FlateDecode",
            &deflated(INVOICE_XML),
        )
}

/// A UBL invoice that says little, and all of it right.
pub(crate) const INVOICE_XML: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>4711</cbc:ID>
  <cbc:IssueDate>2026-03-01</cbc:IssueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
</Invoice>"#;

/// The body of a stream object.
pub(crate) fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut body = format!("<< /Length {} {entries} >>\nstream\n", data.len()).into_bytes();
    body.extend(data);
    body.extend(b"\nendstream");
    body
}

/// Compressed with zlib.
pub(crate) fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// `mebibytes` of one byte, compressed with zlib.
pub(crate) fn bomb(byte: u8, mebibytes: usize) -> Vec<u8> {
    let block = vec![byte; 1024 * 1024];
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..mebibytes {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}
