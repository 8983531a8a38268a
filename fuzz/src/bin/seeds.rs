//! Writes the seed corpus of every target: `seeds FOLDER` fills `FOLDER/TARGET/`.

#[path = "../../../tests/it/damaged_variants.rs"]
mod damaged_variants;
#[path = "../../../tests/it/pdf_files.rs"]
mod pdf_files;

use std::io;
use std::path::{Path, PathBuf};

use scrutineer_fuzz::domain::RecordKind;

/// Larger seeds slow the fuzzer down more than they teach it.
const MAX_SEED_BYTES: usize = 64 * 1024;

fn main() -> io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "corpus".to_owned()));
    let documents = documents();
    for target in ["sniff", "xml", "pdf_words"] {
        write(&folder.join(target), &documents)?;
    }
    write(&folder.join("records"), &records())
}

fn documents() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        pdf_files::small_invoice().bytes(),
        pdf_files::INVOICE_XML.to_vec(),
        b"<rsm:CrossIndustryInvoice xmlns:rsm=\"urn:un:unece:uncefact:data:standard:\
          CrossIndustryInvoice:100\"/>".to_vec(),
        b"<p:FatturaElettronica xmlns:p=\"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/\
          fatture/v1.2\"/>".to_vec(),
        b"\x89PNG\r\n\x1a\n".to_vec(),
    ];
    let damaged = [
        damaged_variants::broken_structure(),
        damaged_variants::broken_attachments(),
        damaged_variants::hostile_pictures(),
    ];
    seeds.extend(damaged.into_iter().flatten().map(|variant| variant.bytes));
    seeds
}

fn records() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, kind) in (0_u8..).zip(RecordKind::ALL) {
        let names: Vec<&str> = kind.members().into_iter().map(|(name, _)| name).collect();
        let header = names.join(",");
        let cells = vec!["1"; names.len()].join(",");
        seeds.push([&[number], format!("{header}\n{cells}\n").as_bytes()].concat());
        let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":\"1\"")).collect();
        seeds.push([&[number], format!("{{{}}}\n", members.join(",")).as_bytes()].concat());
    }
    seeds
}

fn write(folder: &Path, seeds: &[Vec<u8>]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (number, seed) in seeds.iter().enumerate() {
        if seed.len() <= MAX_SEED_BYTES {
            std::fs::write(folder.join(format!("seed-{number:03}")), seed)?;
        }
    }
    Ok(())
}
