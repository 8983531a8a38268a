#![allow(clippy::unwrap_used)]

use std::io::Write as _;

use super::{Config, ConfigError, keys, unknown_among, variable};

fn load(toml: &str) -> Result<Config, ConfigError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(toml.as_bytes()).unwrap();
    Config::load(Some(file.path()))
}

#[test]
fn the_built_in_values_are_usable() {
    Config::default().check().unwrap();
}

#[test]
fn a_file_changes_what_it_names_and_nothing_else() {
    let config = load("data_dir = \"/tmp/x\"\n[limits]\nqueue = 7\n").unwrap();
    let mut expected = Config {
        data_dir: "/tmp/x".into(),
        ..Config::default()
    };
    expected.limits.queue = 7;
    assert_eq!(config, expected);
}

#[test]
fn a_wrong_type_names_the_key_and_the_file() {
    let message = load("[limits]\nqueue = \"many\"\n")
        .unwrap_err()
        .to_string();
    assert!(message.contains("`limits.queue`"), "{message}");
    assert!(message.contains("many"), "{message}");
}

#[test]
fn a_misspelt_key_is_named() {
    let message = load("[limits]\nqueu = 7\n").unwrap_err().to_string();
    assert!(message.contains("queu"), "{message}");
}

#[test]
fn an_absent_file_is_named() {
    let message = Config::load(Some("/nowhere/s.toml".as_ref()))
        .unwrap_err()
        .to_string();
    assert_eq!(message, "settings file /nowhere/s.toml: not found");
}

#[test]
fn values_that_cannot_work_are_refused_by_name() {
    for (toml, key) in [
        ("[limits]\nconcurrency = 0\n", "limits.concurrency"),
        ("[limits]\nparse_seconds = 600\n", "limits.parse_seconds"),
        (
            "[limits]\nparse_cpu_seconds = 0\n",
            "limits.parse_cpu_seconds",
        ),
        ("[limits]\nparse_pages = 0\n", "limits.parse_pages"),
        ("[limits]\npage_pixels = 0\n", "limits.page_pixels"),
        (
            "[collections]\ncontacts_a_day = 1001\n",
            "collections.contacts_a_day",
        ),
        ("[oidc]\nissuer = \"https://id.example\"\n", "oidc.audience"),
        ("[detectors]\noff = [\"sunday\"]\n", "detectors.off"),
        ("[log]\nfilter = \"=!=\"\n", "log.filter"),
    ] {
        let message = load(toml).unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("setting `{key}`")),
            "{message}"
        );
    }
}

#[test]
fn every_setting_has_its_own_variable() {
    let mut names: Vec<String> = keys().iter().map(|key| variable(key)).collect();
    assert!(names.contains(&"SCRUTINEER_LISTEN".to_owned()));
    assert!(names.contains(&"SCRUTINEER_DATA_DIR".to_owned()));
    assert!(names.contains(&"SCRUTINEER_LIMITS_BODY_BYTES".to_owned()));
    assert!(names.contains(&"SCRUTINEER_OIDC_JWKS_FILE".to_owned()));
    names.sort();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn the_example_names_every_setting_with_its_built_in_value() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/scrutineer.toml");
    assert_eq!(
        Config::load(Some(path.as_ref())).unwrap(),
        Config::default()
    );
    let mut section = String::new();
    let mut named = Vec::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
        } else if let Some((name, _)) = line.trim_start_matches("# ").split_once(" = ") {
            named.push(format!("{section}{name}"));
        }
    }
    named.sort();
    let mut keys = keys();
    keys.sort();
    assert_eq!(named, keys);
}

#[test]
fn the_variable_that_names_the_file_is_no_misspelt_setting() {
    let names = [
        "SCRUTINEER_CONFIG",
        "SCRUTINEER_LISTEN",
        "SCRUTINEER_LISTN",
        "HOME",
    ];
    let unknown = unknown_among(names.into_iter().map(str::to_owned));
    assert_eq!(unknown, ["SCRUTINEER_LISTN"]);
}
