#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use clap::Parser as _;
use tempfile::TempDir;

use super::super::{Cli, Command};
use super::*;
use crate::registry::{Manifest, ManifestBaseline};

/// What a command wrote, or why it was refused.
fn said(models: &Path, words: &[&str]) -> anyhow::Result<String> {
    let mut line = vec![
        "scrutineer",
        "models",
        "--models-dir",
        models.to_str().unwrap(),
    ];
    line.extend(words);
    let Command::Models(args) = Cli::try_parse_from(line)?.command else {
        panic!("another command");
    };
    let mut out = Vec::new();
    act(&args, &mut out)?;
    Ok(String::from_utf8(out)?)
}

/// A shipped model as a version of `billing`, its manifest changed.
fn put(models: &Path, shipped: &str, version: u32, change: impl Fn(&mut Manifest)) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let from = from.join(shipped).join("1");
    let folder = models.join("billing").join(version.to_string());
    fs::create_dir_all(&folder).unwrap();
    for file in ["forecast.json", "golden.json"] {
        fs::copy(from.join(file), folder.join(file)).unwrap();
    }
    let text = fs::read_to_string(from.join("manifest.toml")).unwrap();
    let mut manifest = Manifest {
        name: "billing".to_owned(),
        version,
        baseline: None,
        ..Manifest::parse(&text).unwrap()
    };
    change(&mut manifest);
    let text = toml::to_string(&manifest).unwrap();
    fs::write(folder.join("manifest.toml"), text).unwrap();
}

fn as_it_is(_: &mut Manifest) {}

fn of_an_unknown_format(manifest: &mut Manifest) {
    manifest.format_version = 99;
}

fn worse_than_a_share(manifest: &mut Manifest) {
    manifest.baseline = Some(ManifestBaseline {
        name: "a share".to_owned(),
        figure: "brier".to_owned(),
        ours: 0.231,
        theirs: 0.224,
    });
}

fn current(models: &Path) -> u32 {
    let registry = Registry::open(models).unwrap();
    registry.model("billing").unwrap().manifest.version
}

#[test]
fn a_version_that_this_program_cannot_load_is_refused_and_changes_nothing() {
    let models = TempDir::new().unwrap();
    put(models.path(), "billing", 1, as_it_is);
    put(models.path(), "billing", 2, of_an_unknown_format);
    put(models.path(), "timesheet", 3, as_it_is);
    put(models.path(), "billing", 4, as_it_is);
    let promote = |version: &str| {
        let words = ["promote", "billing", version, "--by", "ana"];
        said(models.path(), &words)
    };
    for (version, why) in [("2", "format version 99"), ("3", "fitted on")] {
        let refused = promote(version).unwrap_err();
        let cannot = refused.downcast_ref::<RegistryError>();
        assert!(matches!(cannot, Some(RegistryError::CannotAnswer { .. })));
        assert!(refused.to_string().contains(why), "{refused}");
    }
    assert_eq!(current(models.path()), 4);
    assert!(!models.path().join("billing/current").exists());
    let done = promote("1").unwrap();
    assert!(done.contains("version 1 answers now instead of 4, by ana"));
}

#[test]
fn an_earlier_version_that_this_program_cannot_load_is_not_gone_back_to() {
    let models = TempDir::new().unwrap();
    put(models.path(), "billing", 1, of_an_unknown_format);
    put(models.path(), "billing", 2, as_it_is);
    let refused = said(models.path(), &["rollback", "billing", "--by", "ana"]).unwrap_err();
    assert!(
        refused.to_string().contains("cannot answer here"),
        "{refused}"
    );
    assert_eq!(current(models.path()), 2);
}

#[test]
fn a_version_no_better_than_its_baseline_is_listed_so() {
    let models = TempDir::new().unwrap();
    put(models.path(), "billing", 1, worse_than_a_share);
    put(models.path(), "billing", 2, as_it_is);
    let listed = said(models.path(), &["list"]).unwrap();
    let lines: Vec<&str> = listed.lines().collect();
    assert!(
        lines[0].ends_with("; no better than a share (brier .231, .224)"),
        "{listed}"
    );
    assert!(!lines[1].contains("no better"), "{listed}");
    let rows = said(models.path(), &["list", "--json"]).unwrap();
    let rows: Vec<Value> = rows
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    assert_eq!(rows[0]["baseline"]["theirs"], json!(0.224));
    assert_eq!(rows[0]["no_better"], json!(true));
    assert_eq!(rows[1]["baseline"], Value::Null);
    assert_eq!(rows[1]["no_better"], json!(false));
}

#[test]
fn a_version_no_better_than_its_baseline_is_promoted_only_with_a_reason() {
    let models = TempDir::new().unwrap();
    put(models.path(), "billing", 1, worse_than_a_share);
    put(models.path(), "billing", 2, as_it_is);
    let promote = |reason: &[&str]| {
        let words = ["promote", "billing", "1", "--by", "ana"];
        said(models.path(), &[&words[..], reason].concat())
    };
    let refused = promote(&[]).unwrap_err().to_string();
    assert!(
        refused.contains("no better than a share") && refused.contains("--although"),
        "{refused}"
    );
    assert!(promote(&["--although", ""]).is_err());
    assert_eq!(current(models.path()), 2);
    let done = promote(&["--although", "the share is of one month"]).unwrap();
    assert!(done.contains("the share is of one month"), "{done}");
    assert_eq!(current(models.path()), 1);
    let kept = fs::read_to_string(models.path().join("billing/current")).unwrap();
    assert!(
        kept.contains("\"although\":\"the share is of one month\""),
        "{kept}"
    );
}
