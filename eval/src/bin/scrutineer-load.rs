//! Asks an endpoint over and over and says how fast it answers: for benchmarks, bounded.
//!
//! Each connection is kept alive and has a thread of its own, which sends the next request
//! when the answer to the last one is there, or, with `--rate`, when its turn comes; then
//! latencies are counted from that turn, so that a stall is not hidden by fewer requests.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::Parser;

/// Sends the lines of a file as request bodies to one address.
#[derive(Debug, Parser)]
struct Options {
    /// Host and port.
    #[arg(long)]
    address: String,
    /// Path of the requests.
    #[arg(long)]
    path: String,
    /// Bearer token, if one is needed.
    #[arg(long)]
    token: Option<String>,
    /// File of bodies, one a line; taken round and round.
    #[arg(long)]
    bodies: PathBuf,
    /// Connections.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    connections: u16,
    /// Seconds that are measured, after one of warming up.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=120))]
    seconds: u16,
    /// Requests a second over all connections; as many as are answered if not said.
    #[arg(long)]
    rate: Option<f64>,
}

const WARM_UP: Duration = Duration::from_secs(1);

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let text = std::fs::read_to_string(&options.bodies)
        .with_context(|| options.bodies.display().to_string())?;
    let bodies: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    ensure!(!bodies.is_empty(), "no body to send");
    let start = Instant::now();
    let measured = start + WARM_UP;
    let end = measured + Duration::from_secs(options.seconds.into());
    let next = AtomicUsize::new(0);
    let answers = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.connections)
            .map(|_| scope.spawn(|| work(&options, &bodies, &next, start, end)))
            .collect();
        let results = workers.into_iter().map(|worker| match worker.join() {
            Ok(result) => result,
            Err(_) => bail!("a connection broke down"),
        });
        results.collect::<anyhow::Result<Vec<_>>>()
    })?;
    let mut latencies: Vec<f64> = answers
        .iter()
        .flatten()
        .filter(|answer| answer.at >= measured)
        .map(|answer| answer.seconds)
        .collect();
    let failed = answers
        .iter()
        .flatten()
        .filter(|answer| !answer.good)
        .count();
    latencies.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (share * latencies.len() as f64) as usize;
        latencies
            .get(place.min(latencies.len().saturating_sub(1)))
            .copied()
    };
    let figures = serde_json::json!({
        "requests": latencies.len(),
        "failed": failed,
        "per_second": latencies.len() as f64 / f64::from(options.seconds),
        "p50_ms": at(0.5).map(|s| s * 1000.0),
        "p99_ms": at(0.99).map(|s| s * 1000.0),
        "slowest_ms": latencies.last().map(|s| s * 1000.0),
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}

struct Answered {
    at: Instant,
    seconds: f64,
    good: bool,
}

fn work(
    options: &Options,
    bodies: &[&str],
    next: &AtomicUsize,
    start: Instant,
    end: Instant,
) -> anyhow::Result<Vec<Answered>> {
    let stream = TcpStream::connect(&options.address).context(options.address.clone())?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    let token = options.token.as_ref().map_or_else(String::new, |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    let mut answers = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let asked = match options.rate {
            None => Instant::now(),
            Some(rate) => start + Duration::from_secs_f64(number as f64 / rate),
        };
        if asked >= end {
            return Ok(answers);
        }
        std::thread::sleep(asked.saturating_duration_since(Instant::now()));
        let body = bodies
            .get(number % bodies.len())
            .copied()
            .unwrap_or_default();
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\n{token}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            options.path,
            options.address,
            body.len()
        );
        writer.write_all(request.as_bytes())?;
        let good = read_answer(&mut reader)?;
        answers.push(Answered {
            at: asked,
            seconds: asked.elapsed().as_secs_f64(),
            good,
        });
    }
}

/// Reads one answer to its end and says whether it is a 200.
fn read_answer(reader: &mut BufReader<TcpStream>) -> anyhow::Result<bool> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let good = line.starts_with("HTTP/1.1 200");
    let mut length = 0;
    loop {
        line.clear();
        ensure!(
            reader.read_line(&mut line)? > 0,
            "the connection was closed"
        );
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(good)
}
