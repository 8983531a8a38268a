//! What a model says of itself in `manifest.toml`.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The content of a `manifest.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Name, equal to the folder's: lower-case letters, digits and `_`.
    pub name: String,
    /// Version from 1 up, equal to the folder's.
    pub version: u32,
    /// Layout of the model's files; a loader refuses one it does not know.
    pub format_version: u32,
    /// One sentence on what it answers.
    pub description: String,
    /// SPDX identifier of the licence of the files.
    pub licence: String,
    /// Last day of the data it was fitted on.
    pub trained_until: NaiveDate,
    /// What it was fitted on, in words.
    pub data: String,
    /// Figures measured on data it was not fitted on, by name.
    #[serde(default)]
    pub metrics: BTreeMap<String, f64>,
    /// The best of the simple baselines measured beside it, where it was compared with any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<ManifestBaseline>,
    /// Every file that is loaded, with its digest.
    pub files: Vec<ManifestFile>,
    /// Where the files or their data came from, if from elsewhere.
    #[serde(default)]
    pub sources: Vec<ManifestSource>,
}

/// A simple baseline beside a model, by an error that both have: the smaller is the better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestBaseline {
    /// What the baseline does, in words.
    pub name: String,
    /// The error that both are compared by, such as `brier`.
    pub figure: String,
    /// The model's.
    pub ours: f64,
    /// The baseline's.
    pub theirs: f64,
}

impl ManifestBaseline {
    /// Whether the model's error is the smaller one.
    #[must_use]
    pub fn is_beaten(&self) -> bool {
        self.ours < self.theirs
    }
}

impl fmt::Display for ManifestBaseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [ours, theirs] = [self.ours, self.theirs].map(without_zero);
        write!(f, "{} ({} {ours}, {theirs})", self.name, self.figure)
    }
}

/// `.231` for 0.231.
fn without_zero(x: f64) -> String {
    let text = x.to_string();
    let digits = text.strip_prefix("0.").map(|digits| format!(".{digits}"));
    digits.unwrap_or(text)
}

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// File name within the version's folder.
    pub path: String,
    /// Lower-case hex SHA-256 of its bytes.
    pub sha256: String,
}

/// Something of others that a model is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestSource {
    /// What it is and where it can be had, with the version.
    pub name: String,
    /// SPDX identifier.
    pub licence: String,
    /// Lower-case hex SHA-256 of the bytes taken, where they were a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Manifest {
    /// Reads and checks the text of a manifest.
    ///
    /// # Errors
    /// A sentence that names the line or the field.
    pub fn parse(text: &str) -> Result<Self, String> {
        let manifest: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if !is_model_name(&manifest.name) {
            return Err(format!(
                "name: `{}` is not lower-case letters, digits and `_`",
                manifest.name
            ));
        }
        if manifest.version == 0 {
            return Err("version: starts at 1".to_owned());
        }
        for file in &manifest.files {
            if !is_file_name(&file.path) {
                return Err(format!("files.path: `{}` is not a file name", file.path));
            }
            if file.sha256.len() != 64 || !file.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(format!("files.sha256: `{}` is not SHA-256", file.sha256));
            }
        }
        Ok(manifest)
    }

    /// The baseline that this version does not beat, where it was compared with one.
    #[must_use]
    pub fn no_better(&self) -> Option<&ManifestBaseline> {
        let baseline = self.baseline.as_ref();
        baseline.filter(|baseline| !baseline.is_beaten())
    }
}

/// Lower-case hex SHA-256 of some bytes.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Whether a folder may hold a model of that name.
pub(super) fn is_model_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// Plain names only, so that no manifest reaches outside its folder.
fn is_file_name(path: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    !path.is_empty() && !path.starts_with('.') && path.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Manifest;

    fn text(name: &str, version: &str, path: &str, sha256: &str) -> String {
        format!(
            "name = \"{name}\"\nversion = {version}\nformat_version = 1\ndescription = \"d\"\n\
             licence = \"Apache-2.0\"\ntrained_until = \"2026-11-23\"\ndata = \"x\"\n\
             [[files]]\npath = \"{path}\"\nsha256 = \"{sha256}\"\n"
        )
    }

    #[test]
    fn a_good_manifest_survives_a_round_trip() {
        let digest = "0".repeat(64);
        let manifest =
            Manifest::parse(&text("invoice_type", "2", "weights.json", &digest)).unwrap();
        let again = Manifest::parse(&toml::to_string(&manifest).unwrap()).unwrap();
        assert_eq!(manifest, again);
    }

    #[test]
    fn a_version_is_better_only_below_its_baseline() {
        let digest = "0".repeat(64);
        let plain = text("billing", "1", "w", &digest);
        let compared = |ours: &str| {
            let baseline = format!(
                "[baseline]\nname = \"the firm's past share\"\nfigure = \"brier\"\n\
                 ours = {ours}\ntheirs = 0.224\n"
            );
            Manifest::parse(&format!("{plain}{baseline}")).unwrap()
        };
        assert_eq!(Manifest::parse(&plain).unwrap().no_better(), None);
        assert_eq!(compared("0.2239").no_better(), None);
        for ours in ["0.224", "nan"] {
            assert!(compared(ours).no_better().is_some(), "{ours}");
        }
        let worse = compared("0.231");
        let said = worse.no_better().unwrap().to_string();
        assert_eq!(said, "the firm's past share (brier .231, .224)");
        let again = Manifest::parse(&toml::to_string(&worse).unwrap()).unwrap();
        assert_eq!(worse, again);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let digest = "0".repeat(64);
        for (bad, field) in [
            (text("Invoice", "1", "w", &digest), "name"),
            (text("invoice", "0", "w", &digest), "version"),
            (text("invoice", "1", "../w", &digest), "files.path"),
            (text("invoice", "1", "w", "12"), "files.sha256"),
            ("name = 1".to_owned(), "name"),
        ] {
            let reason = Manifest::parse(&bad).unwrap_err();
            assert!(reason.contains(field), "{reason}");
        }
    }
}
