//! Golden scores: inputs with the outputs a model must give, asserted on load.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::error::RegistryError;
use super::open::LoadedManifest;

const FILE: &str = "golden.json";

/// The content of a `golden.json`; `I` is the model's own input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Golden<I> {
    /// Largest difference allowed between a shipped and a computed output.
    pub tolerance: f64,
    /// The cases; at least one.
    pub cases: Vec<GoldenCase<I>>,
}

/// One input and the outputs it must give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldenCase<I> {
    /// Says what is special about it.
    pub name: String,
    /// The input.
    pub input: I,
    /// Outputs by name.
    pub expected: BTreeMap<String, f64>,
}

impl<I: DeserializeOwned> Golden<I> {
    /// Reads the golden file of a model, digest checked, and asserts every case.
    ///
    /// # Errors
    /// An unreadable file, one without cases, or the first output that does not agree.
    pub fn assert_on_load<E: std::fmt::Display>(
        model: &LoadedManifest,
        answer: impl FnMut(&I) -> Result<BTreeMap<String, f64>, E>,
    ) -> Result<(), RegistryError> {
        let path = model.dir.join(FILE);
        let golden: Self = serde_json::from_slice(&model.read(FILE)?)
            .map_err(|error| RegistryError::malformed(&path, error))?;
        golden.check(&path, answer)
    }

    /// Asserts every case; `path` is only named in errors.
    ///
    /// # Errors
    /// [`RegistryError::GoldenMismatch`], [`RegistryError::GoldenFailed`], or a file without cases.
    pub fn check<E: std::fmt::Display>(
        &self,
        path: &Path,
        mut answer: impl FnMut(&I) -> Result<BTreeMap<String, f64>, E>,
    ) -> Result<(), RegistryError> {
        if self.cases.iter().all(|case| case.expected.is_empty()) {
            return Err(RegistryError::malformed(path, "asserts nothing"));
        }
        for case in &self.cases {
            let outputs = answer(&case.input).map_err(|error| RegistryError::GoldenFailed {
                path: path.to_path_buf(),
                case: case.name.clone(),
                reason: error.to_string(),
            })?;
            for (output, expected) in &case.expected {
                let actual = outputs.get(output).copied().unwrap_or(f64::NAN);
                let agrees = (actual - expected).abs() <= self.tolerance;
                if !agrees {
                    return Err(RegistryError::GoldenMismatch {
                        path: path.to_path_buf(),
                        case: case.name.clone(),
                        output: output.clone(),
                        expected: *expected,
                        actual,
                        tolerance: self.tolerance,
                    });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn golden(expected: f64) -> Golden<f64> {
        Golden {
            tolerance: 1e-6,
            cases: vec![GoldenCase {
                name: "two".to_owned(),
                input: 2.0,
                expected: BTreeMap::from([("square".to_owned(), expected)]),
            }],
        }
    }

    fn square(x: &f64) -> Result<BTreeMap<String, f64>, String> {
        Ok(BTreeMap::from([("square".to_owned(), x * x)]))
    }

    #[test]
    fn agreement_passes_and_a_mismatch_names_case_and_output() {
        let path = Path::new("golden.json");
        golden(4.0).check(path, square).unwrap();
        let error = golden(4.1).check(path, square).unwrap_err().to_string();
        assert!(
            error.contains("`two`") && error.contains("`square`"),
            "{error}"
        );
        assert!(error.contains("refused"), "{error}");
    }

    #[test]
    fn an_absent_output_a_failure_and_an_empty_file_are_refused() {
        let path = Path::new("golden.json");
        let absent = golden(4.0).check(path, |_| Ok::<_, String>(BTreeMap::new()));
        assert!(matches!(absent, Err(RegistryError::GoldenMismatch { .. })));
        let failed = golden(4.0).check(path, |_| Err("no weights".to_owned()));
        assert!(failed.unwrap_err().to_string().contains("no weights"));
        let mut empty = golden(4.0);
        empty.cases.clear();
        assert!(matches!(
            empty.check(path, square),
            Err(RegistryError::Malformed { .. })
        ));
    }
}
