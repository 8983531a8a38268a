#!/usr/bin/env python3
"""Times odd card uses beside PyOD's ECOD and linkage beside splink, in turn on the same files.

Both sides read the public sets first and are timed after that; medians of the rounds. Says of
every target whether it is met; where the data are absent, says so and measures nothing."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path


def run(command: list, env: dict) -> tuple[str, float]:
    """What a command printed, and its largest memory in MiB."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=env)
        _, status, used = os.wait4(process.pid, 0)
        out.seek(0)
        if status != 0:
            sys.exit(f"{command[0]} ended with status {status}")
        return out.read(), used.ru_maxrss / 1024


def figure(text: str, pattern: str) -> float:
    found = re.search(pattern, text)
    if not found:
        sys.exit(f"no figure {pattern!r} in: {text[-500:]}")
    return float(found.group(1))


def verdict(met: bool, target: str) -> str:
    return f"target {target}: {'met' if met else 'MISSED'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eval", required=True, help="the scrutineer-eval binary")
    parser.add_argument("--anomaly", required=True, help="python with PyOD")
    parser.add_argument("--linkage", required=True, help="python with splink")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    data = Path(os.environ.get("SCRUTINEER_DATA", "../shared/data"))
    if not data.is_dir():
        print(f"bench: no data at $SCRUTINEER_DATA ({data}): not measured")
        return
    env = {**os.environ, "SCRUTINEER_DATA": str(data)}
    peers = Path(__file__).parent.parent / "eval" / "peers"

    seconds = {"ours": [], "peer": []}
    memory = {"ours": [], "peer": []}
    lines = str(data / "expenses" / "pcard_injected.csv.gz")
    for _ in range(options.rounds):
        text, used = run([options.eval, "expense", "--set", "pcard"], env)
        seconds["ours"].append(figure(text, r"\nseconds +([\d.]+)"))
        memory["ours"].append(used)
        text, used = run([options.anomaly, str(peers / "anomaly" / "ecod.py"), lines, "2"], env)
        seconds["peer"].append(figure(text, r"together ([\d.]+) s"))
        memory["peer"].append(used)
    mine, theirs = (statistics.median(seconds[side]) for side in ("ours", "peer"))
    print(f"card uses, features, fit and score: ours {mine:.2f} s, ECOD {theirs:.2f} s, {theirs / mine:.1f} times faster")
    print("  " + verdict(theirs / mine >= 3, "at least 3"))
    mine, theirs = (statistics.median(memory[side]) for side in ("ours", "peer"))
    print(f"card uses, largest memory: ours {mine:.0f} MiB, ECOD {theirs:.0f} MiB")
    print("  " + verdict(mine <= theirs / 2, "at most half"))

    for name, flags in (("febrl4", []), ("transactions", ["--one-to-one"])):
        rates = {"ours": [], "peer": []}
        f1 = {}
        for _ in range(options.rounds):
            text, _ = run([options.eval, "link", "--set", name, *flags], env)
            rates["ours"].append(figure(text, r"records_per_second +([\d.]+)"))
            f1["ours"] = figure(text, r"\nf1 +([\d.]+)")
            text, _ = run([options.linkage, str(peers / "linkage" / "link.py"), name, str(data / "linkage")], env)
            rates["peer"].append(figure(text, r"records_per_second ([\d.]+)"))
            f1["peer"] = figure(text, r"f1 ([\d.]+)")
        mine, theirs = (statistics.median(rates[side]) for side in ("ours", "peer"))
        print(f"{name}: ours {mine:.0f} records/s, F1 {f1['ours']}; splink {theirs:.0f}, F1 {f1['peer']}; {mine / theirs:.1f} times faster")
        print("  " + verdict(mine / theirs >= 10, "at least 10"))


if __name__ == "__main__":
    main()
