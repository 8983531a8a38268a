"""The service as benchmarks run it: with a store of its own, few log lines and no rate limit."""

import contextlib
import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


@dataclasses.dataclass
class Server:
    """A running service."""

    address: str
    token: str
    pid: int


def environment(work: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SCRUTINEER_DATA_DIR": str(work / "data"),
        "SCRUTINEER_LISTEN": "127.0.0.1:0",
        "SCRUTINEER_LOG_FILTER": "warn",
        "SCRUTINEER_LIMITS_REQUESTS_PER_MINUTE": "60000000",
        "SCRUTINEER_LIMITS_REQUEST_BURST": "1000000",
    }


@contextlib.contextmanager
def serving(program: Path, environment: dict[str, str]) -> Iterator[Server]:
    """The service and a key for it, until the block ends."""
    made = run([program, "keys", "create", "--label", "bench", "--json"], environment)
    process = subprocess.Popen(
        [program, "serve"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        found = re.match(r"listening on http://([0-9.:]+)", process.stdout.readline().decode())
        if not found:
            sys.exit("the server did not start")
        yield Server(found[1], json.loads(made)["token"], process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def memory_mb(pid: int) -> float:
    """Peak resident memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def run(command: list, environment: dict[str, str] | None, cwd: Path | None = None) -> str:
    """What a command prints. Status 1 says that some of what it was asked could not be answered,
    which whoever counts the answers sees."""
    done = subprocess.run(
        [str(part) for part in command], env=environment, cwd=cwd, stdout=subprocess.PIPE, text=True
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with status {done.returncode}")
    return done.stdout
