//! Words of pictures: a till receipt drawn here, photographed, scanned into a PDF, and turned a little.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use image::{DynamicImage, GenericImageView as _, ImageFormat, Rgb, RgbImage};
use scrutineer::documents::ocr::OcrFiles;
use scrutineer::documents::parse::ParseOptions;
use scrutineer::documents::sandbox::{Sandbox, SandboxConfig};
use scrutineer::documents::{Page, Parsed, Source};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::app::{Ask, TestApp};
use crate::damaged_variants::hostile_pictures;
use crate::pdf_files::{PdfFile, deflated};

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
const RECEIPT: [&str; 9] = [
    "MUSTER COFFEE LTD",
    "14 High Street, London",
    "RECEIPT No. R-20417",
    "Date: 2026-03-12  09:44",
    "2 Flat white            7.20",
    "1 Almond croissant      3.45",
    "Net EUR                 8.95",
    "VAT 19% EUR             1.70",
    "TOTAL EUR              10.65",
];

/// What reads pictures; `None`, said plainly, where it is not installed.
#[allow(clippy::print_stderr)]
pub(crate) fn ocr() -> Option<OcrFiles> {
    let installed = OcrFiles::installed(Path::new(MODELS), None);
    if installed.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "ONNX Runtime is not installed: `make setup` installs it"
        );
        eprintln!("ONNX Runtime is not installed: the tests of words in pictures were left out");
    }
    installed
}

fn sandbox() -> Sandbox {
    Sandbox::new(SandboxConfig::for_program(PathBuf::from(env!(
        "CARGO_BIN_EXE_scrutineer"
    ))))
}

async fn parse(bytes: Vec<u8>, ocr: Option<OcrFiles>) -> Parsed {
    let options = ParseOptions {
        ocr,
        ..ParseOptions::default()
    };
    sandbox().parse(bytes.into(), options).await.unwrap()
}

/// The receipt as a PDF of its words, 80 mm wide.
fn printed() -> Vec<u8> {
    let lines: String = RECEIPT
        .iter()
        .map(|line| format!("({line}) Tj 0 -16 Td "))
        .collect();
    PdfFile::default()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 227 200] /Contents 4 0 R \
             /Resources << /Font << /F1 5 0 R >> >> >>",
        )
        .stream(
            4,
            "",
            format!("BT /F1 11 Tf 14 176 Td {lines}ET").as_bytes(),
        )
        .object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>")
        .bytes()
}

async fn photographed() -> DynamicImage {
    let drawn = sandbox().render(printed().into(), 1, 630).await.unwrap();
    image::load_from_memory(&drawn).unwrap()
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A PDF with nothing but a picture on its page.
fn scanned(picture: &DynamicImage) -> Vec<u8> {
    let grey = picture.to_luma8();
    let (width, height) = grey.dimensions();
    let entries = format!(
        "/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 \
         /ColorSpace /DeviceGray /Filter /FlateDecode"
    );
    PdfFile::default()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 227 200] /Contents 4 0 R \
             /Resources << /XObject << /X 5 0 R >> >> >>",
        )
        .stream(4, "", b"q 227 0 0 200 0 0 cm /X Do Q")
        .stream(5, &entries, &deflated(grey.as_raw()))
        .bytes()
}

/// On a larger grey sheet, turned by some degrees to the left.
fn turned(picture: &DynamicImage, degrees: f32) -> DynamicImage {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (width, height) = picture.dimensions();
    let sheet = RgbImage::from_fn(width + 200, height + 200, |x, y| {
        let (u, v) = (
            x as f32 - (width + 200) as f32 / 2.0,
            y as f32 - (height + 200) as f32 / 2.0,
        );
        let from = (
            (u * cosine - v * sine + width as f32 / 2.0).round(),
            (u * sine + v * cosine + height as f32 / 2.0).round(),
        );
        let within =
            from.0 >= 0.0 && from.1 >= 0.0 && from.0 < width as f32 && from.1 < height as f32;
        if within {
            let [r, g, b, _] = picture.get_pixel(from.0 as u32, from.1 as u32).0;
            Rgb([r, g, b])
        } else {
            Rgb([180; 3])
        }
    });
    DynamicImage::ImageRgb8(sheet)
}

/// In small letters, for `No` and `NO` look alike.
fn texts(page: &Page) -> Vec<String> {
    page.words
        .iter()
        .map(|word| word.text.to_lowercase())
        .collect()
}

fn printed_words() -> Vec<String> {
    RECEIPT
        .iter()
        .flat_map(|line| line.split_whitespace())
        .map(str::to_lowercase)
        .collect()
}

#[tokio::test]
async fn words_of_a_picture_are_those_printed_and_stand_where_they_were_printed() {
    let Some(files) = ocr() else { return };
    let expected = parse(printed(), None).await.pages.remove(0);
    assert_eq!(texts(&expected), printed_words());
    let parsed = parse(png(&photographed().await), Some(files)).await;
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    let page = &parsed.pages[0];
    assert_eq!(page.source, Source::Ocr);
    assert_eq!(texts(page), printed_words());
    for (seen, word) in page.words.iter().zip(&expected.words) {
        for (seen, there) in [
            (seen.bbox.x0, word.bbox.x0),
            (seen.bbox.x1, word.bbox.x1),
            (seen.bbox.y0, word.bbox.y0),
            (seen.bbox.y1, word.bbox.y1),
            (seen.size, word.size),
        ] {
            assert!((seen - there).abs() < 5.0, "{word:?} {seen} {there}");
        }
    }
}

