//! The layering rules of docs/ARCHITECTURE.md, held against the source itself.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut open = vec![Path::new(ROOT).join(folder)];
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn relative(path: &Path) -> String {
    path.strip_prefix(ROOT)
        .unwrap()
        .to_string_lossy()
        .replace('\\', "/")
}

/// Source lines that are code: comments and documentation do not count.
fn code_lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with("//"))
        .map(str::to_owned)
        .collect()
}

/// Files of `folder` outside `allowed` in which a line names `word`.
fn strays(folder: &str, word: &str, allowed: &[&str]) -> Vec<String> {
    rust_files(folder)
        .iter()
        .map(|path| (relative(path), path))
        .filter(|(name, _)| !allowed.iter().any(|prefix| name.starts_with(prefix)))
        .filter(|(_, path)| code_lines(path).iter().any(|line| line.contains(word)))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn axum_stays_in_http_web_and_startup() {
    let allowed = ["src/http/", "src/web/", "src/startup.rs"];
    assert_eq!(strays("src", "axum::", &allowed), Vec::<String>::new());
}

#[test]
fn sql_stays_in_the_store() {
    assert_eq!(
        strays("src", "sqlx::", &["src/store/"]),
        Vec::<String>::new()
    );
}

#[test]
fn cases_and_learners_are_synchronous() {
    for folder in ["src/cases", "src/learn"] {
        for word in [
            "async ",
            ".await",
            "tokio::",
            "axum::",
            "sqlx::",
            "crate::http",
            "crate::store",
        ] {
            assert_eq!(
                strays(folder, word, &[]),
                Vec::<String>::new(),
                "{word} in {folder}"
            );
        }
    }
}

#[test]
fn the_contract_and_the_records_know_no_service() {
    for folder in ["src/advice", "src/domain", "src/documents"] {
        for word in [
            "axum::",
            "sqlx::",
            "crate::http",
            "crate::store",
            "crate::web",
        ] {
            assert_eq!(
                strays(folder, word, &[]),
                Vec::<String>::new(),
                "{word} in {folder}"
            );
        }
    }
}

#[test]
fn the_root_library_depends_on_no_other_member() {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    let own = manifest.split("\n[dependencies]").nth(1).unwrap();
    let own = own.split("\n[dev-dependencies]").next().unwrap();
    for member in [
        "scrutineer-datasets",
        "scrutineer-fitting",
        "scrutineer-training",
        "scrutineer-eval",
    ] {
        assert!(!own.contains(member), "the service depends on {member}");
    }
}

#[test]
fn what_is_not_built_for_tests_holds_none() {
    for member in [".", "datasets", "fitting", "training", "eval"] {
        let manifest = Path::new(ROOT).join(member).join("Cargo.toml");
        let manifest: toml::Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
        if manifest["lib"]["doctest"] == toml::Value::Boolean(false) {
            for path in rust_files(&format!("{member}/src")) {
                let text = fs::read_to_string(&path).unwrap();
                let mut lines = text.lines().map(str::trim_start);
                let has_code =
                    lines.any(|line| line.starts_with("/// ```") || line.starts_with("//! ```"));
                assert!(
                    !has_code,
                    "{} has code in its documentation",
                    path.display()
                );
            }
        }
        let programs = manifest.get("bin").and_then(toml::Value::as_array);
        for program in programs.into_iter().flatten() {
            let path = Path::new(ROOT)
                .join(member)
                .join(program["path"].as_str().unwrap());
            let lines = code_lines(&path);
            let has_tests = lines.iter().any(|line| {
                line.contains("test]") || line.contains("(test)") || line.starts_with("mod ")
            });
            assert!(
                !has_tests,
                "{} has tests, or modules that may",
                path.display()
            );
        }
    }
}

#[test]
fn source_files_stay_below_five_hundred_lines() {
    let long: Vec<String> = [
        "src",
        "datasets/src",
        "fitting/src",
        "training/src",
        "eval/src",
        "tests",
    ]
    .iter()
    .flat_map(|folder| rust_files(folder))
    .map(|path| {
        (
            relative(&path),
            fs::read_to_string(&path).unwrap().lines().count(),
        )
    })
    .filter(|(_, lines)| *lines > 500)
    .map(|(name, lines)| format!("{name}: {lines}"))
    .collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn every_dependency_has_its_line_in_the_architecture() {
    let text = fs::read_to_string(Path::new(ROOT).join("docs/ARCHITECTURE.md")).unwrap();
    for member in [
        "Cargo.toml",
        "datasets/Cargo.toml",
        "fitting/Cargo.toml",
        "training/Cargo.toml",
        "eval/Cargo.toml",
    ] {
        let manifest: toml::Table = fs::read_to_string(Path::new(ROOT).join(member))
            .unwrap()
            .parse()
            .unwrap();
        for section in ["dependencies", "dev-dependencies"] {
            let Some(table) = manifest.get(section).and_then(toml::Value::as_table) else {
                continue;
            };
            for name in table
                .keys()
                .filter(|name| !name.starts_with("scrutineer") && !name.starts_with("unify-"))
            {
                assert!(
                    text.contains(&format!("`{name}`")),
                    "{member}: `{name}` is not explained"
                );
            }
        }
    }
}

#[test]
fn the_image_is_built_from_all_that_the_workspace_names() {
    let dockerfile = fs::read_to_string(Path::new(ROOT).join("Dockerfile")).unwrap();
    let stage = dockerfile.split("\nFROM ").nth(1).unwrap();
    let context = tempfile::tempdir().unwrap();
    let copied = stage.lines().filter_map(|line| line.strip_prefix("COPY "));
    for name in copied.flat_map(|names| names.split(' ').rev().skip(1).collect::<Vec<_>>()) {
        let to = context.path().join(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        let from = Path::new(ROOT).join(name);
        let status = std::process::Command::new("cp")
            .arg("-r")
            .args([from, to])
            .status();
        assert!(status.unwrap().success());
    }
    // Names every target without building any. Of other systems' crates nothing need be here.
    let checked = std::process::Command::new(env!("CARGO"))
        .args(["fetch", "--locked", "--offline", "--target", "host-tuple"])
        .current_dir(context.path())
        .output()
        .unwrap();
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
}
