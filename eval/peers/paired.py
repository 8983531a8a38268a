#!/usr/bin/env python3
"""Times two commands in turn as whole processes: medians and the median of paired ratios."""

import argparse
import resource
import shlex
import statistics
import subprocess
import sys
import time


def once(command: list[str]) -> float:
    start = time.perf_counter()
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    # A peer that finds no template for a file exits with 1 after doing all its work.
    if run.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with status {run.returncode}")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--peer", required=True)
    parser.add_argument("--runs", type=int, default=21)
    options = parser.parse_args()
    ours, peer = shlex.split(options.ours), shlex.split(options.peer)
    once(ours), once(peer)
    pairs = [(once(ours), once(peer)) for _ in range(options.runs)]
    mine = statistics.median(a for a, _ in pairs)
    theirs = statistics.median(b for _, b in pairs)
    ratio = statistics.median(a / b for a, b in pairs)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"ours  {mine * 1000:8.1f} ms (median of {options.runs})")
    print(f"peer  {theirs * 1000:8.1f} ms (median of {options.runs})")
    verdict = "met" if mine <= theirs else "MISSED"
    print(f"target: at most the peer's median: {verdict}")
    print(f"ratio {ratio:8.3f} (median of pairs, below 1 is faster); largest child {peak} MiB")


if __name__ == "__main__":
    main()
