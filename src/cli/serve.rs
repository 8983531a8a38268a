//! `scrutineer serve`: answers over HTTP.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::exit;
use crate::config::Config;
use crate::startup::{App, StartError};
use crate::telemetry;

/// What threads may still take once nobody waits for them.
const LEAVE: Duration = Duration::from_secs(1);

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Settings file (TOML); every setting is also a variable `SCRUTINEER_*`
    #[arg(long, env = "SCRUTINEER_CONFIG")]
    config: Option<PathBuf>,
}

/// Serves until asked to stop (interrupt or terminate).
pub(super) fn run(args: &ServeArgs) -> ExitCode {
    let config = match Config::load(args.config.as_deref()) {
        Ok(config) => config,
        Err(error) => return exit::usage(&error.to_string()),
    };
    if let Err(error) = telemetry::init_logs(&config.log) {
        return exit::usage(&error.to_string());
    }
    telemetry::log_panics_by_place();
    for name in Config::unknown_variables() {
        tracing::warn!(name, "this variable names no setting");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return exit::environment(&error.to_string()),
    };
    let served = runtime.block_on(serve(config));
    // What is worked out ahead of questions is nobody's any more.
    runtime.shutdown_timeout(LEAVE);
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::environment(&error.to_string()),
    }
}

async fn serve(config: Config) -> Result<(), StartError> {
    let app = App::build(config).await?;
    let listener = app.listen().await?;
    if let Ok(address) = listener.local_addr() {
        // Scripts read this line; a closed standard output is no reason not to serve.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(
            out,
            "listening on http://{address} (description: http://{address}/docs)"
        );
        let _ = out.flush();
    }
    app.serve(listener, stop_signal()).await
}

async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
