//! Writes the seed corpus of every target: `seeds FOLDER [PDFS]` fills `FOLDER/TARGET/`,
//! with the files in the folder `PDFS`, what is attached to them and the words on them too.
//!
//! It is linked like a fuzz target, so that one instrumented build serves for both, but
//! ends before any fuzzing begins.
#![no_main]

#[path = "../../../tests/it/damaged_variants.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod damaged_variants;
#[path = "../../../tests/it/pdf_files.rs"]
mod pdf_files;

use std::io;
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use scrutineer_fuzz::documents::parse::{ParseOptions, parse};
use scrutineer_fuzz::documents::pdf;
use scrutineer_fuzz::domain::RecordKind;
use scrutineer_fuzz::laid_out;

/// Larger seeds slow the fuzzer down more than they teach it.
const MAX_SEED_BYTES: usize = 64 * 1024;

fuzz_target!(
    init: {
        let made = make();
        if let Err(error) = &made {
            eprintln!("seeds: {error}");
        }
        std::process::exit(i32::from(made.is_err()));
    },
    |_bytes: &[u8]| {}
);

fn make() -> io::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().unwrap_or_else(|| PathBuf::from("corpus"));
    let made = match arguments.next() {
        Some(pdfs) => files(&pdfs)?,
        None => Vec::new(),
    };
    let documents = documents();
    for target in ["sniff", "xml", "pdf_words"] {
        write(&folder.join(target), "seed", &documents)?;
    }
    write(&folder.join("pdf_words"), "made", &made)?;
    write(&folder.join("picture"), "seed", &pictures()?)?;
    write(&folder.join("xml"), "made", &attached(&made))?;
    write(&folder.join("fields"), "made", &texts(&made))?;
    write(
        &folder.join("fields"),
        "seed",
        &[LETTER.as_bytes().to_vec()],
    )?;
    write(&folder.join("records"), "seed", &records())?;
    write(&folder.join("event_log"), "seed", &event_logs())
}

/// Parts of the names of variants that take a decoder a second or, the last of them, 2 to
/// the power of 40 steps: what the limits of the workers are for, and no start for a fuzzer.
const SLOW: [&str; 4] = [
    "megabytes",
    "packed twice",
    "a million",
    "double forty times",
];

/// The shape of a page for `fields`, in case there are no files to take words from.
const LETTER: &str = "Muster GmbH\tRechnung Nr. 4711\nDatum:\t01.03.2026\n\n\
    Pos\tMenge\tText\tPreis\tBetrag\n1\t2\tBeratung\t50,00\t100,00\n\n\
    Netto\t100,00 EUR\nMwSt 19 %\t19,00 EUR\nGesamt\t119,00 EUR\n\
    IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX\tUSt-IdNr. DE136695976\n";

fn files(folder: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pdf"));
    paths.sort();
    paths.iter().map(std::fs::read).collect()
}

/// One small picture in every format.
fn pictures() -> io::Result<Vec<Vec<u8>>> {
    let grey = |x: u32, y: u32| image::Rgb([(x * 7 % 256) as u8, (y * 11 % 256) as u8, 90]);
    let picture = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(24, 32, grey));
    let formats = [
        image::ImageFormat::Bmp,
        image::ImageFormat::Gif,
        image::ImageFormat::Jpeg,
        image::ImageFormat::Png,
        image::ImageFormat::Tiff,
        image::ImageFormat::WebP,
    ];
    let saved = formats.into_iter().map(|format| {
        let mut bytes = io::Cursor::new(Vec::new());
        let written = picture.write_to(&mut bytes, format);
        written.map_err(io::Error::other).map(|()| bytes.into_inner())
    });
    saved.collect()
}

fn attached(files: &[Vec<u8>]) -> Vec<Vec<u8>> {
    files
        .iter()
        .filter_map(|bytes| pdf::open(bytes).ok())
        .flat_map(|file| pdf::attachments(&file, &mut Vec::new()))
        .map(|attachment| attachment.bytes)
        .collect()
}

fn texts(files: &[Vec<u8>]) -> Vec<Vec<u8>> {
    files
        .iter()
        .map(|bytes| laid_out::text(&parse(bytes, &ParseOptions::default()).pages).into_bytes())
        .collect()
}

fn documents() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        pdf_files::small_invoice().bytes(),
        pdf_files::INVOICE_XML.to_vec(),
        b"<rsm:CrossIndustryInvoice xmlns:rsm=\"urn:un:unece:uncefact:data:standard:\
          CrossIndustryInvoice:100\"/>"
            .to_vec(),
        b"<p:FatturaElettronica xmlns:p=\"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/\
          fatture/v1.2\"/>"
            .to_vec(),
        b"\x89PNG\r\n\x1a\n".to_vec(),
    ];
    let damaged = [
        damaged_variants::cut_and_flipped(),
        damaged_variants::broken_structure(),
        damaged_variants::broken_content(),
        damaged_variants::broken_attachments(),
        damaged_variants::hostile_pictures(),
    ];
    seeds.extend(
        damaged
            .into_iter()
            .flatten()
            .filter(|variant| !SLOW.iter().any(|part| variant.name.contains(part)))
            .map(|variant| variant.bytes),
    );
    seeds
}

fn records() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, kind) in (0_u8..).zip(RecordKind::ALL) {
        let names: Vec<&str> = kind.members().into_iter().map(|(name, _)| name).collect();
        let header = names.join(",");
        let cells = vec!["1"; names.len()].join(",");
        seeds.push([&[number], format!("{header}\n{cells}\n").as_bytes()].concat());
        let members: Vec<String> = names
            .iter()
            .map(|name| format!("\"{name}\":\"1\""))
            .collect();
        seeds.push([&[number], format!("{{{}}}\n", members.join(",")).as_bytes()].concat());
    }
    seeds
}

/// One log in either format, with usual and with small limits.
fn event_logs() -> Vec<Vec<u8>> {
    let logs = [EVENTS_CSV, EVENTS_XES];
    let with_limits = |limits: u8| {
        (0_u8..).zip(logs).map(move |(format, log)| {
            [&[limits | format], log.as_bytes()].concat()
        })
    };
    with_limits(0).chain(with_limits(2)).collect()
}

fn write(folder: &Path, name: &str, seeds: &[Vec<u8>]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (number, seed) in seeds.iter().enumerate() {
        if seed.len() <= MAX_SEED_BYTES {
            std::fs::write(folder.join(format!("{name}-{number:03}")), seed)?;
        }
    }
    Ok(())
}

const EVENTS_CSV: &str = "case,activity,time,resource,total\n\
    1,ask,2026-02-28T23:59:59+01:00,R1,7\n\
    1,\"done, at last\",2028-02-29 08:00:00,,7\n";

const EVENTS_XES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0"><trace><string key="concept:name" value="1"/><int key="total" value="7"/>
<event><string key="concept:name" value="ask"/><date key="time:timestamp" value="2026-02-28T23:59:59+01:00"/>
<string key="org:resource" value="R1"/><string key="lifecycle:transition" value="complete"/></event>
<event><string key="concept:name" value="done"/><date key="time:timestamp" value="2028-02-29T08:00:00Z"/></event>
</trace></log>"#;