#[tokio::test]
async fn a_scan_in_a_pdf_and_a_photograph_held_aslant_are_read() {
    let Some(files) = ocr() else { return };
    let picture = photographed().await;
    let scan = parse(scanned(&picture), Some(files.clone())).await;
    assert!(scan.problems.is_empty(), "{:?}", scan.problems);
    assert_eq!(texts(&scan.pages[0]), printed_words());
    assert!(scan.look.is_some());
    for degrees in [-6.0, 4.0] {
        let photograph = turned(&picture, degrees);
        let mut read = parse(png(&photograph), Some(files.clone())).await;
        let page = read.pages.remove(0);
        let words = printed_words();
        let found = words.iter().filter(|word| texts(&page).contains(word));
        let found = found.count();
        assert!(
            found + 2 >= words.len(),
            "{degrees}: {found} of {}: {:?}",
            words.len(),
            texts(&page)
        );
    }
}

#[tokio::test]
async fn without_what_reads_them_pictures_are_kept_and_the_answer_says_so() {
    let picture = photographed().await;
    for (file, code) in [
        (png(&picture), "scan_needs_ocr"),
        (scanned(&picture), "no_text_layer"),
    ] {
        let parsed = parse(file.clone(), None).await;
        assert_eq!(parsed.problems[0].code, code);
        assert!(parsed.look.is_some() && parsed.pages[0].words.is_empty());
        let broken = OcrFiles {
            models_dir: MODELS.into(),
            library: MODELS.into(),
        };
        let parsed = parse(file, Some(broken)).await;
        assert_eq!(parsed.problems[0].code, "ocr_failed", "{parsed:?}");
        assert!(parsed.look.is_some());
    }
}

#[tokio::test]
async fn pictures_without_words_and_hostile_ones_are_answered_in_time() {
    let Some(files) = ocr() else { return };
    let noise = RgbImage::from_fn(
        900,
        700,
        |x, y| Rgb([((x * y) % 251 * 7919 % 256) as u8; 3]),
    );
    for picture in [
        RgbImage::new(1, 1),
        RgbImage::new(40_000, 3),
        RgbImage::new(900, 900),
        noise,
    ] {
        let parsed = parse(png(&picture.into()), Some(files.clone())).await;
        assert_eq!(parsed.pages.len(), 1, "{:?}", parsed.problems);
    }
    for hostile in hostile_pictures() {
        let begun = Instant::now();
        let options = ParseOptions {
            ocr: Some(files.clone()),
            ..ParseOptions::default()
        };
        let outcome = sandbox().parse(hostile.bytes.into(), options).await;
        assert!(
            begun.elapsed() < Duration::from_secs(12),
            "{}",
            hostile.name
        );
        let parsed = outcome.unwrap();
        assert!(!parsed.problems.is_empty(), "{}", hostile.name);
        assert!(
            parsed.structured.is_some(),
            "{}: the e-invoice attached to it is lost",
            hostile.name
        );
    }
}

#[tokio::test]
async fn a_photographed_receipt_is_held_against_its_claim() {
    if ocr().is_none() {
        return;
    }
    let app = TestApp::start().await;
    let receipt = png(&photographed().await);
    let claim = json!({"id": "C1", "employee_id": "E1", "incurred_on": Utc::now().date_naive(), "amount": "16.65",
        "currency": "EUR", "merchant": "Muster Coffee", "receipt_sha256": hex::encode(Sha256::digest(&receipt))});
    app.put_records("expense_claim", claim.to_string()).await;
    let uploaded = app.upload(receipt).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.text());
    let fields = &uploaded.json()["analysis"]["fields"];
    assert_eq!(fields["total"]["value"], "10.65", "{fields}");
    assert_eq!(fields["total"]["source"], "ocr");
    let ask = Ask::post("/v1/expense/score").key(&app.key);
    let answer = app.send(ask.json(&json!({"id": "C1"}))).await.json();
    let flags = answer["suggestion"]["flags"].to_string();
    assert!(flags.contains("a total of 10.65 where 16.65"), "{flags}");
    assert!(flags.contains("2026-03-12"), "{flags}");
}

#[tokio::test]
async fn a_picture_is_read_the_same_way_each_time() {
    let Some(files) = ocr() else { return };
    let bytes: Arc<[u8]> = png(&photographed().await).into();
    let options = ParseOptions {
        ocr: Some(files),
        ..ParseOptions::default()
    };
    let first = sandbox().parse(Arc::clone(&bytes), options.clone()).await;
    let again = sandbox().parse(bytes, options).await;
    assert_eq!(first.unwrap(), again.unwrap());
}

/// Root may start threads whatever the limits say; whoever runs a service is not root.
#[tokio::test]
#[allow(clippy::print_stderr)]
async fn somebody_who_may_start_no_thread_reads_pictures_too() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    const NOBODY: u32 = 65_534;

    if ocr().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("receipt.png");
    std::fs::write(&picture, png(&photographed().await)).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut read = std::process::Command::new(env!("CARGO_BIN_EXE_scrutineer"));
    read.args(["read", "--json"])
        .arg(&picture)
        .env("SCRUTINEER_MODELS_DIR", MODELS)
        .uid(NOBODY);
    let answer = match read.output() {
        Ok(output) if output.status.success() => output.stdout,
        // Only root may become somebody else, and nobody may not look into every folder.
        outcome => {
            eprintln!("reading as somebody else was left out: {outcome:?}");
            return;
        }
    };
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["fields"]["total"]["value"], "10.65", "{answer}");
}
