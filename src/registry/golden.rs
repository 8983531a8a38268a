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
    pub expected: GoldenOutputs,
}

/// What a model gives for a case: outputs by name.
pub type GoldenOutputs = BTreeMap<String, f64>;

impl<I: DeserializeOwned> Golden<I> {
    /// Reads the golden file of a model, digest checked, and asserts every case.
    ///
    /// # Errors
    /// An unreadable file, one without cases, or the first output that does not agree.
    pub fn assert_on_load<E: std::fmt::Display>(
        model: &LoadedManifest,
        answer: impl FnMut(&I) -> Result<GoldenOutputs, E>,
    ) -> Result<(), RegistryError> {
        Self::read(model)?.check(&model.dir.join(FILE), answer)
    }

    /// As [`Self::assert_on_load`], of a model that is quicker with all cases at once;
    /// `answer` gives outputs in the order of its inputs.
    ///
    /// # Errors
    /// As for [`Self::assert_on_load`].
    pub fn assert_together_on_load<E: std::fmt::Display>(
        model: &LoadedManifest,
        answer: impl FnOnce(&[&I]) -> Result<Vec<GoldenOutputs>, E>,
    ) -> Result<(), RegistryError> {
        let path = model.dir.join(FILE);
        let golden = Self::read(model)?;
        golden.require_cases(&path)?;
        let inputs: Vec<&I> = golden.cases.iter().map(|case| &case.input).collect();
        let outputs = answer(&inputs).map_err(|error| {
            let names: Vec<&str> = golden.cases.iter().map(|case| case.name.as_str()).collect();
            failed(&path, &names.join("`, `"), &error)
        })?;
        let mut outputs = outputs.into_iter();
        golden
            .cases
            .iter()
            .try_for_each(|case| golden.compare(&path, case, &outputs.next().unwrap_or_default()))
    }

    fn read(model: &LoadedManifest) -> Result<Self, RegistryError> {
        serde_json::from_slice(&model.read(FILE)?)
            .map_err(|error| RegistryError::malformed(model.dir.join(FILE), error))
    }

    /// Asserts every case; `path` is only named in errors.
    ///
    /// # Errors
    /// [`RegistryError::GoldenMismatch`], [`RegistryError::GoldenFailed`], or a file without cases.
    pub fn check<E: std::fmt::Display>(
        &self,
        path: &Path,
        mut answer: impl FnMut(&I) -> Result<GoldenOutputs, E>,
    ) -> Result<(), RegistryError> {
        self.require_cases(path)?;
        for case in &self.cases {
            let outputs = answer(&case.input).map_err(|error| failed(path, &case.name, &error))?;
            self.compare(path, case, &outputs)?;
        }
        Ok(())
    }

    fn require_cases(&self, path: &Path) -> Result<(), RegistryError> {
        if self.cases.iter().all(|case| case.expected.is_empty()) {
            return Err(RegistryError::malformed(path, "asserts nothing"));
        }
        Ok(())
    }

    fn compare(
        &self,
        path: &Path,
        case: &GoldenCase<I>,
        outputs: &GoldenOutputs,
    ) -> Result<(), RegistryError> {
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
        Ok(())
    }
}

fn failed(path: &Path, case: &str, error: &impl std::fmt::Display) -> RegistryError {
    RegistryError::GoldenFailed {
        path: path.to_path_buf(),
        case: case.to_owned(),
        reason: error.to_string(),
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
