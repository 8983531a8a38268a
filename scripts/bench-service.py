#!/usr/bin/env python3
"""Times the service on generated documents: start, e-invoices, memory.

Starts the given program several times on a fresh store that holds a demo firm's records,
until /health/ready answers. The last one takes e-invoices in XML and then PDFs over one
kept-alive connection on the loopback, each file once. The time inside the server is the
`duration_ms` of its own log: from the head of a request to the answer ready to be sent.
Says of every target whether it is met; fails only where nothing could be measured."""

import argparse
import http.client
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_TARGET_S = 3.0
XML_TARGET_MS = 10.0
MEMORY_TARGET_MB = 500
READY_LIMIT_S = 60
ROUTE = "/v1/documents"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="the scrutineer binary")
    parser.add_argument("--demo", type=Path, required=True, help="the scrutineer-demo binary")
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--xml", type=int, default=60, help="e-invoices timed, after 5 to warm up")
    parser.add_argument("--pdf", type=int, default=20, help="PDFs uploaded after them")
    options = parser.parse_args()
    program = options.program.resolve()
    with tempfile.TemporaryDirectory(prefix="scrutineer-bench-") as folder:
        work = Path(folder)
        firm, xml, pdf = make_documents(options, work)
        environment = {
            **os.environ,
            "SCRUTINEER_DATA_DIR": str(work / "data"),
            "SCRUTINEER_LISTEN": "127.0.0.1:0",
            "SCRUTINEER_LOG_FORMAT": "json",
        }
        for kind in ("vendor", "purchase_order", "vendor_invoice"):
            run([program, "import", kind, firm / f"{kind}.ndjson"], environment)
        made = run([program, "keys", "create", "--label", "bench", "--json"], environment)
        token = json.loads(made)["token"]

        starts = []
        for _ in range(options.starts - 1):
            with Server(program, environment, work / "log") as server:
                starts.append(server.ready_s)
        with Server(program, environment, work / "log") as server:
            starts.append(server.ready_s)
            print_target("start to ready", starts, "s", START_TARGET_S)
            at_start = server.memory_mb()
            client = Client(server.address, token)
            for path in xml[:5]:
                client.upload(path)
            seen = len(server.durations_ms())
            outside = [client.upload(path) for path in xml[5:]]
            inside = server.durations_ms()[seen:]
            if len(inside) != len(outside):
                sys.exit(f"{len(inside)} answers in the log for {len(outside)} uploads")
            print_target("XML upload, inside the server", inside, "ms", XML_TARGET_MS)
            print_figures("XML upload, seen by the client", outside, "ms")
            outside = [client.upload(path) for path in pdf]
            print_figures("PDF upload, inside the server", server.durations_ms()[-len(pdf) :], "ms")
            after, uploads = server.memory_mb(), len(xml) + len(pdf)
            print(
                f"{'resident memory at start':<32} {at_start:.0f} MB, after {uploads} uploads "
                f"{after:.0f} MB  {verdict(max(at_start, after), 'MB', MEMORY_TARGET_MB)}"
            )


def make_documents(options: argparse.Namespace, work: Path) -> tuple[Path, list[Path], list[Path]]:
    """Demo firms until there are enough e-invoices: the first firm's folder, XML and PDF files."""
    xml: list[Path] = []
    pdf: list[Path] = []
    for seed in range(1, 20):
        firm = work / f"firm-{seed}"
        run([options.demo.resolve(), "--out", firm, "--seed", str(seed)], None)
        xml += sorted((firm / "documents").glob("*.xml"))
        pdf += sorted((firm / "documents").glob("*.pdf"))
        if len(xml) >= options.xml + 5 and len(pdf) >= options.pdf:
            return work / "firm-1", xml[: options.xml + 5], pdf[: options.pdf]
    sys.exit(f"only {len(xml)} e-invoices and {len(pdf)} PDFs in 19 demo firms")


class Server:
    """A running server; `ready_s` is the time from its start to its first ready answer."""

    def __init__(self, program: Path, environment: dict[str, str], log: Path) -> None:
        self.log = log
        started = time.perf_counter()
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [program, "serve"], env=environment, stdout=subprocess.PIPE, stderr=errors
            )
        try:
            line = self.process.stdout.readline().decode()
            found = re.match(r"listening on http://([0-9.]+):(\d+)", line)
            if not found:
                sys.exit(f"the server did not start:\n{log.read_text()[-2000:]}")
            self.address = (found[1], int(found[2]))
            while not self.is_ready():
                if time.perf_counter() - started > READY_LIMIT_S:
                    sys.exit(f"not ready within {READY_LIMIT_S} s")
                time.sleep(0.005)
        except BaseException:
            self.stop()
            raise
        self.ready_s = time.perf_counter() - started

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection(*self.address, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def memory_mb(self) -> float:
        """Resident memory of the server's own process; its children read one file each and end."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024 / 1e6

    def durations_ms(self) -> list[float]:
        """Of every upload that the log says was answered, in order."""
        found = []
        for line in self.log.read_text().splitlines():
            if f'"{ROUTE}"' in line:
                entry = json.loads(line)
                if entry.get("message") == "answered" and entry.get("method") == "POST":
                    found.append(entry["duration_ms"])
        return found


class Client:
    """One kept-alive connection."""

    def __init__(self, address: tuple[str, int], token: str) -> None:
        self.connection = http.client.HTTPConnection(*address, timeout=60)
        self.token = token

    def upload(self, path: Path) -> float:
        """Milliseconds until the whole answer is here."""
        body = path.read_bytes()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/octet-stream",
        }
        started = time.perf_counter()
        self.connection.request("POST", ROUTE, body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        elapsed = (time.perf_counter() - started) * 1e3
        if response.status != 201:
            sys.exit(f"{path.name}: {response.status} {answer[:500].decode(errors='replace')}")
        return elapsed


def run(command: list[object], environment: dict[str, str] | None) -> str:
    done = subprocess.run([str(part) for part in command], env=environment, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout.decode()


def print_figures(name: str, values: list[float], unit: str, note: str = "") -> None:
    worst = sorted(values)[math.ceil(0.95 * len(values)) - 1]
    middle = statistics.median(values)
    print(f"{name:<32} median {middle:.3g} {unit}, p95 {worst:.3g} {unit} (n {len(values)}){note}")


def print_target(name: str, values: list[float], unit: str, target: float) -> None:
    print_figures(name, values, unit, f"  {verdict(statistics.median(values), unit, target)}")


def verdict(value: float, unit: str, target: float) -> str:
    return f"target {target:g} {unit}: {'met' if value <= target else 'MISSED'}"


if __name__ == "__main__":
    main()
