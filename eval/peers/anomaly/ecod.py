"""The peer of `scrutineer-eval expense --set pcard`: context features by pandas, PyOD's ECOD.

The same columns as ours that the set has values for: amounts against the firm, merchant,
employee and employee at merchant, shrunk towards the wider group; rare merchants, postal codes,
states and weekdays; rare pairs of them. Group statistics are pandas' compiled ones, columns are
NumPy's. Prints seconds of features and of fit and score, and the process's largest memory. Labels
are counted at the end and not timed."""

import resource
import sys
import time

import numpy as np
import pandas as pd
from pyod.models.ecod import ECOD


def shrunk(log: pd.Series, keys: list[pd.Series], centre, spread) -> tuple:
    """Location and spread of each line's group, towards those of the wider one."""
    groups = log.groupby([key.to_numpy() for key in keys], sort=False)
    count = groups.transform("size").to_numpy()
    median = groups.transform("median").to_numpy()
    apart = (log - median).abs()
    mad = 1.4826 * apart.groupby([key.to_numpy() for key in keys], sort=False).transform("median")
    shift = median - centre
    squares = count * mad.to_numpy() ** 2 + 4 * spread**2 + count / (1 + count) * shift**2
    return centre + count / (1 + count) * shift, np.sqrt(squares / (4 + count)), count


def above(log: np.ndarray, location, spread, count) -> np.ndarray:
    return (log - location) / (spread * np.sqrt(1 + 1 / (count + 1)))


def features(lines: pd.DataFrame) -> np.ndarray:
    log = np.log(lines.AMOUNT)
    median = log.median()
    spread = 1.4826 * (log - median).abs().median()
    values = log.to_numpy()
    merchant, card = lines.MERCHDESCRIPTION, lines.CARDNUM
    of_merchant = shrunk(log, [merchant], median, spread)
    of_card = shrunk(log, [card], median, spread)
    crossed = of_merchant[0] + of_card[0] - median
    both = shrunk(log, [card, merchant], crossed, np.minimum(of_merchant[1], of_card[1]))
    columns = [(values - median) / spread]
    columns += [above(values, *group) for group in (of_merchant, of_card, both)]
    weekday = lines.DATE.dt.day_of_week
    sides = {"merchant": merchant, "zip": lines.MERCHZIP, "state": lines.MERCHSTATE, "day": weekday}
    sides["card"] = card
    counts = {name: side.groupby(side, sort=False).transform("size") for name, side in sides.items()}
    share = {name: count.to_numpy() / len(lines) for name, count in counts.items()}
    columns += [-np.log(share[name]) for name in ("merchant", "zip", "state", "day")]
    for group, side in (
        ("card", "merchant"), ("card", "zip"), ("card", "state"),
        ("merchant", "zip"), ("card", "day"), ("merchant", "day"),
    ):
        pairs = lines.groupby([sides[group].to_numpy(), sides[side].to_numpy()], sort=False)
        seen = pairs["AMOUNT"].transform("size").to_numpy()
        within = (seen + 2 * share[side]) / (counts[group].to_numpy() + 2)
        columns.append(np.log(share[side] / within))
    return np.column_stack(columns)


def main() -> None:
    kinds = {name: "string" for name in ("CARDNUM", "MERCHDESCRIPTION", "MERCHSTATE", "MERCHZIP")}
    lines = pd.read_csv(sys.argv[1], dtype=kinds, keep_default_na=False, parse_dates=["DATE"])
    start = time.perf_counter()
    rows = features(lines)
    middle = time.perf_counter()
    detector = ECOD(n_jobs=int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    detector.fit(rows)
    end = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"columns {rows.shape[1]}, lines {rows.shape[0]}")
    print(f"features {middle - start:.3f} s, fit and score {end - middle:.3f} s")
    print(f"together {end - start:.3f} s, largest memory {memory} MiB")
    odd = (lines.label != "regular").to_numpy()
    order = np.argsort(-detector.decision_scores_, kind="stable")
    shares = [f"{odd[order[:most]].sum() / odd.sum():.2f}" for most in (100, 500, 1000)]
    precision = np.cumsum(odd[order]) / np.arange(1, len(order) + 1)
    print(f"ap {precision[odd[order]].mean():.3f}, recall in 100/500/1000 {' '.join(shares)}")


if __name__ == "__main__":
    main()
