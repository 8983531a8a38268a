//! Reading and writing the two cookies.

use axum::http::{HeaderMap, HeaderValue, header};

/// Cookie of a session.
pub(crate) const SESSION: &str = "scrutineer_session";
/// Cookie of a visitor who is about to sign in; its value must come back in the form.
pub(crate) const VISITOR: &str = "scrutineer_visitor";

/// The value of a cookie, if the browser sent it.
pub(crate) fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// A cookie that scripts cannot read and other sites cannot send.
pub(crate) fn set(name: &str, value: &str, seconds: i64, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::try_from(format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}"
    ))
    .ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; scrutineer_session=x.y.z"),
        );
        headers.append(header::COOKIE, HeaderValue::from_static("b=2"));
        assert_eq!(get(&headers, SESSION), Some("x.y.z"));
        assert_eq!(get(&headers, "b"), Some("2"));
        assert_eq!(get(&headers, "session"), None);
    }

    #[test]
    fn only_plain_loopback_goes_without_secure() {
        let plain = set(SESSION, "v", 60, false).unwrap();
        assert_eq!(
            plain.to_str().unwrap(),
            "scrutineer_session=v; Path=/; HttpOnly; SameSite=Strict; Max-Age=60"
        );
        assert!(
            set(SESSION, "v", 60, true)
                .unwrap()
                .to_str()
                .unwrap()
                .ends_with("; Secure")
        );
    }
}
