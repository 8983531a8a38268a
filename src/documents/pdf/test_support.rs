//! Small PDF files put together by hand.

use std::fmt::Write;

/// One page of A4 that draws `content`, with the font `/F1`, the picture `/Im1` of one grey pixel
/// and the state `/Faint` of three tenths opacity at hand, and with files attached.
pub(in crate::documents) fn pdf_of(content: &str, attached: &[(&str, &str)]) -> Vec<u8> {
    let first = 8;
    let files = (first..).step_by(2).zip(attached);
    let mut names = String::new();
    let mut streams = Vec::new();
    for (number, (name, text)) in files {
        let stream = number + 1;
        write!(names, "({name}) {number} 0 R ").unwrap();
        streams.push(format!(
            "<< /Type /Filespec /F ({name}) /UF ({name}) /EF << /F {stream} 0 R >> >>"
        ));
        streams.push(stream_of("/Type /EmbeddedFile", text));
    }
    let mut objects = vec![
        format!(
            "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [{names}] >> >> >>"
        ),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << \
         /Font << /F1 5 0 R >> /XObject << /Im1 6 0 R >> /ExtGState << /Faint 7 0 R >> >> >>"
            .to_owned(),
        stream_of("", content),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        stream_of(
            "/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 \
             /ColorSpace /DeviceGray",
            "x",
        ),
        "<< /Type /ExtGState /ca 0.3 /CA 0.3 >>".to_owned(),
    ];
    objects.extend(streams);
    file_of(&objects)
}

fn stream_of(entries: &str, data: &str) -> String {
    let length = data.len();
    format!("<< /Length {length} {entries} >>\nstream\n{data}\nendstream")
}

/// The objects numbered from 1, with a cross-reference table that is right.
fn file_of(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.7\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(objects) {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        writeln!(file, "{number} 0 obj\n{object}\nendobj").unwrap();
    }
    let (size, start) = (objects.len() + 1, file.len());
    write!(
        file,
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    file.into_bytes()
}
