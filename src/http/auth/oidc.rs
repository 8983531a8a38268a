//! Tokens of an identity provider: signed JWTs, checked against a JWKS file.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::Caller;
use crate::config;
use crate::domain::{Scope, TenantId};

/// Signatures that only the provider can make. Shared-secret ones (HS*) and `none`
/// are absent, so a token cannot be signed with a published key.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Clocks of provider and service may differ by this, in seconds.
const LEEWAY_SECONDS: u64 = 30;

/// The provider whose tokens are accepted.
#[derive(Debug)]
pub struct Oidc {
    issuer: String,
    audience: String,
    tenant_claim: String,
    file: PathBuf,
    keys: RwLock<Keys>,
}

#[derive(Debug)]
struct Keys {
    /// Time of change and length of the file they were read from.
    stamp: Option<(SystemTime, u64)>,
    set: JwkSet,
}

/// Why a token or the provider's keys are not accepted. For logs; callers are not told.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The file of keys cannot be read.
    #[error("{path}: {detail}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The token is not well formed, not signed by a known key, expired, or for somebody else.
    #[error(transparent)]
    Token(#[from] jsonwebtoken::errors::Error),
    /// Signed in a way that is not accepted.
    #[error("the algorithm {0:?} is not accepted")]
    Algorithm(Algorithm),
    /// No key of the file has the token's key id.
    #[error("no key fits")]
    UnknownKey,
    /// A claim is absent or not what it must be.
    #[error("the claim `{0}` is absent or not usable")]
    Claim(String),
}

impl Oidc {
    /// Reads the provider's keys; `None` if no provider is set.
    ///
    /// # Errors
    /// [`OidcError::File`] if the file cannot be read.
    pub fn open(config: &config::Oidc) -> Result<Option<Self>, OidcError> {
        let (Some(issuer), Some(audience), Some(file)) =
            (&config.issuer, &config.audience, &config.jwks_file)
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            issuer: issuer.clone(),
            audience: audience.clone(),
            tenant_claim: config.tenant_claim.clone(),
            file: file.clone(),
            keys: RwLock::new(read(file)?),
        }))
    }

    /// Whoever the token speaks for.
    ///
    /// # Errors
    /// [`OidcError`] if anything about it is not as it must be.
    pub fn caller(&self, token: &str) -> Result<Caller, OidcError> {
        let header = decode_header(token)?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(OidcError::Algorithm(header.alg));
        }
        let key = self.key(header.kid.as_deref())?;
        let mut validation = Validation::new(header.alg);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = decode::<Map<String, Value>>(token, &key, &validation)?.claims;
        self.caller_of(&claims)
    }

    fn caller_of(&self, claims: &Map<String, Value>) -> Result<Caller, OidcError> {
        let text = |name: &str| {
            claims
                .get(name)
                .and_then(Value::as_str)
                .ok_or_else(|| OidcError::Claim(name.to_owned()))
        };
        let tenant = TenantId::new(text(&self.tenant_claim)?)
            .map_err(|_| OidcError::Claim(self.tenant_claim.clone()))?;
        // A provider's scopes of its own (`openid`, `profile`) say nothing here.
        let scopes = text("scope")?
            .split_ascii_whitespace()
            .filter_map(|scope| scope.parse::<Scope>().ok())
            .collect();
        Ok(Caller {
            tenant,
            actor: text("sub")?.to_owned(),
            scopes,
        })
    }

    fn key(&self, id: Option<&str>) -> Result<DecodingKey, OidcError> {
        self.refresh();
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let jwk = match id {
            Some(id) => keys.set.find(id),
            None => match keys.set.keys.as_slice() {
                [only] => Some(only),
                _ => None,
            },
        };
        let jwk = jwk.ok_or(OidcError::UnknownKey)?;
        Ok(DecodingKey::from_jwk(jwk)?)
    }

    /// Reads the file again if it changed. A file that cannot be read leaves the
    /// known keys in force: a slip while rotating must not lock everybody out.
    fn refresh(&self) {
        let stamp = stamp(&self.file);
        let known = {
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            keys.stamp
        };
        if stamp.is_none() || stamp == known {
            return;
        }
        match read(&self.file) {
            Ok(keys) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
                tracing::info!("keys of the identity provider read again");
            }
            Err(error) => tracing::error!(%error, "keys of the identity provider not read"),
        }
    }
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let meta = std::fs::metadata(file).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

fn read(file: &Path) -> Result<Keys, OidcError> {
    let failed = |detail: String| OidcError::File {
        path: file.to_owned(),
        detail,
    };
    let stamp = stamp(file);
    let bytes = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    let mut set: JwkSet =
        serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))?;
    set.keys.retain(is_public);
    if set.keys.is_empty() {
        return Err(failed("holds no public key".to_owned()));
    }
    Ok(Keys { stamp, set })
}

fn is_public(jwk: &Jwk) -> bool {
    !matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_))
}
