#!/usr/bin/env python3
"""Times the collections endpoint beside FastAPI and LightGBM services on the same history: one that
gives and keeps as much (`whole.py`), and one that gives the least and keeps nothing (`serve.py`).

Makes a firm's receivables (seed fixed, mechanisms below), imports them, starts the services and asks
them in turn, round after round, so that a machine whose speed drifts harms none of them; the others
wait meanwhile. Prints requests a second and p99 at the highest rate and at half of it, the medians of the
rounds and the median of their ratios, memory, and the time of a batch. Says of every target whether it is
met; fails only where nothing could be measured."""

import argparse
import contextlib
import datetime
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import bench_server

TODAY = datetime.date(2026, 6, 30)
READY_LIMIT_S = 600
OURS = "ours"
PEERS = {"peer, whole answer kept": "whole", "peer, least answer": "serve"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="the scrutineer binary")
    parser.add_argument("--load", type=Path, required=True, help="the scrutineer-load binary")
    parser.add_argument("--peer", type=Path, help="python of the peer's environment")
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=40_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--connections", type=int, default=64, help="kept-alive connections, of all alike"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scrutineer-bench-") as folder:
        work = Path(folder)
        history = work / "customer_invoice.ndjson"
        open_ids = make_history(history, options.invoices)
        print(f"{'disk, 32 KiB written and synced':<40} {synced_write(work)}")
        moment = f"{TODAY}T00:00:00Z"
        asked = open_ids[:20_000]
        bodies = lines(work / "bodies", [{"id": one, "as_of": moment} for one in asked])
        peer_bodies = lines(work / "peer-bodies", [{"id": one} for one in asked])
        repeated = [open_ids[at % len(open_ids)] for at in range(options.batch)]
        batch = lines(work / "batch", [{"id": one, "as_of": moment} for one in repeated])
        program = options.program.resolve()
        settings = bench_server.environment(work)
        started = time.perf_counter()
        bench_server.run([program, "import", "customer_invoice", history], settings)
        seconds = time.perf_counter() - started
        print(f"{'import':<40} {seconds:.1f} s for {options.invoices} invoices")
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(bench_server.serving(program, settings))
            first_answer(server, bodies)
            loads = {OURS: [options.load, "--address", server.address, "--path",
                            "/v1/collections/score", "--token", server.token, "--bodies", bodies]}
            for port, (name, module) in enumerate(PEERS.items(), 18977) if options.peer else ():
                address = stack.enter_context(peer(options.peer, work, history, peer_bodies, module, port))
                loads[name] = [options.load, "--address", address, "--path", "/score", "--bodies", peer_bodies]
            compare(loads, options)
            bench_batch(server, batch, options)
            memory = bench_server.memory_mb(server.pid)
            print(f"{'memory':<40} {memory:.0f} MB  {verdict(memory <= 800, 'at most 800 MB')}")
        started = time.perf_counter()
        bench_server.run([program, "score", "collections", "--input", batch, "--json"], settings)
        seconds = time.perf_counter() - started
        print(f"{'batch, start and history included':<40} {seconds:.1f} s for {options.batch} invoices")


def lines(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


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


def first_answer(server: bench_server.Server, bodies: Path) -> None:
    first = bodies.read_text().splitlines()[0]
    started = time.perf_counter()
    ask(f"http://{server.address}/v1/collections/score", first, server.token)
    print(f"{'first answer, history read':<40} {time.perf_counter() - started:.1f} s")


def bench_batch(server: bench_server.Server, batch: Path, options: argparse.Namespace) -> None:
    started = time.perf_counter()
    answer = ask(
        f"http://{server.address}/v1/collections/score-batch",
        batch.read_text(),
        server.token,
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


@contextlib.contextmanager
def peer(
    python: Path, work: Path, history: Path, bodies: Path, module: str, port: int
) -> Iterator[str]:
    """A peer and its address, until the block ends."""
    environment = {
        **os.environ,
        "PEER_HISTORY": str(history),
        "PEER_TODAY": str(TODAY),
        "PEER_MODELS": str(work / "peer-models"),
    }
    folder = Path(__file__).resolve().parent.parent / "eval" / "peers" / "collections"
    # Not resolved: the link is what makes it the environment's.
    python = python.absolute()
    bench_server.run([python, "-c", "import serve"], environment, cwd=folder)
    address = f"127.0.0.1:{port}"
    process = subprocess.Popen(
        [python, "-m", "uvicorn", f"{module}:app", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "2", "--log-level", "error", "--no-access-log"],
        env=environment,
        cwd=folder,
    )
    try:
        deadline = time.monotonic() + READY_LIMIT_S
        first = bodies.read_text().splitlines()[0]
        while True:
            try:
                ask(f"http://{address}/score", first, None)
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    sys.exit("the peer did not start")
                time.sleep(1)
        # Both workers have read their history.
        time.sleep(20)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def compare(loads: dict[str, list], options: argparse.Namespace) -> None:
    """Asks all in turn, round after round, and says what the medians come to."""
    rounds: dict[str, list[tuple[dict, dict]]] = {name: [] for name in loads}
    for _ in range(options.rounds):
        for name, load in loads.items():
            rounds[name].append(measure(name, load, options))
    ours = rounds[OURS]
    half = statistics.median(half["p99_ms"] for _, half in ours)
    said = verdict(half <= 10, "at most 10 ms")
    print(f"{'p99 at half the highest rate, median':<40} {half:.2f} ms  {said}")
    for name, theirs in rounds.items():
        rate = statistics.median(most["per_second"] for most, _ in theirs)
        p99 = statistics.median(most["p99_ms"] for most, _ in theirs)
        print(f"{name + ', median':<40} {rate:.0f} a second, p99 {p99:.2f} ms")
        if name == OURS:
            our_p99 = p99
            continue
        ratios = [our["per_second"] / their["per_second"] for (our, _), (their, _) in zip(ours, theirs)]
        ratio = statistics.median(ratios)
        each = ", ".join(f"{one:.1f}" for one in ratios)
        said = verdict(ratio >= 10, "at least 10")
        print(f"{name + ': requests, ratio':<40} {ratio:.1f} ({each})  {said}")
        said = verdict(our_p99 <= p99, "no worse than the peer")
        print(f"{name + ': p99, highest rate':<40} {said}")


def measure(name: str, load: list, options: argparse.Namespace) -> tuple[dict, dict]:
    """At the highest rate, and at half of it."""
    load = [*load, "--seconds", str(options.seconds), "--connections", str(options.connections)]
    most = json.loads(bench_server.run(load, None))
    half = json.loads(bench_server.run([*load, "--rate", str(most["per_second"] / 2)], None))
    for label, one in (("highest rate", most), ("half of it", half)):
        print(
            f"{name + ', ' + label:<40} {one['per_second']:.0f} a second, p50 {one['p50_ms']:.2f} ms, "
            f"p99 {one['p99_ms']:.2f} ms, failed {one['failed']}",
            flush=True,
        )
    return most, half


def ask(url: str, body: str, token: str | None, kind: str = "application/json") -> bytes:
    headers = {"content-type": kind}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, body.encode(), headers)
    with urllib.request.urlopen(request, timeout=READY_LIMIT_S) as answer:
        return answer.read()


if __name__ == "__main__":
    main()
