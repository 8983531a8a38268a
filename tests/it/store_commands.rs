//! `import`, `keys` and `audit` as a person or a script calls them.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_scrutineer");

fn run(data_dir: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(BINARY)
        .args(arguments)
        .env("SCRUTINEER_DATA_DIR", data_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A child that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn texts(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    (code, text(&output.stdout), text(&output.stderr))
}

#[test]
fn import_names_file_line_and_member_and_ends_with_what_it_means() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("vendors.csv");
    std::fs::write(&file, "id,name,currency\nv1,A,EUR\nv2,B,eur\n").unwrap();
    let path = file.to_str().unwrap();

    let strict = run(&data, &["import", "vendor", path, "--strict", "--json"], "");
    let (code, out, _) = texts(&strict);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["landed"]), (1, &Value::Bool(false)));
    assert_eq!(report["problems"][0]["line"], 3);

    let (code, out, errors) = texts(&run(&data, &["import", "vendor", path], ""));
    assert_eq!(code, 1);
    assert_eq!(
        out,
        "vendor: 2 rows: 1 new, 0 changed, 0 known, 1 refused\n"
    );
    assert_eq!(
        errors,
        format!("{path}:3: `currency` is not an ISO 4217 currency code such as EUR\n")
    );
    let again = run(
        &data,
        &["import", "vendor", "-"],
        "{\"id\":\"v1\",\"name\":\"A\",\"currency\":\"EUR\"}",
    );
    let (code, out, _) = texts(&again);
    assert_eq!(
        (code, out.as_str()),
        (0, "vendor: 1 row: 0 new, 0 changed, 1 known, 0 refused\n")
    );

    for (arguments, expected) in [
        (["import", "vendr", path], 2),
        (["import", "vendor", "/nowhere.csv"], 1),
    ] {
        let (code, _, errors) = texts(&run(&data, &arguments, ""));
        assert_eq!(code, expected, "{errors}");
        assert!(
            errors.contains(if expected == 2 {
                "purchase_order"
            } else {
                "nowhere"
            }),
            "{errors}"
        );
    }
}

#[test]
fn every_command_works_on_the_store_that_the_settings_file_names() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("kept here");
    let settings = folder.path().join("settings.toml");
    std::fs::write(&settings, format!("data_dir = {data:?}\n")).unwrap();
    std::fs::write(folder.path().join("vendors.csv"), "id,name\nv1,A\n").unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(BINARY)
            .args(arguments)
            .arg("--config")
            .arg(&settings)
            .env_remove("SCRUTINEER_DATA_DIR")
            .env(
                "SCRUTINEER_MODELS_DIR",
                concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
            )
            .current_dir(folder.path())
            .output()
            .unwrap();
        texts(&output)
    };
    let (code, _, errors) = run(&["detectors"]);
    let nothing_yet = format!("there is no store in {}", data.display());
    assert!(code == 3 && errors.contains(&nothing_yet), "{errors}");
    for arguments in [
        &["import", "vendor", "vendors.csv"][..],
        &["keys", "create"],
        &["keys", "list"],
        &["worklist", "invoice_review"],
        &["worklist", "expenses"],
        &["detectors"],
        &[
            "erase", "record", "vendor", "v1", "--reason", "r", "--actor", "a", "--yes",
        ],
        &["audit", "verify"],
    ] {
        let (code, _, errors) = run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {errors}");
    }
    assert!(data.join("scrutineer.db").is_file());
    assert!(!folder.path().join("data").exists());
    let (code, out, _) = run(&["keys", "list", "--data-dir", "elsewhere"]);
    assert_eq!((code, out.as_str()), (0, ""), "what is said comes first");

    std::fs::write(&settings, "dta_dir = \"x\"\n").unwrap();
    let (code, _, errors) = run(&["keys", "list"]);
    assert!(code == 2 && errors.contains("dta_dir"), "{errors}");
}

