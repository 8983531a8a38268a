//! Where the models are.

use std::path::{Path, PathBuf};

use super::error::RegistryError;

/// Environment variable that names the folder of models.
pub const MODELS_DIR_VARIABLE: &str = "SCRUTINEER_MODELS_DIR";

/// The folder of models: the setting if there is one, else the environment's
/// `SCRUTINEER_MODELS_DIR`, else `./models`, else `models` beside or above the
/// executable.
///
/// # Errors
/// [`RegistryError::NoModelsFolder`] with every place looked at. A place named
/// by the setting or the environment is the only one looked at.
pub fn locate(setting: Option<&Path>) -> Result<PathBuf, RegistryError> {
    let named = setting
        .map(Path::to_path_buf)
        .or_else(|| std::env::var_os(MODELS_DIR_VARIABLE).map(PathBuf::from));
    first_folder(match named {
        Some(path) => vec![path],
        None => usual_places(std::env::current_exe().ok().as_deref()),
    })
}

fn usual_places(executable: Option<&Path>) -> Vec<PathBuf> {
    let above = executable
        .into_iter()
        .flat_map(|path| path.ancestors().skip(1));
    std::iter::once(PathBuf::from("models"))
        .chain(above.map(|folder| folder.join("models")))
        .collect()
}

fn first_folder(places: Vec<PathBuf>) -> Result<PathBuf, RegistryError> {
    match places.iter().find(|path| path.is_dir()) {
        Some(found) => Ok(found.clone()),
        None => Err(RegistryError::NoModelsFolder { looked_at: places }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_folder_that_was_named_is_the_only_one_looked_at() {
        let error = locate(Some(Path::new("/nowhere/at/all"))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no folder of models; looked at /nowhere/at/all"
        );
    }

    #[test]
    fn models_above_the_executable_are_found() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("target/debug")).unwrap();
        std::fs::create_dir(root.path().join("models")).unwrap();
        let places = usual_places(Some(&root.path().join("target/debug/scrutineer")));
        assert_eq!(places[0], Path::new("models"));
        let found = first_folder(places[1..].to_vec()).unwrap();
        assert_eq!(found, root.path().join("models"));
    }
}
