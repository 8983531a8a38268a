#!/usr/bin/env python3
"""Times the live check of one claim and one invoice against a million earlier ones in the store.

Imports records made here into a fresh store (seed fixed), starts the service, and then sends
records one by one, each followed by the questions whether it is unusual and whether it is a copy:
what counts is the time of a question, of which each comes after a change. Says of every target
whether it is met; fails only where nothing could be measured."""

import argparse
import datetime
import json
import random
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import bench_server

TODAY = datetime.date.today()
TIMEOUT_S = 600
WARMING_S = 120
TARGET_MS = 10
CASES = ("expense", "duplicate")
VENDORS = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="the scrutineer binary")
    parser.add_argument("--records", type=int, default=1_000_000, help="of each kind")
    parser.add_argument("--asked", type=int, default=500)
    kinds = ("expense_claim", "vendor_invoice")
    parser.add_argument("--kind", choices=kinds, help="of this kind alone")
    options = parser.parse_args()
    program = options.program.resolve()
    for kind in (options.kind,) if options.kind else kinds:
        with tempfile.TemporaryDirectory(prefix="scrutineer-bench-") as folder:
            bench(program, Path(folder), kind, options)


def bench(program: Path, work: Path, kind: str, options) -> None:
    make = claim if kind == "expense_claim" else invoice
    draw = random.Random(11)
    rows = work / "rows.ndjson"
    with rows.open("w") as out:
        for number in range(options.records):
            day = TODAY - datetime.timedelta(days=2 + int(draw.random() * 1400))
            row = make(draw, number, day) | {"known_at": f"{day}T18:00:00Z"}
            out.write(json.dumps(row) + "\n")
    settings = bench_server.environment(work)
    bench_server.run([program, "import", kind, rows], settings)
    if kind == "vendor_invoice":
        rows.write_text("".join(json.dumps(vendor(draw, number)) + "\n" for number in range(VENDORS)))
        bench_server.run([program, "import", "vendor", rows], settings)
    with bench_server.serving(program, settings) as server:
        address = f"http://{server.address}"
        times = {case: [] for case in CASES}
        for number in range(options.asked + 1):
            if number == 1:
                # What all records say together is worked out for every case after a start.
                time.sleep(WARMING_S)
            row = make(draw, options.records + number, TODAY)
            ask(f"{address}/v1/records/{kind}", row, server.token, "application/x-ndjson")
            for case in CASES:
                began = time.perf_counter()
                while not (answer := score(f"{address}/v1/{case}/score", row, server.token)):
                    pass
                times[case].append(time.perf_counter() - began)
                if answer["status"] not in ("scored", "no_history"):
                    sys.exit(f"{row['id']}: {answer['status']}")
        for case in CASES:
            print(f"first {kind}, {case + ', history read':<25} {times[case].pop(0):.1f} s")
            told(f"one {kind} after a change, {case}", times[case])
        print(f"{'memory':<40} {bench_server.memory_mb(server.pid):.0f} MB")


def claim(draw: random.Random, number: int, day: datetime.date) -> dict:
    person = draw.randrange(5_000)
    return {
        "id": f"E{number}",
        "employee_id": f"P{person}",
        "team": f"T{person // 10}",
        "incurred_on": str(day),
        "amount": f"{draw.lognormvariate(4, 1):.2f}",
        "currency": "EUR",
        "merchant": f"Merchant {draw.randrange(20_000)}",
        "category": draw.choice(("meals", "hotel", "taxi", "train")),
        "city": f"City {draw.randrange(300)}",
    }


def invoice(draw: random.Random, number: int, day: datetime.date) -> dict:
    return {
        "id": f"V{number}",
        "vendor_id": f"VENDOR{draw.randrange(VENDORS)}",
        "issued_on": str(day),
        "number": f"RE-{draw.randrange(100_000, 1_000_000)}",
        "currency": "EUR",
        "total": f"{draw.lognormvariate(7, 1.2):.2f}",
        "lines": [
            {
                "line": "1",
                "net": "1.00",
                "account": f"{draw.randrange(6_000, 6_080)}",
                "cost_centre": f"CC{draw.randrange(60)}",
            }
        ],
    }


def vendor(draw: random.Random, number: int) -> dict:
    name = "".join(draw.choice("abcdefghiklmnoprstuvz") for _ in range(draw.randrange(6, 14)))
    return {
        "id": f"VENDOR{number}",
        "name": f"{name.title()} Ltd",
        "ibans": [f"XX{number:018}"],
    }


def told(what: str, times: list[float]) -> None:
    times.sort()
    p50, p99 = (times[len(times) * share // 100] * 1000 for share in (50, 99))
    met = "met" if p99 <= TARGET_MS else "MISSED"
    print(f"{what:<48} p50 {p50:.1f} ms  p99 {p99:.1f} ms  target at most {TARGET_MS} ms: {met}")


def score(url: str, row: dict, token: str) -> dict | None:
    """The answer; none where the service says that it takes too long."""
    try:
        return ask(url, {"id": row["id"]}, token)
    except urllib.error.HTTPError as error:
        if error.code != 503:
            raise
        return None


def ask(url: str, body: dict, token: str, kind: str = "application/json") -> dict:
    headers = {"content-type": kind, "authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        return json.loads(answer.read())


if __name__ == "__main__":
    main()
