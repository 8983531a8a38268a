#!/usr/bin/env python3
"""Times the collections endpoint beside FastAPI and LightGBM services on the same history: one that
gives and keeps as much (`whole.py`), and one that gives the least and keeps nothing (`serve.py`).

Makes a firm's receivables (seed fixed, mechanisms below), imports them, starts both services
in turn, each alone on the machine but for the load generator, and prints requests a second,
p99 at the highest rate and at half of it, memory, and the time of a batch. Says of every
target whether it is met; fails only where nothing could be measured."""

import argparse
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import bench_server

TODAY = datetime.date(2026, 6, 30)
READY_LIMIT_S = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="the scrutineer binary")
    parser.add_argument("--load", type=Path, required=True, help="the scrutineer-load binary")
    parser.add_argument("--peer", type=Path, help="python of the peer's environment")
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=40_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument(
        "--connections", type=int, default=64, help="kept-alive connections, of both alike"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scrutineer-bench-") as folder:
        work = Path(folder)
        history = work / "customer_invoice.ndjson"
        open_ids = make_history(history, options.invoices)
        bodies, batch = work / "bodies", work / "batch"
        moment = f"{TODAY}T00:00:00Z"
        asked = open_ids[:20_000]
        bodies.write_text("".join(json.dumps({"id": one, "as_of": moment}) + "\n" for one in asked))
        print(f"{'disk, 32 KiB written and synced':<40} {synced_write(work)}")
        repeated = [open_ids[at % len(open_ids)] for at in range(options.batch)]
        batch.write_text(
            "".join(json.dumps({"id": one, "as_of": moment}) + "\n" for one in repeated)
        )
        ours = bench_ours(options, work, history, bodies, batch)
        if options.peer:
            peer_bodies = work / "peer-bodies"
            peer_bodies.write_text("".join(json.dumps({"id": one}) + "\n" for one in asked))
            for name, module in (("peer, whole answer kept", "whole"), ("peer, least answer", "serve")):
                theirs = bench_peer(options, work, history, peer_bodies, name, module)
                ratio = ours["per_second"] / theirs["per_second"]
                said = verdict(ratio >= 10, "at least 10")
                print(f"{name + ': requests, ratio':<40} {ratio:.1f}  {said}")
                slower = ours["p99_ms"] <= theirs["p99_ms"]
                said = verdict(slower, "no worse than the peer")
                print(f"{name + ': p99, highest rate':<40} {said}")


def synced_write(work: Path) -> str:
    """How long the disk takes for what every commit waits for: an answer that comes while one commit
    runs waits for that and its own."""
    took = []
    file = os.open(work / "synced", os.O_CREAT | os.O_WRONLY)
    for _ in range(500):
        os.write(file, bytes(32 * 1024))
        started = time.perf_counter()
        os.fdatasync(file)
        took.append((time.perf_counter() - started) * 1000)
    os.close(file)
    took.sort()
    return f"p50 {took[250]:.2f} ms, p99 {took[495]:.2f} ms"


def verdict(met: bool, target: str) -> str:
    return f"target {target}: {'met' if met else 'MISSED'}"


def make_history(path: Path, count: int) -> list[str]:
    """Invoices of customers of very different size, who pay in runs on a weekday of their own,
    each late by a habit of its own; two versions of each paid one. Gives the open ones."""
    draw = random.Random(7)
    customers = max(count // 100, 20)
    sizes = [1.0 / (rank + 10) ** 0.7 for rank in range(customers)]
    habits = [(draw.gauss(2, 6), draw.uniform(1, 8), draw.randrange(5)) for _ in range(customers)]
    whose = draw.choices(range(customers), weights=sizes, k=count)
    still_open = []
    with path.open("w") as out:
        for number, customer in enumerate(whose):
            issued = TODAY - datetime.timedelta(days=int(draw.random() * 900))
            due = issued + datetime.timedelta(days=draw.choice((14, 30, 30, 45)))
            usual, spread, weekday = habits[customer]
            ready = due + datetime.timedelta(days=round(draw.gauss(usual, spread)))
            paid = ready + datetime.timedelta(days=(weekday - ready.weekday()) % 7)
            paid = max(paid, issued + datetime.timedelta(days=1))
            row = {
                "id": f"I{number}",
                "customer_id": f"C{customer}",
                "issued_on": str(issued),
                "due_on": str(due),
                "currency": "EUR",
                "total": f"{draw.lognormvariate(7, 1.2):.2f}",
                "known_at": f"{issued}T12:00:00Z",
            }
            out.write(json.dumps(row) + "\n")
            if paid < TODAY:
                after = paid + datetime.timedelta(days=1)
                row |= {"cleared_on": str(paid), "known_at": f"{after}T00:00:00Z"}
                out.write(json.dumps(row) + "\n")
            elif issued < TODAY:
                still_open.append(row["id"])
    draw.shuffle(still_open)
    return still_open


def bench_ours(options, work: Path, history: Path, bodies: Path, batch: Path) -> dict:
    program = options.program.resolve()
    settings = bench_server.environment(work)
    started = time.perf_counter()
    bench_server.run([program, "import", "customer_invoice", history], settings)
    print(f"{'import':<40} {time.perf_counter() - started:.1f} s for {options.invoices} invoices")
    with bench_server.serving(program, settings) as server:
        address, token = server.address, server.token
        first = bodies.read_text().splitlines()[0]
        started = time.perf_counter()
        ask(f"http://{address}/v1/collections/score", first, token)
        print(f"{'first answer, history read':<40} {time.perf_counter() - started:.1f} s")
        load = [options.load, "--address", address, "--path", "/v1/collections/score"]
        load += ["--token", token, "--bodies", bodies]
        figures = measure("ours", load, options, server.pid)
        met = figures["half"]["p99_ms"] <= 10
        print(f"{'p99 at half the highest rate':<40} {verdict(met, 'at most 10 ms')}")
        started = time.perf_counter()
        answer = ask(
            f"http://{address}/v1/collections/score-batch",
            batch.read_text(),
            token,
            "application/x-ndjson",
        )
        seconds = time.perf_counter() - started
        answered = answer.count(b'"recommendation_id"')
        if answered != options.batch:
            sys.exit(f"{answered} of {options.batch} were answered")
        met = seconds * 40_000 / options.batch <= 20
        print(
            f"{'batch':<40} {seconds:.1f} s for {options.batch} invoices  "
            f"{verdict(met, '40,000 in at most 20 s')}"
        )
        met = figures["memory_mb"] <= 800
        print(f"{'memory':<40} {figures['memory_mb']:.0f} MB  {verdict(met, 'at most 800 MB')}")
    started = time.perf_counter()
    bench_server.run([program, "score", "collections", "--input", batch, "--json"], settings)
    seconds = time.perf_counter() - started
    print(f"{'batch, start and history included':<40} {seconds:.1f} s for {options.batch} invoices")
    return figures


def bench_peer(options, work: Path, history: Path, bodies: Path, name: str, module: str) -> dict:
    environment = {
        **os.environ,
        "PEER_HISTORY": str(history),
        "PEER_TODAY": str(TODAY),
        "PEER_MODELS": str(work / "peer-models"),
    }
    folder = Path(__file__).resolve().parent.parent / "eval" / "peers" / "collections"
    # Not resolved: the link is what makes it the environment's.
    python = options.peer.absolute()
    bench_server.run([python, "-c", "import serve"], environment, cwd=folder)
    process = subprocess.Popen(
        [python, "-m", "uvicorn", f"{module}:app", "--host", "127.0.0.1", "--port", "18977",
         "--workers", "2", "--log-level", "error", "--no-access-log"],
        env=environment,
        cwd=folder,
    )
    try:
        deadline = time.monotonic() + READY_LIMIT_S
        first = bodies.read_text().splitlines()[0]
        while True:
            try:
                ask("http://127.0.0.1:18977/score", first, None)
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    sys.exit("the peer did not start")
                time.sleep(1)
        # Both workers have read their history.
        time.sleep(20)
        load = [options.load, "--address", "127.0.0.1:18977", "--path", "/score", "--bodies", bodies]
        return measure(name, load, options, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def measure(name: str, load: list, options, pid: int) -> dict:
    load = [*load, "--seconds", str(options.seconds), "--connections", str(options.connections)]
    most = json.loads(bench_server.run(load, None))
    half = json.loads(bench_server.run([*load, "--rate", str(most["per_second"] / 2)], None))
    for label, one in (("highest rate", most), ("half of it", half)):
        print(
            f"{name + ', ' + label:<40} {one['per_second']:.0f} a second, p50 {one['p50_ms']:.2f} ms, "
            f"p99 {one['p99_ms']:.2f} ms, failed {one['failed']}"
        )
    return {**most, "half": half, "memory_mb": bench_server.memory_mb(pid)}


def ask(url: str, body: str, token: str | None, kind: str = "application/json") -> bytes:
    headers = {"content-type": kind}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, body.encode(), headers)
    with urllib.request.urlopen(request, timeout=READY_LIMIT_S) as answer:
        return answer.read()


if __name__ == "__main__":
    main()