#[test]
fn a_key_is_shown_once_and_withdrawn() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let create = [
        "keys",
        "create",
        "--scopes",
        "case:invoice read",
        "--label",
        "engine",
    ];
    let (code, token, _) = texts(&run(data, &create, ""));
    assert_eq!(code, 0);
    let token = token.trim();
    assert!(
        token.starts_with("scr_") && token.len() == 4 + 12 + 1 + 64,
        "{token}"
    );
    let prefix = &token[4..16];
    let (_, listed, _) = texts(&run(data, &["keys", "list"], ""));
    assert!(
        listed.contains(prefix) && listed.contains("works"),
        "{listed}"
    );
    assert!(!listed.contains(&token[17..]));
    let (code, ..) = texts(&run(data, &["keys", "revoke", prefix], ""));
    assert_eq!(code, 0);
    let (code, _, errors) = texts(&run(data, &["keys", "revoke", prefix], ""));
    assert_eq!(
        (code, errors.trim()),
        (2, "scrutineer: no such working key")
    );
    let (_, listed, _) = texts(&run(data, &["keys", "list", "--json"], ""));
    let key: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(key["scopes"], serde_json::json!(["read", "case:invoice"]));
    assert!(key["revoked_at"].is_string());
    for wrong in [["--scopes", "everything"], ["--days", "0"]] {
        let arguments = [&["keys", "create"][..], &wrong].concat();
        let (code, out, errors) = texts(&run(data, &arguments, ""));
        assert_eq!((code, out.as_str()), (2, ""), "{errors}");
    }
}

#[test]
fn audit_verify_says_by_its_code_whether_something_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let (code, _, errors) = texts(&run(data, &["audit", "verify"], ""));
    assert_eq!(code, 3, "{errors}");
    texts(&run(data, &["keys", "create"], ""));
    let (code, out, _) = texts(&run(data, &["audit", "verify"], ""));
    assert_eq!((code, out.as_str()), (0, "nothing was changed\n"));
    let head = format!("default:7:{}", "ab".repeat(32));
    let (code, out, _) = texts(&run(
        data,
        &["audit", "verify", "--head", &head, "--json"],
        "",
    ));
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 1);
    assert_eq!(report["faults"][0]["kind"], "tail_missing");
    // All chains are looked at, so that of one tenant cannot be asked for.
    let (code, _, errors) = texts(&run(data, &["audit", "verify", "--tenant", "a"], ""));
    assert_eq!(code, 2, "{errors}");
}

#[test]
fn erase_asks_or_is_told_yes_and_leaves_a_chain_that_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let target = ["erase", "record", "vendor", "v1"];
    let why = ["--reason", "request of 4 May", "--actor", "dpo"];
    let erase = |target: &[&str], how: &[&str]| {
        let arguments: Vec<&str> = target.iter().chain(how).copied().collect();
        texts(&run(&data, &arguments, ""))
    };
    let told = [&why[..], &["--yes", "--json"]].concat();
    let (code, _, errors) = erase(&target, &told);
    assert_eq!(code, 3, "{errors}");

    let row = "{\"id\":\"v1\",\"name\":\"Secret Supplies\"}";
    run(&data, &["import", "vendor", "-"], row);
    let (code, _, errors) = erase(&target, &why);
    assert_eq!(code, 2, "a script is not asked");
    assert!(errors.contains("--yes"), "{errors}");
    for missing in [&["--reason", "x", "--yes"], &["--actor", "x", "--yes"]] {
        assert_eq!(erase(&target, missing).0, 2, "{missing:?}");
    }

    let (code, out, errors) = erase(&target, &told);
    let erased: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &erased["record_versions"]), (0, &Value::from(1)));
    assert!(erased["decision_sha256"].is_string(), "{errors}");
    let (code, _, errors) = erase(&target, &told);
    assert_eq!(
        (code, errors.trim()),
        (2, "scrutineer: no such vendor"),
        "nothing is left to erase"
    );
    let nobody = ["erase", "person", "e1"];
    assert_eq!(
        erase(&nobody, &told).2.trim(),
        "scrutineer: no such employee"
    );
    let unknown = ["erase", "document", "01890000-0000-7000-8000-000000000000"];
    assert_eq!(
        erase(&unknown, &told).2.trim(),
        "scrutineer: no such document"
    );

    let (code, out, _) = texts(&run(&data, &["audit", "verify"], ""));
    assert_eq!(code, 0, "{out}");
    assert!(out.starts_with("default:1:"), "{out}");
    let kept = std::fs::read(data.join("scrutineer.db")).unwrap();
    let name = b"Secret Supplies";
    assert!(!kept.windows(name.len()).any(|part| part == name));
}
