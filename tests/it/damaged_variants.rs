//! The damaged files: a name, the bytes, and the problem they must be told with
//! where only one is right.

use crate::pdf_files::{PdfFile, bomb, deflated, small_invoice, stream};

/// One damaged file.
pub(crate) struct Variant {
    pub name: String,
    pub bytes: Vec<u8>,
    pub problem: Option<&'static str>,
}

fn odd(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Variant {
    Variant {
        name: name.into(),
        bytes: bytes.into(),
        problem: None,
    }
}

fn told(problem: &'static str, name: &str, file: &PdfFile) -> Variant {
    Variant {
        problem: Some(problem),
        ..odd(name, file.bytes())
    }
}

fn replaced(from: &str, to: &str) -> Vec<u8> {
    let bytes = small_invoice().bytes();
    let at = bytes
        .windows(from.len())
        .position(|window| window == from.as_bytes())
        .unwrap();
    [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat()
}

/// Numbers that look random and are the same each time (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }
}

/// The good file cut at many places, and with bytes changed.
pub(crate) fn cut_and_flipped() -> Vec<Variant> {
    let good = small_invoice().bytes();
    let mut variants = Vec::new();
    for part in 0..20 {
        let length = good.len() * part / 20;
        variants.push(odd(format!("cut at {length}"), &good[..length]));
    }
    for seed in 1..=20 {
        let mut numbers = Numbers(seed);
        let mut bytes = good.clone();
        for _ in 0..1 << (seed % 7) {
            let at = numbers.below(bytes.len());
            bytes[at] = numbers.below(256) as u8;
        }
        variants.push(odd(format!("flipped with seed {seed}"), bytes));
    }
    let mut numbers = Numbers(77);
    let noise: Vec<u8> = (0..4096).map(|_| numbers.below(256) as u8).collect();
    variants.push(odd(
        "noise after a header",
        [b"%PDF-1.7\n", noise.as_slice()].concat(),
    ));
    variants.push(odd(
        "noise before the header",
        [&noise[..900], &good].concat(),
    ));
    variants.push(odd("the file twice", [good.as_slice(), &good].concat()));
    variants.push(odd("nothing but the tail", &good[good.len() - 60..]));
    variants
}

/// Cross-references, trailers and page trees that do not hold.
pub(crate) fn broken_structure() -> Vec<Variant> {
    let base = small_invoice;
    let mut variants = vec![
        odd("startxref 0", replaced("startxref\n", "startxref\n0 ")),
        odd(
            "startxref past the end",
            replaced("startxref\n", "startxref\n99999999"),
        ),
        odd(
            "startxref negative",
            replaced("startxref\n", "startxref\n-"),
        ),
        odd("no startxref", replaced("startxref", "startxxxx")),
        odd("no trailer", replaced("trailer", "tra1ler")),
        odd("no xref", replaced("xref\n0", "xxxx\n0")),
        odd(
            "xref of a billion objects",
            replaced("xref\n0 9", "xref\n0 999999999"),
        ),
        odd("no root", replaced("/Root 1 0 R", "/R00t 1 0 R")),
        odd("root is the font", replaced("/Root 1 0 R", "/Root 5 0 R")),
        odd("root is missing", replaced("/Root 1 0 R", "/Root 99 0 R")),
        odd(
            "previous table is the file's start",
            base().trailer("/Prev 0").bytes(),
        ),
        odd(
            "hybrid table is the file's start",
            base().trailer("/XRefStm 0").bytes(),
        ),
        told(
            "no_pages",
            "no kids",
            &base().object(2, "<< /Type /Pages /Kids [] /Count 0 >>"),
        ),
        told(
            "no_pages",
            "pages are their own kid",
            &base().object(2, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
        ),
        odd(
            "kids are a number",
            base()
                .object(2, "<< /Type /Pages /Kids 3 /Count 1 >>")
                .bytes(),
        ),
        odd(
            "kids refer to nothing",
            base()
                .object(2, "<< /Type /Pages /Kids [88 0 R] >>")
                .bytes(),
        ),
        odd(
            "count of minus one",
            base()
                .object(2, "<< /Type /Pages /Kids [3 0 R] /Count -1 >>")
                .bytes(),
        ),
        odd(
            "pages refer to the catalogue",
            base().object(2, "<< /Type /Pages /Kids [1 0 R] >>").bytes(),
        ),
        odd("object refers to itself", base().object(2, "2 0 R").bytes()),
        told(
            "truncated_pages",
            "ten thousand pages",
            &ten_thousand_pages(),
        ),
        odd(
            "arrays a hundred thousand deep",
            base().object(2, "[".repeat(100_000)).bytes(),
        ),
        odd(
            "dictionaries twenty thousand deep",
            base().object(2, "<< /A ".repeat(20_000)).bytes(),
        ),
        odd(
            "a page tree ten thousand deep",
            deep_page_tree(10_000).bytes(),
        ),
        told(
            "encrypted",
            "encrypted with a password",
            &base().trailer(
                "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 \
                 /O <0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20> \
                 /U <0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20> >> \
                 /ID [<0102> <0102>]",
            ),
        ),
        odd(
            "encrypted by an unknown handler",
            base().trailer("/Encrypt << /Filter /Nobody >>").bytes(),
        ),
        odd(
            "encryption refers to itself",
            base().object(9, "9 0 R").trailer("/Encrypt 9 0 R").bytes(),
        ),
        odd("object streams in a circle", object_streams_in_a_circle()),
    ];
    for media_box in [
        "[0 0 1e9 1e9]",
        "[0 0 0 0]",
        "[595 842 0 0]",
        "[-1e38 -1e38 1e38 1e38]",
        "[0 0 nan inf]",
        "[0 0]",
        "3 0 R",
        "[0 0 0.0001 842]",
    ] {
        let bytes = replaced("/MediaBox [0 0 595 842]", &format!("/MediaBox {media_box}"));
        variants.push(odd(format!("page of {media_box}"), bytes));
    }
    for entry in [
        "/Rotate 45",
        "/Rotate -999999990",
        "/UserUnit 1e30",
        "/CropBox [9e9 9e9 1 1]",
    ] {
        let bytes = replaced("/MediaBox", &format!("{entry} /MediaBox"));
        variants.push(odd(format!("page with {entry}"), bytes));
    }
    variants
}

fn ten_thousand_pages() -> PdfFile {
    let kids: String = (10..10_010)
        .map(|number| format!("{number} 0 R "))
        .collect();
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
                /Resources << /Font << /F1 5 0 R >> >> >>";
    (10..10_010).fold(
        small_invoice().object(2, format!("<< /Type /Pages /Kids [{kids}] >>")),
        // Object numbers are new, so that none has to be searched for.
        |file, number| file.object(number, page),
    )
}

fn deep_page_tree(depth: u32) -> PdfFile {
    let first = 10;
    let file = small_invoice().object(2, format!("<< /Type /Pages /Kids [{first} 0 R] >>"));
    (first..first + depth).fold(file, |file, number| {
        file.object(
            number,
            format!("<< /Type /Pages /Kids [{} 0 R] >>", number + 1),
        )
    })
}

/// A cross-reference stream that places an object stream within itself.
fn object_streams_in_a_circle() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let at = bytes.len() as u8;
    let entries = [1, 3, 0, 1, 3, 1, 1, 3, 2, 2, 3, 0, 1, at, 0];
    let table = stream(
        "/Type /XRef /Size 5 /W [1 1 1] /Root 1 0 R",
        &entries.map(|entry: u8| if entry == 1 { 2 } else { entry }),
    );
    bytes.extend(b"4 0 obj\n");
    bytes.extend(table);
    bytes.extend(format!("\nendobj\nstartxref\n{at}\n%%EOF\n").into_bytes());
    bytes
}

/// Page content, fonts and forms that go wrong.
pub(crate) fn broken_content() -> Vec<Variant> {
    let with_content =
        |entries: &str, data: &[u8]| small_invoice().stream(4, entries, data).bytes();
    let with_font = |font: &str| small_invoice().object(5, font).bytes();
    let with_map = |map: &str| {
        small_invoice()
            .object(
                5,
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 9 0 R >>",
            )
            .stream(9, "", map.as_bytes())
            .bytes()
    };
    let flate = "/Filter /FlateDecode";
    vec![
        odd("content of noise", with_content("", &[0x9c; 3000])),
        odd("content said to be compressed", with_content(flate, b"BT ET")),
        odd("content cut short", with_content(flate, &deflated(b"BT (Invoice) Tj ET")[..9])),
        odd("content four hundred megabytes of spaces", with_content(flate, &bomb(b' ', 400))),
        odd("content four hundred megabytes of saved states", with_content(flate, &bomb(b'q', 400))),
        odd("content of a million saved states", with_content(flate, &deflated(&b"q ".repeat(1_000_000)))),
        odd("content of a million restored states", with_content(flate, &deflated(&b"Q ".repeat(1_000_000)))),
        odd("content packed twice", with_content("/Filter [/FlateDecode /FlateDecode]", &deflated(&bomb(b' ', 400)))),
        odd("content in an unknown filter", with_content("/Filter /Nothing", b"BT ET")),
        odd("content in a hundred filters", with_content(&format!("/Filter [{}]", "/ASCIIHexDecode ".repeat(100)), b"00")),
        odd("content with a billion columns", with_content("/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 999999999 >>", &deflated(b"abc"))),
        odd("content in broken LZW", with_content("/Filter /LZWDecode", &[0xff; 500])),
        odd("content in broken ASCII85", with_content("/Filter /ASCII85Decode", b"zzzz!!~~zz>")),
        odd("content in run lengths", with_content("/Filter /RunLengthDecode", &[129, b' '].repeat(500_000))),
        odd("a string without an end", with_content("", b"BT /F1 12 Tf (((((((((((((( Tj ET")),
        odd("arrays in content without an end", with_content("", &b"[".repeat(200_000))),
        odd("an inline image without an end", with_content("", b"BI /W 99999 /H 99999 /BPC 8 /CS /RGB ID abc")),
        odd("text of no size", with_content("", b"BT /F1 0 Tf (Invoice) Tj ET")),
        odd("text of vast size", with_content("", b"BT /F1 1e30 Tf 1e38 0 0 1e38 0 0 Tm (Invoice) Tj ET")),
        odd("text at no number", with_content("", b"BT /F1 12 Tf nan inf Td (Invoice) Tj ET")),
        odd("a million letters at one place", with_content(flate, &deflated(&letters_at_one_place(1_000_000)))),
        odd("a font that is missing", with_content("", b"BT /F9 12 Tf (Invoice) Tj ET")),
        odd("a font that is null", with_font("null")),
        odd("a font that is itself", with_font("5 0 R")),
        odd("a font without a subtype", with_font("<< /Type /Font >>")),
        odd("a composite font without parts", with_font("<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H >>")),
        odd("a composite font within itself", with_font("<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [5 0 R] >>")),
        odd("a font program of noise", small_invoice()
            .object(5, "<< /Type /Font /Subtype /TrueType /BaseFont /A /FontDescriptor << /FontFile2 9 0 R /Flags 32 >> >>")
            .stream(9, "", &[0; 700]).bytes()),
        odd("a font drawn with itself", small_invoice()
            .object(5, "<< /Type /Font /Subtype /Type3 /FontMatrix [1 0 0 1 0 0] /FontBBox [0 0 1 1] /FirstChar 0 /LastChar 255 \
                 /Encoding << /Differences [73 /I] >> /CharProcs << /I 9 0 R >> /Resources << /Font << /F1 5 0 R >> >> >>")
            .stream(9, "", b"BT /F1 1 Tf (IIII) Tj ET").bytes()),
        odd("a character map of noise", with_map("begincmap 1 beginbfrange <zz> <> endbfrange (((")),
        odd("a character map of four billion codes", with_map("begincmap 1 beginbfrange <00000000> <ffffffff> <0041> endbfrange endcmap")),
        odd("a form that draws itself", forms(1, 1)),
        odd("two forms that draw each other", forms(2, 1)),
        odd("forms that double forty times", doubling_forms(40)),
        odd("a soft mask of itself", soft_mask_of_itself()),
    ]
}

fn letters_at_one_place(count: usize) -> Vec<u8> {
    [
        b"BT /F1 12 Tf 72 700 Td ".as_slice(),
        &b"(I) ' ".repeat(count),
        b"ET",
    ]
    .concat()
}

/// `count` forms in a circle, each drawing the next `times` times.
fn forms(count: u32, times: usize) -> Vec<u8> {
    let next = |number: u32| 20 + (number + 1 - 20) % count;
    let file = page_with("/XObject << /X 20 0 R >>", b"/X Do");
    let file = (20..20 + count).fold(file, |file, number| {
        let entries = format!(
            "/Type /XObject /Subtype /Form /BBox [0 0 595 842] \
             /Resources << /XObject << /X {} 0 R >> >>",
            next(number)
        );
        file.stream(number, &entries, &b"/X Do ".repeat(times))
    });
    file.bytes()
}

/// A chain of forms each drawing the next one twice: 2 to the power of `depth` in all.
fn doubling_forms(depth: u32) -> Vec<u8> {
    let file = page_with("/XObject << /X 20 0 R >>", b"/X Do");
    let file = (20..20 + depth).fold(file, |file, number| {
        let entries = format!(
            "/Type /XObject /Subtype /Form /BBox [0 0 595 842] \
             /Resources << /XObject << /X {} 0 R >> >>",
            number + 1
        );
        file.stream(number, &entries, b"/X Do /X Do")
    });
    file.bytes()
}

fn soft_mask_of_itself() -> Vec<u8> {
    page_with("/ExtGState << /G 20 0 R >>", b"/G gs 0 0 100 100 re f")
        .object(
            20,
            "<< /Type /ExtGState /SMask << /S /Luminosity /G 21 0 R >> >>",
        )
        .stream(
            21,
            "/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Group << /S /Transparency >> \
             /Resources << /ExtGState << /G 20 0 R >> >>",
            b"/G gs 0 0 100 100 re f",
        )
        .bytes()
}

/// The small invoice with other resources and content on its page.
fn page_with(resources: &str, content: &[u8]) -> PdfFile {
    small_invoice()
        .object(
            3,
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
                 /Resources << /Font << /F1 5 0 R >> {resources} >> >>"
            ),
        )
        .stream(4, "", content)
}

