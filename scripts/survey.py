#!/usr/bin/env python3
"""Feeds damaged, odd and hostile files to a really running server.

Usage: scripts/survey.py [--program P] [--out TABLE.tsv] [FOLDER...]

Sends every PDF below the folders and every document of survey_files.py, several at
a time; meanwhile another thread asks whether the server is ready and uploads small
good e-invoices. Says what was answered, how long it took, and what the server and
its largest worker used. Exit status 1 if an answer was 5xx (a 503 that sends away is
counted apart), took more than 10 s, a good file was misread or the server died.
"""

import argparse
import collections
import concurrent.futures
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import survey_files

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS = 10


class Server:
    """The server on a port of the system's choice, with an empty store."""

    def __init__(self, program, folder):
        settings = {
            "SCRUTINEER_MODELS_DIR": str(ROOT / "models"),
            "SCRUTINEER_DATA_DIR": f"{folder}/data",
            "SCRUTINEER_LISTEN": "127.0.0.1:0",
            "SCRUTINEER_LIMITS_REQUESTS_PER_MINUTE": "1000000",
            "SCRUTINEER_LIMITS_REQUEST_BURST": "100000",
        }
        environment = {**os.environ, **settings}
        made = subprocess.check_output([program, "keys", "create", "--label", "survey", "--json"], env=environment)
        self.key = json.loads(made)["token"]
        self.log = open(f"{folder}/log", "wb")
        self.process = subprocess.Popen(
            [program, "serve"], env=environment, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        self.address = self.process.stdout.readline().split("http://")[1].split()[0].strip("/")

    def ask(self, method, path, body=None, kind="application/octet-stream"):
        """The status and the JSON of an answer; status 0 when there was none."""
        connection = http.client.HTTPConnection(self.address, timeout=90)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        try:
            try:
                connection.request(method, path, body, headers)
            except (BrokenPipeError, ConnectionResetError):
                pass  # A body that is too long is answered before it is sent to its end.
            answer = connection.getresponse()
            data = answer.read()
            return answer.status, json.loads(data) if data[:1] in b"{[" else {}
        except (OSError, http.client.HTTPException) as error:
            return 0, {"code": type(error).__name__}
        finally:
            connection.close()

    def upload(self, body):
        """As `ask`; a job is waited for and its document fetched."""
        status, answer = self.ask("POST", "/v1/documents", body)
        while status == 202 or (status == 200 and answer.get("state") in ("queued", "running")):
            time.sleep(0.05)
            status, answer = self.ask("GET", f"/v1/jobs/{answer['id']}")
        if answer.get("state") == "done":
            status, answer = self.ask("GET", f"/v1/documents/{answer['document_id']}")
        return status, answer


def peak_kib(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def worker_kib(pid):
    """Nothing before the child has become a worker: until then it shows its parent's figure."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return 0
    return peak_kib(pid) if b"worker" in command else 0


class Watch(threading.Thread):
    """Asks for health, uploads small good files and looks at memory until stopped."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.stop = threading.Event()
        self.ready, self.small, self.faults = [], [], []
        self.worker_kib = 0

    def run(self):
        threading.Thread(target=self.memory, daemon=True).start()
        count = 0
        while not self.stop.is_set():
            begun = time.monotonic()
            status, _ = self.server.ask("GET", "/health/ready")
            self.ready.append(time.monotonic() - begun)
            if status != 200:
                self.faults.append(f"/health/ready answered {status}")
            count += 1
            number = f"W-{count}"
            begun = time.monotonic()
            status, answer = self.server.upload(survey_files.ubl(number).encode())
            self.small.append(time.monotonic() - begun)
            read = ((answer.get("analysis") or {}).get("fields") or {}).get("number", {}).get("value")
            if (status, read) != (201, number):
                problems = (answer.get("analysis") or {}).get("problems")
                self.faults.append(f"a small good file was answered {status} {read} {problems}")
            time.sleep(0.2)

    def memory(self):
        pid = self.server.process.pid
        while not self.stop.is_set():
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    children = task.read_text().split()
                except OSError:
                    continue
                self.worker_kib = max([self.worker_kib, *map(worker_kib, children)])
            time.sleep(0.02)


def documents(folders):
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix.lower() == ".pdf" and path.is_file():
                yield path.name, path.read_bytes()
    yield from survey_files.documents()


def outcome(server, name, body):
    begun = time.monotonic()
    status, answer = server.upload(body)
    seconds = time.monotonic() - begun
    analysis = answer.get("analysis") or {}
    problem = answer.get("problem") if isinstance(answer.get("problem"), dict) else answer
    codes = [found["code"] for found in analysis.get("problems", [])] or [problem.get("code")]
    read = {name: field["value"] for name, field in analysis.get("fields", {}).items()}
    said = [found["text"] for found in analysis.get("problems", [])] or [problem.get("detail")]
    return name, len(body), status, seconds, sorted({str(code) for code in codes}), read, said


def sixteen(server):
    """Sixteen uploads of 5 MB at once: statuses, seconds, and the server's peak memory."""
    bodies = [survey_files.five_megabytes(number) for number in range(16)]
    # Forgets the peak so far (proc(5)).
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(bodies)) as pool:
        statuses = collections.Counter(status for status, _ in pool.map(server.upload, bodies))
    return dict(statuses), time.monotonic() - begun, peak_kib(server.process.pid)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--program", default=str(ROOT / "target/debug/scrutineer"))
    arguments.add_argument("--at-once", type=int, default=6)
    arguments.add_argument("--out", help="one line for each file")
    arguments.add_argument("folders", nargs="*")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(given.program, folder)
        watch = Watch(server)
        watch.start()
        before = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(given.at_once) as pool:
            # Files are made as workers come free, so that few are in memory at once.
            room = threading.Semaphore(2 * given.at_once)
            waiting = []
            for name, body in documents(given.folders):
                room.acquire()
                future = pool.submit(outcome, server, name, body)
                future.add_done_callback(lambda _: room.release())
                waiting.append(future)
            rows = [future.result() for future in waiting]
        took = time.monotonic() - before
        watch.stop.set()
        watch.join()
        died = server.process.poll() is not None
        server_kib = peak_kib(server.process.pid)
        many = None if died else sixteen(server)
        server.process.terminate()
        server.process.wait(30)
        server.log.close()
        log = Path(f"{folder}/log").read_text(errors="replace")
    if given.out:
        with open(given.out, "w") as out:
            for name, size, status, seconds, codes, read, said in sorted(rows, key=lambda row: -row[3]):
                print(name, size, status, f"{seconds:.2f}", " ".join(codes), json.dumps(read)[:300], json.dumps(said)[:300], sep="\t", file=out)
    statuses = collections.Counter(row[2] for row in rows)
    slowest = max(rows, key=lambda row: row[3])
    faults = [f"{row[0]}: {row[2]}" for row in rows if row[2] >= 500 and row[2] != 503]
    faults += [f"{row[0]}: {row[3]:.1f} s" for row in rows if row[3] > MOST_SECONDS]
    faults += sorted(set(watch.faults)) + (["the server died"] if died else [])
    faults += [line[:300] for line in log.splitlines() if "panicked" in line]
    print(f"{len(rows)} files in {took:.0f} s; statuses {dict(statuses)}")
    print(f"slowest {slowest[3]:.2f} s: {slowest[0]}")
    for what, times in [("/health/ready", watch.ready), ("small good file", watch.small)]:
        print(f"{what}: {len(times)} times, median {sorted(times)[len(times) // 2]:.3f} s, slowest {max(times):.2f} s")
    print(f"peak memory: server {server_kib >> 10} MB, largest worker {watch.worker_kib >> 10} MB")
    if many:
        print(f"16 uploads of 5 MB at once: {many[0]} in {many[1]:.1f} s, server's peak {many[2] >> 10} MB")
    print("\n".join(faults) or "no fault")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
