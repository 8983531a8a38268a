//! Sign-in sessions: a signed cookie that names a key, never the key itself.
//!
//! The cookie is a JSON Web Token (RFC 7519, HS256) under a secret of this data
//! folder, so that every replica on one folder knows it and a restart keeps it.
//! The key it names is looked up at every request: withdrawn means signed out.

use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::domain::TenantId;

/// How long a session lasts.
pub(crate) const LIFETIME: Duration = Duration::hours(10);
const SECRET_BYTES: usize = 32;
const SECRET_FILE: &str = "session.key";

/// Why there are no sessions.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The secret cannot be read or written.
    #[error("session secret {path}: {source}")]
    Secret {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The secret's file holds something else.
    #[error("session secret {path}: not {SECRET_BYTES} bytes; remove the file to have a new one")]
    Length {
        /// The file.
        path: std::path::PathBuf,
    },
    /// The system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(String),
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Public part of the key.
    pub(crate) prefix: String,
    /// Whose data it sees.
    pub(crate) tenant: TenantId,
    /// Goes with every form.
    pub(crate) csrf: String,
    /// End, seconds since 1970.
    exp: i64,
}

impl Session {
    /// Whether a form's token is this session's, compared in constant time.
    pub(crate) fn accepts(&self, csrf: &str) -> bool {
        same(&self.csrf, csrf)
    }
}

/// Whether two tokens are one, compared in constant time; an empty one is none.
pub(crate) fn same(a: &str, b: &str) -> bool {
    !a.is_empty() && bool::from(a.as_bytes().ct_eq(b.as_bytes()))
}

/// Makes and reads session cookies.
pub(crate) struct Sessions {
    sign: EncodingKey,
    verify: DecodingKey,
}

impl Sessions {
    /// Reads the secret of the data folder, or makes it.
    ///
    /// # Errors
    /// [`SessionError`] naming the file.
    pub(crate) fn open(data_dir: &Path) -> Result<Self, SessionError> {
        let path = data_dir.join(SECRET_FILE);
        let secret = match std::fs::read(&path) {
            Ok(secret) => secret,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_secret(&path)?,
            Err(source) => return Err(SessionError::Secret { path, source }),
        };
        if secret.len() != SECRET_BYTES {
            return Err(SessionError::Length { path });
        }
        Ok(Self {
            sign: EncodingKey::from_secret(&secret),
            verify: DecodingKey::from_secret(&secret),
        })
    }

    /// A cookie value for a key that was just shown.
    ///
    /// # Errors
    /// [`SessionError::Random`] without random bytes or if signing fails.
    pub(crate) fn begin(
        &self,
        prefix: &str,
        tenant: &TenantId,
        now: DateTime<Utc>,
    ) -> Result<String, SessionError> {
        let session = Session {
            prefix: prefix.to_owned(),
            tenant: tenant.clone(),
            csrf: random_hex()?,
            exp: (now + LIFETIME).timestamp(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &session, &self.sign)
            .map_err(|error| SessionError::Random(error.to_string()))
    }

    /// The session of a cookie value; none if it is not ours or over.
    pub(crate) fn read(&self, cookie: &str, now: DateTime<Utc>) -> Option<Session> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        let session = jsonwebtoken::decode::<Session>(cookie, &self.verify, &rules)
            .ok()?
            .claims;
        (session.exp > now.timestamp()).then_some(session)
    }
}

/// Written aside and linked, so that two starts at once agree on one secret.
fn make_secret(path: &Path) -> Result<Vec<u8>, SessionError> {
    use std::io::Write as _;
    let fail = |source| SessionError::Secret {
        path: path.to_owned(),
        source,
    };
    let mut secret = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|error| SessionError::Random(error.to_string()))?;
    let aside = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside).map_err(fail)?;
    file.write_all(&secret).map_err(fail)?;
    file.sync_all().map_err(fail)?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside).map_err(fail)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(fail(error)),
        _ => std::fs::read(path).map_err(fail),
    }
}

/// 128 random bits in hexadecimal.
pub(crate) fn random_hex() -> Result<String, SessionError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| SessionError::Random(error.to_string()))?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn begin(sessions: &Sessions, now: DateTime<Utc>) -> String {
        sessions
            .begin("0a1b2c3d4e5f", &TenantId::default(), now)
            .unwrap()
    }

    #[test]
    fn a_session_is_read_until_it_is_over_and_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let now = Utc::now();
        let cookie = begin(&Sessions::open(folder.path()).unwrap(), now);
        let again = Sessions::open(folder.path()).unwrap();
        let session = again.read(&cookie, now).unwrap();
        assert_eq!(session.prefix, "0a1b2c3d4e5f");
        assert!(session.accepts(&session.csrf.clone()));
        assert!(!session.accepts("") && !session.accepts("00"));
        assert_eq!(again.read(&cookie, now + LIFETIME), None);
    }

    #[test]
    fn a_cookie_of_another_house_or_an_altered_one_is_none() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let now = Utc::now();
        let ours = Sessions::open(here.path()).unwrap();
        let cookie = begin(&Sessions::open(there.path()).unwrap(), now);
        assert_eq!(ours.read(&cookie, now), None);
        let mut altered = begin(&ours, now);
        altered.push('A');
        assert_eq!(ours.read(&altered, now), None);
        assert_eq!(ours.read("", now), None);
    }

    #[test]
    fn a_damaged_secret_is_refused_and_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SECRET_FILE), b"short").unwrap();
        let error = Sessions::open(folder.path()).err().unwrap().to_string();
        assert!(error.contains(SECRET_FILE), "{error}");
    }
}
