//! `scrutineer health`: asks a running service whether it is ready.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::exit;

const TIMEOUT: Duration = Duration::from_secs(2);

/// Arguments of `health`.
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    /// Address the service listens on.
    #[arg(long, env = "SCRUTINEER_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// Exit code 0 if `/health/ready` answers 200, 1 otherwise.
pub(super) fn run(args: &HealthArgs) -> ExitCode {
    match ready(args.listen) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => exit::input("the service is running but not ready"),
        Err(error) => exit::input(&format!("{}: {error}", args.listen)),
    }
}

fn ready(listen: SocketAddr) -> std::io::Result<bool> {
    let mut address = listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    write!(
        stream,
        "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut head = [0_u8; 12];
    stream.read_exact(&mut head)?;
    Ok(&head == b"HTTP/1.1 200")
}