/// Attachments that are not what they should be.
pub(crate) fn broken_attachments() -> Vec<Variant> {
    let base = small_invoice;
    let deep = (20..220).fold(base().object(6, "<< /Kids [20 0 R] >>"), |file, number| {
        file.object(number, format!("<< /Kids [{0} 0 R {0} 0 R] >>", number + 1))
    });
    vec![
        odd(
            "a name tree in a circle",
            base().object(6, "<< /Kids [6 0 R] >>").bytes(),
        ),
        odd("a name tree that doubles", deep.bytes()),
        odd(
            "names without values",
            base().object(6, "<< /Names [(a) (b) (c)] >>").bytes(),
        ),
        told(
            "attachment_unreadable",
            "an attachment without a stream",
            &base().object(7, "<< /Type /Filespec /F (a.xml) /EF << /F 99 0 R >> >>"),
        ),
        odd(
            "an attachment that is the page",
            base()
                .object(7, "<< /F (a.xml) /EF << /F 3 0 R >> >>")
                .bytes(),
        ),
        told(
            "attachment_unreadable",
            "an attachment of noise",
            &base().stream(8, "/Type /EmbeddedFile /Filter /FlateDecode", &[0xee; 300]),
        ),
        odd(
            "an attachment cut short",
            base()
                .stream(
                    8,
                    "/Filter /FlateDecode",
                    &deflated(crate::pdf_files::INVOICE_XML)[..150],
                )
                .bytes(),
        ),
        told(
            "attachment_unreadable",
            "an attachment of four hundred megabytes",
            &base().stream(8, "/Filter /FlateDecode", &bomb(b'<', 400)),
        ),
        odd(
            "an attachment packed twice",
            base()
                .stream(
                    8,
                    "/Filter [/FlateDecode /FlateDecode]",
                    &deflated(&bomb(b'<', 400)),
                )
                .bytes(),
        ),
        odd(
            "an attachment whose length is itself",
            base()
                .object(8, "<< /Length 8 0 R >>\nstream\nabc\nendstream")
                .bytes(),
        ),
        told(
            "xml_not_well_formed",
            "an attachment that is no invoice to its end",
            &base().stream(8, "", &crate::pdf_files::INVOICE_XML[..300]),
        ),
    ]
}

