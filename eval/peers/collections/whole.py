"""The peer doing all that the collections endpoint does: the whole answer, kept durably.

Beside what `serve.py` gives: probabilities of payment on time, late and very late, dates, expected
cash by week, reasons in words beside what is usual, and the next action. Input, features and answer
are digested, chained and committed to SQLite before the answer is given. As a good Python team would: who waits at the same time
shares one commit, which runs on a thread of its own, and each worker has a file and a chain to itself, so that none waits for
another."""

import asyncio
import contextlib
import datetime
import hashlib
import os
import secrets
import sqlite3
import uuid

import numpy as np
import orjson
from fastapi import FastAPI
from fastapi.responses import Response

from serve import (
    EPOCH, NAMES, QUANTILES, VERY_LATE_DAYS, Item, asked, boosters, days_late, features, history,
    models, today,
)

WEEKS = 9
SHOWN = 6
TODAY = EPOCH + datetime.timedelta(days=today)
USUAL = np.load(f"{models}/usual.npy")
LABELS = [name.replace("_", " ") for name in NAMES]
SORTED = orjson.OPT_SORT_KEYS


def sha256(*texts: bytes) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text)
    return digest.hexdigest()


class Chain:
    """Decisions, each naming the digest of the one before."""

    def __init__(self, path: str) -> None:
        self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.database.executescript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE entries (
                seq INTEGER PRIMARY KEY, id TEXT, at TEXT, header TEXT, previous TEXT, sha256 TEXT);
            CREATE TABLE parts (
                seq INTEGER, name TEXT, salt TEXT, content TEXT, PRIMARY KEY (seq, name));
            CREATE TABLE answers (id TEXT PRIMARY KEY, seq INTEGER, subject TEXT, at TEXT);
            CREATE INDEX answers_by_subject ON answers (subject, seq);
            """
        )
        self.seq, self.head = 0, "0" * 64
        self.waiting: list[tuple] = []
        self.woken = asyncio.Event()

    async def append(self, identity: str, subject: str, parts: dict[str, bytes]) -> str:
        kept = asyncio.get_running_loop().create_future()
        salted = [(name, secrets.token_hex(32), content) for name, content in parts.items()]
        digests = {name: sha256(salt.encode(), content) for name, salt, content in salted}
        self.waiting.append((identity, subject, salted, digests, kept))
        self.woken.set()
        return await kept

    async def run(self) -> None:
        while True:
            await self.woken.wait()
            self.woken.clear()
            together, self.waiting = self.waiting, []
            for kept, link in zip(together, await asyncio.to_thread(self.commit, together)):
                kept[-1].set_result(link)

    def commit(self, together: list[tuple]) -> list[str]:
        at = datetime.datetime.now(datetime.timezone.utc).isoformat()
        entries, parts, answers, links = [], [], [], []
        for identity, subject, salted, digests, _ in together:
            self.seq += 1
            header = orjson.dumps(
                {"v": 1, "seq": self.seq, "id": identity, "at": at, "parts": digests}, option=SORTED
            )
            link = sha256(self.head.encode(), header)
            entries.append((self.seq, identity, at, header.decode(), self.head, link))
            parts += [(self.seq, name, salt, content.decode()) for name, salt, content in salted]
            answers.append((identity, self.seq, subject, at))
            self.head = link
            links.append(link)
        run = self.database
        run.execute("BEGIN IMMEDIATE")
        run.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", entries)
        run.executemany("INSERT INTO parts VALUES (?, ?, ?, ?)", parts)
        run.executemany("INSERT INTO answers VALUES (?, ?, ?, ?)", answers)
        run.execute("COMMIT")
        return links


def sentence(place: int, value: float) -> str:
    usual = USUAL[place]
    if np.isnan(value):
        return f"{LABELS[place]}: not known."
    if np.isnan(usual):
        return f"{LABELS[place]}: {value:.1f}."
    return f"{LABELS[place]}: {value:.1f}; usual is {usual:.1f}."


def reasons(row: np.ndarray, contributions: np.ndarray) -> tuple[list, list]:
    """The heaviest that raise and that lower the score, and the others of each together."""
    order = np.argsort(-np.abs(contributions)).tolist()
    sides = []
    for sign, direction in ((1, "raises"), (-1, "lowers")):
        places = [place for place in order if contributions[place] * sign > 0]
        told = [
            {
                "code": NAMES[place],
                "direction": direction,
                "weight": float(contributions[place]),
                "value": None if np.isnan(row[place]) else float(row[place]),
                "baseline": None if np.isnan(USUAL[place]) else float(USUAL[place]),
                "text": sentence(place, row[place]),
            }
            for place in places[:SHOWN]
        ]
        if len(places) > SHOWN:
            rest = places[SHOWN:]
            told.append(
                {
                    "code": "others",
                    "direction": direction,
                    "weight": float(contributions[rest].sum()),
                    "text": f"{len(rest)} lighter signs together.",
                }
            )
        sides.append(told)
    return sides[0], sides[1]


def cash(amount: float, due: int, days: list[float]) -> tuple[list, float]:
    """What is expected by week, given that it is open today: straight between the quantiles."""
    low, middle, high = days
    knots = [low - (middle - low) - 1, low, middle, high, high + 2 * (high - middle) + 1]
    first = today - (today + 3) % 7
    ends = np.array([today, *(first + 7 * week for week in range(1, WEEKS + 1))]) - due
    paid = np.interp(ends, knots, [0.0, 0.1, 0.5, 0.9, 1.0])
    left = max(1.0 - paid[0], 1e-6)
    shares = np.diff(paid) / left
    weeks = [
        {
            "week_of": (EPOCH + datetime.timedelta(days=first + 7 * week)).isoformat(),
            "amount": f"{amount * share:.2f}",
        }
        for week, share in enumerate(shares.tolist())
        if share >= 0.005
    ]
    return weeks, amount * float(1.0 - shares.sum())


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI):
    global chain
    chain = Chain(f"{os.environ['PEER_MODELS']}/chain-{os.getpid()}.db")
    running = asyncio.create_task(chain.run())
    yield
    running.cancel()


app = FastAPI(lifespan=lifespan)
chain: Chain


@app.post("/score")
async def score(item: Item) -> Response:
    at = asked(item)
    row = features(history, at, today)
    table = row.reshape(1, -1)
    contributions = boosters["late"].predict(table, pred_contrib=True, num_threads=1)[0]
    late = float(1.0 / (1.0 + np.exp(-contributions.sum())))
    very_late = min(float(boosters["very_late"].predict(table, num_threads=1)[0]), late)
    days = days_late(table)
    amount, due = float(history.amount[at]), int(history.due[at])
    raises, lowers = reasons(row, contributions[:-1])
    weeks, later = cash(amount, due, days)
    overdue = today - due
    at_stake = max(days[1] - max(overdue, 0), 0.0)
    given = orjson.dumps([None if np.isnan(one) else one for one in row.tolist()])
    asked_for = {
        "id": item.id,
        "customer_id": history.customers[at],
        "as_of": TODAY.isoformat(),
        "due_on": (EPOCH + datetime.timedelta(days=due)).isoformat(),
        "open_amount": f"{amount:.2f}",
    }
    identity = str(uuid.uuid4())
    answer = {
        "recommendation_id": identity,
        "case": "collections",
        "subject": {"type": "customer_invoice", "id": item.id},
        "as_of": TODAY.isoformat(),
        "status": "scored",
        "score": late,
        "score_kind": "paid_late",
        "interval": {"low": days[0], "high": days[2], "unit": "days_late", "coverage": 0.8},
        "level": "high" if late >= 0.7 else "medium" if late >= 0.4 else "low",
        "reasons": raises,
        "counter_reasons": lowers,
        "evidence": [
            {"ref": f"customer_invoice/{item.id}", "text": f"{amount:.2f} open"},
            {"ref": f"customer/{history.customers[at]}", "text": "payments"},
        ],
        "suggestion": {
            "action": "call" if overdue > 14 else "remind" if overdue > 0 else "wait",
            "days_overdue": overdue,
            "forecast": {
                "on_time": 1.0 - late,
                "late": late,
                "very_late": very_late,
                "very_late_days": VERY_LATE_DAYS,
                **{
                    name: (EPOCH + datetime.timedelta(days=max(due + round(day), today))).isoformat()
                    for name, day in zip(QUANTILES, days)
                },
                "days_at_stake": at_stake,
                "money_days": f"{amount * at_stake:.2f}",
                "cash": weeks,
                "cash_later": f"{later:.2f}",
            },
        },
        "features_sha256": sha256(given),
        "expires_at": (TODAY + datetime.timedelta(days=1)).isoformat(),
    }
    parts = {
        "input": orjson.dumps(asked_for, option=SORTED),
        "features": given,
        "output": orjson.dumps(answer, option=SORTED),
    }
    answer["decision_sha256"] = await chain.append(identity, item.id, parts)
    return Response(orjson.dumps(answer), media_type="application/json")
