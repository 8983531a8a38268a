"""The peer of the collections endpoint: FastAPI and LightGBM over the same history.

What a good Python team would run: the history as NumPy arrays sorted by customer, features by
NumPy over one customer's paid invoices, one LightGBM classifier of late payment and three
quantile models of days late, SHAP contributions of the classifier as reasons, orjson for the
answer, one uvicorn worker a core. `/score` here gives less than ours and keeps no record of it;
`whole.py` gives and keeps as much.

Reads the same `customer_invoice.ndjson` as ours: of each invoice the last version."""

import datetime
import json
import os
import threading

import lightgbm
import numpy as np
import orjson
from fastapi import FastAPI, HTTPException
from fastapi.responses import Response
from pydantic import BaseModel

NAMES = [
    "amount", "amount_against_usual", "term_days", "due_weekday", "due_day", "days_to_month_end",
    "paid", "late_share", "late_share_recent", "days_late_recent", "days_late_spread",
    "days_late_last", "days_since_payment", "due_late_share_recent", "due_days_late_recent",
    "due_late_share_60", "payment_days_90", "payment_gap", "usual_weekday", "weekday_late_share",
    "weekday_days_late", "amount_late_share", "open", "open_amount", "overdue", "overdue_longest",
    "due_same_day", "like_weekday_late_share", "like_late_share", "like_amount_late_share",
    "like_month_day_late_share", "like_payments", "like_weekday_days_late", "like_days_late",
    "like_days_late_high", "like_days_late_low",
]
MOST = 2000
VERY_LATE_DAYS = 30
QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
EPOCH = datetime.date(1970, 1, 1)
OPEN = np.iinfo(np.int32).max


def day_number(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal() - EPOCH.toordinal()


class History:
    """Invoices as arrays, sorted by customer and issue; where each customer begins and ends."""

    def __init__(self, path: str) -> None:
        last: dict[str, tuple] = {}
        with open(path, "rb") as lines:
            for line in lines:
                row = orjson.loads(line)
                cleared = row.get("cleared_on")
                last[row["id"]] = (
                    row["customer_id"],
                    day_number(row["issued_on"]),
                    day_number(row["due_on"]),
                    day_number(cleared) if cleared else OPEN,
                    float(row["total"]),
                )
        ids = sorted(last, key=lambda one: (last[one][0], last[one][1], one))
        customers = [last[one][0] for one in ids]
        self.issued = np.array([last[one][1] for one in ids], dtype=np.int32)
        self.due = np.array([last[one][2] for one in ids], dtype=np.int32)
        self.cleared = np.array([last[one][3] for one in ids], dtype=np.int32)
        self.amount = np.array([last[one][4] for one in ids], dtype=np.float64)
        self.log_amount = np.log(np.maximum(self.amount, 1.0))
        self.place = {one: at for at, one in enumerate(ids)}
        self.ids = ids
        self.span: dict[str, tuple[int, int]] = {}
        for at, customer in enumerate(customers):
            first, _ = self.span.get(customer, (at, at))
            self.span[customer] = (first, at + 1)
        self.customers = customers


def weighted(values: np.ndarray, weights: np.ndarray) -> float:
    total = weights.sum()
    return float((values * weights).sum() / total) if total > 0 else np.nan


def quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    if not len(values):
        return np.nan
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, share * below[-1])])


