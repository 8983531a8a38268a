//! Chromium under chromedriver, each test with a browser of its own.
#![allow(clippy::print_stderr)]

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use unify_hyper_util::client::legacy::connect::HttpConnector;

/// A browser and the process that drives it; both end with it.
pub(super) struct Browser {
    pub(super) client: Client,
    driver: Driver,
    _profile: TempDir,
}

struct Driver {
    process: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked to end it ends its browser too; killed it would leave that behind.
        let id = self.process.id().to_string();
        let _ = Command::new("kill").arg(id).status();
        for _ in 0..50 {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A new browser; `None`, said plainly, where chromedriver is not installed.
pub(super) async fn browser() -> Option<Browser> {
    let found = Command::new("chromedriver")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if found.is_err() {
        assert!(
            std::env::var_os("CI").is_none(),
            "chromedriver is not installed: `make setup` installs it"
        );
        eprintln!("chromedriver is not installed: the browser tests were left out");
        return None;
    }
    Some(Browser::start().await)
}

impl Browser {
    async fn start() -> Self {
        let port = free_port();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let driver = Driver { process, port };
        let profile = tempfile::tempdir().unwrap();
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {"args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--force-device-scale-factor=1", "--window-size=1440,900",
                format!("--user-data-dir={}", profile.path().display()),
            ]},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let capabilities = capabilities.as_object().unwrap().clone();
        let address = format!("http://127.0.0.1:{port}");
        let mut tries = 0;
        let client = loop {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            match builder
                .capabilities(capabilities.clone())
                .connect(&address)
                .await
            {
                Ok(client) => break client,
                Err(error) if tries == 100 => panic!("no browser: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
            tries += 1;
        };
        Self {
            client,
            driver,
            _profile: profile,
        }
    }

    /// Opens an address and waits until it is loaded.
    pub(super) async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// The first element that a CSS selector names, once it is there.
    pub(super) async fn find(&self, css: &str) -> fantoccini::elements::Element {
        let found = self.client.wait().at_most(Duration::from_secs(20));
        match found.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no `{css}`: {error}\n{}", self.text().await),
        }
    }

    /// Whether a CSS selector names anything now.
    pub(super) async fn has(&self, css: &str) -> bool {
        !self
            .client
            .find_all(Locator::Css(css))
            .await
            .unwrap()
            .is_empty()
    }

    /// What the page reads.
    pub(super) async fn text(&self) -> String {
        let script = "return document.body.innerText";
        let text = self.client.execute(script, Vec::new()).await.unwrap();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page reads this.
    pub(super) async fn wait_for_text(&self, wanted: &str) {
        for _ in 0..100 {
            if self.text().await.contains(wanted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("`{wanted}` did not appear in:\n{}", self.text().await);
    }

    /// What a script returns.
    pub(super) async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Strikes keys one after the other, wherever the focus is.
    pub(super) async fn press(&self, keys: &str) {
        let strokes = keys
            .chars()
            .fold(KeyActions::new("keys".to_owned()), |strokes, value| {
                strokes
                    .then(KeyAction::Down { value })
                    .then(KeyAction::Up { value })
            });
        self.client.perform_actions(strokes).await.unwrap();
    }

    /// Strikes a key that is no character.
    pub(super) async fn press_key(&self, key: Key) {
        self.press(&char::from(key).to_string()).await;
    }

    /// Types into the element that has the focus, as if pasted.
    pub(super) async fn paste(&self, text: &str) {
        let element = self.client.active_element().await.unwrap();
        element.send_keys(text).await.unwrap();
    }

    /// Makes the window as wide and high as a device's.
    pub(super) async fn resize(&self, width: u32, height: u32, mobile: bool) {
        let parameters =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        self.devtools("Emulation.setDeviceMetricsOverride", parameters)
            .await;
    }

    /// Light or dark, as the system would ask for.
    pub(super) async fn colours(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features}))
            .await;
    }

    /// How wide the page is, in pixels: more than its window if it scrolls sideways.
    pub(super) async fn page_width(&self) -> u64 {
        let script = "return document.documentElement.scrollWidth";
        self.script(script).await.as_u64().unwrap()
    }

    /// What the browser complained of since the last call: broken policies, scripts, loads.
    pub(super) async fn complaints(&self) -> Vec<String> {
        let entries = self.command("se/log", json!({"type": "browser"})).await;
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .map(|entry| entry["message"].to_string())
            .collect()
    }

    /// Writes what is to be seen, as PNG, if `SCRUTINEER_SCREENSHOTS` names a folder.
    pub(super) async fn screenshot(&self, name: &str) {
        let Some(folder) = std::env::var_os("SCRUTINEER_SCREENSHOTS") else {
            return;
        };
        // Only the window: a tour shows what one sees first.
        let png = self.client.screenshot().await.unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            std::path::Path::new(&folder).join(format!("{name}.png")),
            png,
        )
        .unwrap();
    }

    async fn devtools(&self, method: &str, parameters: Value) {
        self.command(
            "goog/cdp/execute",
            json!({"cmd": method, "params": parameters}),
        )
        .await;
    }

    /// A command of chromedriver's own, which the client does not know.
    async fn command(&self, path: &str, body: Value) -> Value {
        let session = self.client.session_id().await.unwrap().unwrap();
        let body = body.to_string();
        let port = self.driver.port;
        let request = format!(
            "POST /session/{session}/{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        // The driver keeps the connection open: what its head says is read, no more.
        let mut answer = Vec::new();
        let (head, start) = loop {
            if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
                break (
                    String::from_utf8_lossy(&answer[..end]).to_lowercase(),
                    end + 4,
                );
            }
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "no answer");
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .map_or(0, |length| length.trim().parse().unwrap());
        while answer.len() < start + length {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "no answer");
        }
        let body = std::str::from_utf8(&answer[start..start + length]).unwrap();
        assert!(head.starts_with("http/1.1 200"), "{head}\n{body}");
        let answer: Value = serde_json::from_str(body).unwrap();
        answer["value"].clone()
    }

    /// Ends the browser properly.
    pub(super) async fn close(self) {
        self.client.clone().close().await.unwrap();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
