//! From which address a request comes.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::state::Pages;
use crate::config::Network;

/// The address of whoever asks; none where the connection has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) Option<IpAddr>);

impl FromRequestParts<Pages> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = connected.map(|ConnectInfo(address)| address.ip().to_canonical());
        Ok(Self(address.map(|address| {
            behind(address, &parts.headers, pages.trusted_proxies())
        })))
    }
}

/// The address that trusted proxies name, or that of the connection. Each proxy appends to
/// `X-Forwarded-For` whom it heard: from the right, the first that is no proxy of ours is
/// the client; what stands before it may be anybody's invention.
fn behind(connected: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_ours = |address| trusted.iter().any(|network| network.contains(address));
    let mut client = connected;
    let named = headers
        .get_all("x-forwarded-for")
        .iter()
        .rev()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.rsplit(','));
    for name in named {
        if !is_ours(client) {
            break;
        }
        match name.trim().parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_a_trusted_proxy_may_name_the_client() {
        let trusted: Vec<Network> = vec!["10.0.0.0/8".parse().unwrap()];
        for (connected, named, client) in [
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            // The client wrote the first itself.
            ("10.0.0.1", &["192.0.2.1, 198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                &["192.0.2.1", "198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["unknown"], "10.0.0.1"),
            ("10.0.0.1", &["2001:db8::1"], "2001:db8::1"),
        ] {
            let mut headers = HeaderMap::new();
            for value in named {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            let connected = connected.parse().unwrap();
            let found = behind(connected, &headers, &trusted);
            assert_eq!(found.to_string(), client, "{named:?}");
            assert_eq!(behind(connected, &headers, &[]), connected);
        }
    }
}
