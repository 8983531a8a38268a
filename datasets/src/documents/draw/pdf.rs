//! The sheet as the bytes of a PDF file.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::AssociationKind;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::{Face, Sheet};

/// A file carried within the PDF.
pub(in crate::documents) struct Attachment {
    pub(in crate::documents) name: &'static str,
    pub(in crate::documents) bytes: Vec<u8>,
}

impl Sheet {
    /// Closes the sheet; `producer` names the program that claims to have made it.
    pub(in crate::documents) fn into_pdf(
        self,
        producer: &str,
        compress: bool,
        attachment: Option<&Attachment>,
    ) -> Vec<u8> {
        let mut ids = (1..).map(Ref::new);
        let mut next = || ids.next().unwrap_or(Ref::new(i32::MAX));
        let mut pdf = Pdf::new();
        let (catalog, tree, info) = (next(), next(), next());
        let fonts: Vec<Ref> = Face::ALL.iter().map(|_| next()).collect();
        let file = attachment.map(|attachment| {
            let (stream, spec) = (next(), next());
            attach(&mut pdf, attachment, stream, spec);
            spec
        });
        let used: Vec<Vec<u8>> = self.pages.into_iter().map(bytes_of).collect();
        let pages: Vec<(Ref, Ref)> = used.iter().map(|_| (next(), next())).collect();
        {
            let mut root = pdf.catalog(catalog);
            root.pages(tree);
            if let (Some(spec), Some(attachment)) = (file, attachment) {
                let mut names = root.names();
                let mut files = names.embedded_files();
                files.names().insert(Str(attachment.name.as_bytes()), spec);
                files.finish();
                names.finish();
                root.insert(Name(b"AF")).array().item(spec);
            }
        }
        pdf.document_info(info).producer(TextStr(producer));
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        pdf.pages(tree)
            .kids(pages.iter().map(|(page, _)| *page))
            .count(count);
        for (face, id) in Face::ALL.iter().zip(&fonts) {
            pdf.type1_font(*id)
                .base_font(Name(face.base_font()))
                .encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        for ((page, stream), content) in pages.iter().zip(&used) {
            let mut entry = pdf.page(*page);
            entry.media_box(Rect::new(0.0, 0.0, self.width, self.height));
            entry.parent(tree).contents(*stream);
            let mut resources = entry.resources();
            let mut table = resources.fonts();
            for (face, id) in Face::ALL.iter().zip(&fonts) {
                table.pair(Name(face.resource_name()), *id);
            }
            table.finish();
            resources.finish();
            entry.finish();
            match compress.then(|| deflated(content)).flatten() {
                Some(packed) => {
                    pdf.stream(*stream, &packed).filter(Filter::FlateDecode);
                }
                None => {
                    pdf.stream(*stream, content);
                }
            }
        }
        pdf.finish()
    }
}

fn bytes_of(content: Content) -> Vec<u8> {
    content.finish().into_vec()
}

fn attach(pdf: &mut Pdf, attachment: &Attachment, stream: Ref, spec: Ref) {
    let mut file = pdf.embedded_file(stream, &attachment.bytes);
    file.subtype(Name(b"text/xml"));
    file.params()
        .size(i32::try_from(attachment.bytes.len()).unwrap_or(i32::MAX));
    file.finish();
    let mut entry = pdf.file_spec(spec);
    entry
        .path(Str(attachment.name.as_bytes()))
        .unic_file(TextStr(attachment.name))
        .association_kind(AssociationKind::Alternative);
    entry.embedded_file_with_unicode(stream);
}

fn deflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}