def features(history: History, at: int, today: int) -> np.ndarray:
    first, end = history.span[history.customers[at]]
    known = np.flatnonzero(history.issued[first:end] <= today) + first
    known = known[known != at]
    issued, due = history.issued[at], history.due[at]
    amount = history.log_amount[at]
    paid = known[history.cleared[known] < today][-MOST:]
    others_due = history.due[known]
    row = np.full(len(NAMES), np.nan)
    date = EPOCH + datetime.timedelta(days=int(due))
    month_end = (date.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    weekday = date.weekday()
    row[0], row[2], row[3], row[4] = amount, due - issued, weekday, date.day
    row[5] = (month_end - date).days - 1
    row[6] = len(paid)
    if len(paid):
        paid_due, cleared = history.due[paid], history.cleared[paid]
        days_late = (cleared - paid_due).astype(np.float64)
        bounded = np.clip(days_late, -30, 60)
        late = (days_late > 0).astype(np.float64)
        logs = history.log_amount[paid]
        recent = np.exp2(-(today - cleared) / 60.0)
        order = np.argsort(cleared, kind="stable")
        row[1] = amount - logs.mean()
        row[7] = late.mean()
        row[8], row[9] = weighted(late, recent), weighted(bounded, recent)
        row[10] = bounded.std()
        row[11] = bounded[order[-1]]
        row[12] = today - cleared[order[-1]]
        days = np.unique(cleared[today - cleared <= 90])
        row[16] = len(days)
        row[17] = np.diff(days).mean() if len(days) > 1 else np.nan
        weekdays = (cleared + 3) % 7
        row[18] = (np.bincount(weekdays, minlength=7).argmax() - weekday) % 7
        paid_weekday = (paid_due + 3) % 7
        same = paid_weekday == weekday
        row[19] = (late[same].sum() + 2 * row[7]) / (same.sum() + 2)
        row[20] = (bounded[same].sum() + 2 * bounded.mean()) / (same.sum() + 2)
        apart = np.abs(logs - amount)
        row[21] = weighted(late, np.exp(-apart))
        age = np.exp2(-np.maximum(today - paid_due, 0) / 90.0)
        by_weekday = age * np.where(same, 1.0, 0.1)
        like = by_weekday * np.exp(-apart / 0.7)
        month_day = paid_due % 30
        month_apart = np.abs(month_day - due % 30)
        month_apart = np.minimum(month_apart, 30 - month_apart)
        for place, weights in (
            (27, by_weekday),
            (28, like),
            (29, age * np.exp(-apart / 0.5)),
            (30, age * np.exp(-month_apart / 1.5)),
        ):
            row[place] = ((late * weights).sum() + 0.5 * row[7]) / (weights.sum() + 0.5)
        row[31] = like.sum()
        row[32] = quantile(days_late, by_weekday, 0.5)
        row[33] = quantile(days_late, like, 0.5)
        row[34] = quantile(days_late, like, 0.8)
        row[35] = quantile(days_late, like, 0.2)
    passed = known[others_due < today]
    if len(passed):
        age = (today - history.due[passed]).astype(np.float64)
        cleared = history.cleared[passed]
        late = np.where(cleared < today, cleared - history.due[passed], age)
        recent = np.exp2(-age / 20.0)
        row[13] = weighted((late > 0).astype(float), recent)
        row[14] = weighted(np.clip(late, -30, 60), recent)
        lately = age <= 60
        row[15] = (late[lately] > 0).mean() if lately.any() else np.nan
    still = known[history.cleared[known] >= today]
    overdue = today - history.due[still]
    row[22] = len(still)
    row[23] = np.log(max(history.amount[still].sum(), 1.0))
    row[24] = (overdue > 0).sum()
    row[25] = max(overdue.max(initial=0), 0)
    row[26] = (others_due == due).sum()
    return row


def fit(history: History, today: int) -> dict[str, lightgbm.Booster]:
    """On the latest 30,000 paid invoices, each asked on its day of issue."""
    paid = np.flatnonzero(history.cleared < today)
    paid = paid[np.argsort(history.issued[paid], kind="stable")][-30_000:]
    rows = np.array([features(history, at, int(history.issued[at])) for at in paid])
    late = (history.cleared[paid] - history.due[paid]).astype(np.float64)
    common = {"verbosity": -1, "num_threads": 2, "seed": 1, "learning_rate": 0.05}
    fitted = {
        name: lightgbm.train(
            {**common, "objective": "binary", "num_leaves": 31},
            lightgbm.Dataset(rows, (late > after).astype(float)),
            200,
        )
        for name, after in (("late", 0), ("very_late", VERY_LATE_DAYS))
    }
    for name, share in QUANTILES.items():
        fitted[name] = lightgbm.train(
            {**common, "objective": "quantile", "alpha": share, "num_leaves": 31},
            lightgbm.Dataset(rows, late),
            100,
        )
    np.save(f"{models}/usual.npy", np.nanmedian(rows, axis=0))
    return fitted


class Item(BaseModel):
    id: str


app = FastAPI()
history = History(os.environ["PEER_HISTORY"])
today = day_number(os.environ["PEER_TODAY"])
models = os.environ["PEER_MODELS"]
names = ["late", "very_late", *QUANTILES]
if not all(os.path.exists(f"{models}/{name}.txt") for name in names):
    os.makedirs(models, exist_ok=True)
    for name, model in fit(history, today).items():
        model.save_model(f"{models}/{name}.txt")
boosters = {name: lightgbm.Booster(model_file=f"{models}/{name}.txt") for name in names}


@app.get("/ready")
def ready() -> dict:
    return {"invoices": len(history.ids), "threads": threading.active_count()}


def asked(item: Item) -> int:
    at = history.place.get(item.id)
    if at is None:
        raise HTTPException(404, "no such invoice")
    return at


def days_late(row: np.ndarray) -> list[float]:
    """At the 10th, 50th and 90th hundredth."""
    return sorted(float(boosters[name].predict(row, num_threads=1)[0]) for name in QUANTILES)


@app.post("/score")
async def score(item: Item) -> Response:
    """A probability with its reasons and three quantiles: the least of what is asked."""
    row = features(history, asked(item), today).reshape(1, -1)
    contributions = boosters["late"].predict(row, pred_contrib=True, num_threads=1)[0]
    raw = contributions.sum()
    order = np.argsort(-np.abs(contributions[:-1]))
    answer = {
        "id": item.id,
        "late": float(1.0 / (1.0 + np.exp(-raw))),
        "days_late": dict(zip(QUANTILES, days_late(row))),
        "reasons": [
            {
                "feature": NAMES[place],
                "weight": float(contributions[place]),
                "value": None if np.isnan(row[0, place]) else float(row[0, place]),
            }
            for place in order[:13]
        ],
    }
    return Response(orjson.dumps(answer), media_type="application/json")