/// Pictures and patterns that are costly to draw.
pub(crate) fn hostile_pictures() -> Vec<Variant> {
    let picture = |entries: &str, data: &[u8]| {
        page_with(
            "/XObject << /X 20 0 R >>",
            b"q 500 0 0 500 50 100 cm /X Do Q",
        )
        .stream(
            20,
            &format!("/Type /XObject /Subtype /Image {entries}"),
            data,
        )
        .bytes()
    };
    let vast = "/Width 2000000000 /Height 2000000000 /BitsPerComponent 8 /ColorSpace /DeviceRGB";
    let large = "/Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter";
    let pattern = page_with(
        "/Pattern << /P 20 0 R >>",
        b"/Pattern cs /P scn 0 0 595 842 re f",
    );
    let tile = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1]";
    vec![
        odd("a picture of vast size", picture(vast, &[0; 100])),
        odd("a picture of large size", picture(&format!("{large} /FlateDecode"), &bomb(0, 400))),
        odd("a picture of no size", picture("/Width 0 /Height 0 /BitsPerComponent 8 /ColorSpace /DeviceGray", b"")),
        odd("a picture of negative size", picture("/Width -5 /Height -5 /BitsPerComponent 99 /ColorSpace /DeviceGray", b"x")),
        odd("a broken JPEG", picture(&format!("{large} /DCTDecode"), b"\xff\xd8\xff\xe0\x00\x10JFIF")),
        odd("a broken JPEG 2000", picture(&format!("{large} /JPXDecode"), b"\x00\x00\x00\x0cjP  \r\n\x87\n")),
        odd("a broken JBIG2", picture(&format!("{large} /JBIG2Decode"), &[0; 64])),
        odd("a broken fax", picture(&format!("{large} /CCITTFaxDecode /DecodeParms << /K -1 /Columns 60000 /Rows 60000 >>"), &[0x55; 4000])),
        odd("a picture masked by itself", picture("/Width 9 /Height 9 /BitsPerComponent 8 /ColorSpace /DeviceGray /SMask 20 0 R", &[7; 81])),
        odd("a pattern of tiny steps", pattern.clone().stream(20, &format!("{tile} /XStep 0.0001 /YStep 0.0001 /Resources << >>"), b"0 0 1 1 re f").bytes()),
        odd("a pattern of no steps", pattern.clone().stream(20, &format!("{tile} /XStep 0 /YStep 0 /Resources << >>"), b"0 0 1 1 re f").bytes()),
        odd("a pattern of itself", pattern.stream(20, &format!("{tile} /XStep 9 /YStep 9 /Resources << /Pattern << /P 20 0 R >> >>"), b"/Pattern cs /P scn 0 0 9 9 re f").bytes()),
        odd("a shading of a vast function", page_with("/Shading << /S 20 0 R >>", b"/S sh")
            .object(20, "<< /ShadingType 1 /ColorSpace /DeviceGray /Domain [0 1e9 0 1e9] /Function 21 0 R >>")
            .stream(21, "/FunctionType 0 /Domain [0 1 0 1] /Range [0 1] /Size [60000 60000] /BitsPerSample 32", &[0; 64]).bytes()),
        odd("a shading by a program in a circle", page_with("/Shading << /S 20 0 R >>", b"/S sh")
            .object(20, "<< /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 500 500] /Function 21 0 R >>")
            .object(21, "<< /FunctionType 3 /Domain [0 1] /Functions [21 0 R 21 0 R] /Bounds [0.5] /Encode [0 1 0 1] >>").bytes()),
    ]
}
