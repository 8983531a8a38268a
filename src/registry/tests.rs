#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::*;

fn write_version(models: &Path, name: &str, version: u32, weights: &[u8]) {
    let dir = models.join(name).join(version.to_string());
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("weights.json"), weights).unwrap();
    let digest = sha256_hex(weights);
    let manifest = format!(
        "name = \"{name}\"\nversion = {version}\nformat_version = 1\ndescription = \"d\"\n\
         licence = \"Apache-2.0\"\ntrained_until = \"2026-11-23\"\ndata = \"x\"\n\
         [[files]]\npath = \"weights.json\"\nsha256 = \"{digest}\"\n"
    );
    fs::write(dir.join("manifest.toml"), manifest).unwrap();
}

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn loads(_: &Registry) -> Result<(), LoadError> {
    Ok(())
}

fn by(who: &'static str) -> ChangeRequest<'static> {
    ChangeRequest {
        by: who,
        at: now(),
        although: None,
        load: &loads,
    }
}

fn current(models: &Path) -> u32 {
    let registry = Registry::open(models).unwrap();
    registry.model("toy").unwrap().manifest.version
}

#[test]
fn the_highest_version_answers_and_its_bytes_are_checked() {
    let models = tempfile::tempdir().unwrap();
    for version in [1, 2, 10] {
        write_version(
            models.path(),
            "toy",
            version,
            format!("w{version}").as_bytes(),
        );
    }
    let registry = Registry::open(models.path()).unwrap();
    let model = registry.model("toy").unwrap();
    assert_eq!(model.manifest.version, 10);
    assert_eq!(model.read("weights.json").unwrap(), b"w10");
    assert_eq!(model.reference().version, "10");
    assert!(matches!(
        model.read("other"),
        Err(RegistryError::Unlisted { .. })
    ));
    assert!(matches!(
        model.require_format(2),
        Err(RegistryError::FormatVersion {
            found: 1,
            supported: 2,
            ..
        })
    ));
    assert!(matches!(
        registry.model("none"),
        Err(RegistryError::UnknownModel { .. })
    ));
}

#[test]
fn a_large_file_is_read_and_checked_whole() {
    let models = tempfile::tempdir().unwrap();
    let mut weights: Vec<u8> = (0..3_000_000_u32).map(|x| (x % 251) as u8).collect();
    write_version(models.path(), "toy", 1, &weights);
    let registry = Registry::open(models.path()).unwrap();
    let model = registry.model("toy").unwrap();
    assert!(model.read("weights.json").unwrap() == weights);
    weights[2_999_999] ^= 1;
    fs::write(model.dir.join("weights.json"), &weights).unwrap();
    let refused = model.read("weights.json");
    assert!(matches!(refused, Err(RegistryError::DigestMismatch { .. })));
}

#[test]
fn tampered_weights_are_refused_and_named() {
    let models = tempfile::tempdir().unwrap();
    write_version(models.path(), "toy", 1, b"good");
    fs::write(models.path().join("toy/1/weights.json"), b"evil").unwrap();
    let registry = Registry::open(models.path()).unwrap();
    let error = registry
        .model("toy")
        .unwrap()
        .read("weights.json")
        .unwrap_err();
    assert!(matches!(error, RegistryError::DigestMismatch { .. }));
    assert!(
        error.to_string().contains("toy/1/weights.json: SHA-256 is"),
        "{error}"
    );
}

#[test]
fn a_manifest_in_the_wrong_folder_is_refused() {
    let models = tempfile::tempdir().unwrap();
    write_version(models.path(), "toy", 1, b"w");
    fs::rename(models.path().join("toy/1"), models.path().join("toy/3")).unwrap();
    let error = Registry::open(models.path()).unwrap_err().to_string();
    assert!(error.contains("says `toy` version 1"), "{error}");
}

#[test]
fn promotion_and_rollback_survive_a_restart_and_say_who_and_when() {
    let models = tempfile::tempdir().unwrap();
    for version in 1..=3 {
        write_version(models.path(), "toy", version, b"w");
    }
    let mut registry = Registry::open(models.path()).unwrap();
    registry.promote("toy", 1, &by("ana")).unwrap();
    registry.promote("toy", 2, &by("ben")).unwrap();
    assert_eq!(current(models.path()), 2);
    assert_eq!(registry.rollback("toy", &by("ana")).unwrap().to, 1);
    assert_eq!(registry.rollback("toy", &by("ana")).unwrap().to, 3);
    assert_eq!(current(models.path()), 3);
    let registry = Registry::open(models.path()).unwrap();
    let changes = registry.changes("toy").unwrap();
    assert_eq!(changes.len(), 4);
    assert_eq!((changes[1].by.as_str(), changes[1].at), ("ben", now()));
    assert_eq!(changes[3].change, ChangeKind::Rollback);
}

#[test]
fn what_answers_is_kept_beside_a_newer_version_until_that_is_promoted() {
    let models = tempfile::tempdir().unwrap();
    write_version(models.path(), "toy", 1, b"w");
    let mut registry = Registry::open(models.path()).unwrap();
    registry.keep("toy", "fitting", now()).unwrap();
    write_version(models.path(), "toy", 2, b"w");
    assert_eq!(current(models.path()), 1);
    let mut registry = Registry::open(models.path()).unwrap();
    registry.promote("toy", 2, &by("ana")).unwrap();
    registry.keep("toy", "fitting", now()).unwrap();
    assert_eq!(current(models.path()), 2);
    assert_eq!(registry.rollback("toy", &by("ana")).unwrap().to, 1);
    assert!(registry.rollback("toy", &by("ana")).is_err());
    let other = registry.answering("toy", 2).unwrap();
    assert_eq!(other.model("toy").unwrap().manifest.version, 2);
    assert_eq!(current(models.path()), 1);
}

#[test]
fn a_rollback_without_history_takes_the_next_lower_version_or_says_there_is_none() {
    let models = tempfile::tempdir().unwrap();
    write_version(models.path(), "toy", 1, b"w");
    write_version(models.path(), "toy", 4, b"w");
    let mut registry = Registry::open(models.path()).unwrap();
    assert_eq!(registry.rollback("toy", &by("ana")).unwrap().to, 1);
    let error = registry.rollback("toy", &by("ana")).unwrap_err();
    assert!(matches!(
        error,
        RegistryError::NothingEarlier { version: 1, .. }
    ));
}

#[test]
fn a_damaged_version_is_not_promoted() {
    let models = tempfile::tempdir().unwrap();
    write_version(models.path(), "toy", 1, b"w");
    write_version(models.path(), "toy", 2, b"w");
    fs::write(models.path().join("toy/1/weights.json"), b"x").unwrap();
    let mut registry = Registry::open(models.path()).unwrap();
    let damaged = registry.promote("toy", 1, &by("ana"));
    assert!(matches!(damaged, Err(RegistryError::DigestMismatch { .. })));
    let again = registry.promote("toy", 2, &by("ana"));
    assert!(matches!(again, Err(RegistryError::AlreadyCurrent { .. })));
    let unknown = registry.promote("toy", 9, &by("ana"));
    assert!(matches!(unknown, Err(RegistryError::UnknownVersion { .. })));
    assert_eq!(current(models.path()), 2);
}

#[test]
fn a_version_that_cannot_be_loaded_is_neither_promoted_nor_gone_back_to() {
    let models = tempfile::tempdir().unwrap();
    write_version(models.path(), "toy", 1, b"w");
    write_version(models.path(), "toy", 2, b"w");
    let load = |answering: &Registry| -> Result<(), LoadError> {
        match answering.model("toy")?.manifest.version {
            1 => Err("fitted on other features".into()),
            _ => Ok(()),
        }
    };
    let request = ChangeRequest {
        load: &load,
        ..by("ana")
    };
    let mut registry = Registry::open(models.path()).unwrap();
    let refused = [
        registry.promote("toy", 1, &request),
        registry.rollback("toy", &request),
    ];
    for refused in refused {
        assert_eq!(
            refused.unwrap_err().to_string(),
            "version 1 of `toy` cannot answer here, refused: fitted on other features"
        );
    }
    assert_eq!(current(models.path()), 2);
    assert!(!models.path().join("toy/current").exists());
}

#[test]
fn a_version_no_better_than_its_baseline_is_promoted_only_with_a_reason_that_is_kept() {
    let models = tempfile::tempdir().unwrap();
    for version in 1..=3 {
        write_version(models.path(), "toy", version, b"w");
    }
    let path = models.path().join("toy/1/manifest.toml");
    let baseline =
        "[baseline]\nname = \"a share\"\nfigure = \"brier\"\nours = 0.231\ntheirs = 0.224\n";
    let manifest = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{manifest}{baseline}")).unwrap();
    let mut registry = Registry::open(models.path()).unwrap();
    let needless = ChangeRequest {
        although: Some("nobody asked"),
        ..by("ana")
    };
    registry.promote("toy", 2, &needless).unwrap();
    let refused = registry.promote("toy", 1, &by("ana")).unwrap_err();
    assert!(matches!(refused, RegistryError::NoBetter { .. }));
    let said = refused.to_string();
    assert!(
        said.contains("no better than a share (brier .231, .224)"),
        "{said}"
    );
    assert_eq!(current(models.path()), 2);
    let request = ChangeRequest {
        although: Some("it says why"),
        ..by("ana")
    };
    registry.promote("toy", 1, &request).unwrap();
    let again = registry.promote("toy", 1, &by("ana"));
    assert!(matches!(again, Err(RegistryError::AlreadyCurrent { .. })));
    // The first line is as files were before there were reasons.
    let lines = fs::read_to_string(models.path().join("toy/current")).unwrap();
    assert!(
        !lines.lines().next().unwrap().contains("although"),
        "{lines}"
    );
    let registry = Registry::open(models.path()).unwrap();
    let reasons = registry.changes("toy").unwrap().iter();
    let reasons: Vec<Option<&str>> = reasons.map(|change| change.although.as_deref()).collect();
    assert_eq!(reasons, [None, Some("it says why")]);
}

#[test]
fn of_changes_at_once_none_is_lost() {
    let models = tempfile::tempdir().unwrap();
    for version in 1..=9 {
        write_version(models.path(), "toy", version, b"w");
    }
    // All are opened before any of them changes what answers.
    let registries: Vec<Registry> = (1..=8)
        .map(|_| Registry::open(models.path()).unwrap())
        .collect();
    std::thread::scope(|scope| {
        for (version, mut registry) in (1..).zip(registries) {
            scope.spawn(move || registry.promote("toy", version, &by("ana")).unwrap());
        }
    });
    let mut registry = Registry::open(models.path()).unwrap();
    let changes = registry.changes("toy").unwrap();
    assert_eq!(changes.len(), 8);
    assert_eq!(changes[0].from, 9);
    assert!(changes.windows(2).all(|pair| pair[0].to == pair[1].from));
    let answering = changes[7].to;
    let again = registry.promote("toy", answering, &by("ben"));
    assert!(matches!(again, Err(RegistryError::AlreadyCurrent { .. })));
}

#[test]
fn what_a_process_that_died_left_beside_the_pointer_goes_with_the_next_change() {
    let models = tempfile::tempdir().unwrap();
    write_version(models.path(), "toy", 1, b"w");
    write_version(models.path(), "toy", 2, b"w");
    let beside = |name: &str| models.path().join("toy").join(name);
    for name in [".current.77", ".current.mine"] {
        fs::write(beside(name), "half").unwrap();
    }
    let mut registry = Registry::open(models.path()).unwrap();
    registry.promote("toy", 1, &by("ana")).unwrap();
    assert!(!beside(".current.77").exists());
    assert!(beside(".current.mine").exists() && beside(".current.lock").exists());
    assert_eq!(current(models.path()), 1);
}

#[test]
fn a_version_that_is_still_being_written_is_none() {
    let models = tempfile::tempdir().unwrap();
    write_version(models.path(), "toy", 1, b"w");
    fs::create_dir(models.path().join("toy/.2.new-77")).unwrap();
    let registry = Registry::open(models.path()).unwrap();
    let versions = registry.all().map(|(model, _)| model.manifest.version);
    assert_eq!(versions.collect::<Vec<_>>(), [1]);
}

#[test]
fn a_damaged_pointer_is_named_with_its_line() {
    let models = tempfile::tempdir().unwrap();
    write_version(models.path(), "toy", 1, b"w");
    fs::write(models.path().join("toy/current"), "\n{\"to\": 1}\n").unwrap();
    let error = Registry::open(models.path()).unwrap_err().to_string();
    assert!(error.contains("toy/current: line 2"), "{error}");
}
