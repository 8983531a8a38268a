"""The peer of `scrutineer-eval link`: splink on the same two tables, comparisons and keys set by hand.

Usage: link.py febrl4|transactions FOLDER. Reading the files is not timed; fitting and scoring are.
Prints seconds, records a second, the process's largest memory and F1."""

import gzip
import io
import logging
import resource
import sys
import time
from pathlib import Path

import pyarrow.csv as arrow
import splink.comparison_level_library as level
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI


def febrl4(folder: Path):
    def read(name: str):
        text = (folder / name).read_text().splitlines()
        rows = "\n".join(",".join(cell.strip() for cell in line.split(",")) for line in text)
        kinds = {name.strip(): "string" for name in text[0].split(",")}
        options = arrow.ConvertOptions(column_types=kinds, strings_can_be_null=True)
        return arrow.read_csv(io.BytesIO(rows.encode()), convert_options=options)

    names = ["given_name", "surname", "address_1", "address_2", "suburb"]
    codes = ["street_number", "postcode", "date_of_birth", "soc_sec_id"]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="rec_id",
        comparisons=[
            *[compare.JaroWinklerAtThresholds(name, [0.94, 0.87, 0.78]) for name in names],
            *[compare.DamerauLevenshteinAtThresholds(name, 1) for name in codes],
            compare.ExactMatch("state"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on(name)
            for name in ("soc_sec_id", "date_of_birth", "postcode", "address_1", "address_2", "suburb")
        ],
    )
    tables = [read("febrl4a.csv"), read("febrl4b.csv")]
    rounds = [block_on("date_of_birth"), block_on("postcode")]
    return tables, settings, rounds, lambda row: row["rec_id_l"].split("-")[1] == row["rec_id_r"].split("-")[1]


def transactions(folder: Path):
    def read(name: str):
        with gzip.open(folder / name) as file:
            return arrow.read_csv(io.BytesIO(file.read()))

    amounts = {
        "output_column_name": "amount",
        "comparison_levels": [
            level.NullLevel("amount"),
            level.ExactMatchLevel("amount"),
            *[level.PercentageDifferenceLevel("amount", most) for most in (0.01, 0.03, 0.1, 0.25)],
            level.ElseLevel(),
        ],
    }
    days = "date_diff('day', transaction_date_l, transaction_date_r)"
    dates = {
        "output_column_name": "transaction_date",
        "comparison_levels": [
            level.NullLevel("transaction_date"),
            *[
                level.CustomLevel(f"{days} between {first} and {last}", f"{first} to {last} days later")
                for first, last in ((0, 0), (1, 1), (2, 2), (3, 3), (4, 6), (7, 13), (14, 31))
            ],
            level.ElseLevel(),
        ],
    }
    memos = {
        "output_column_name": "memo",
        "comparison_levels": [
            level.NullLevel("memo"),
            level.ExactMatchLevel("memo", term_frequency_adjustments=True),
            *[
                level.CustomLevel(f"memo_l[:{letters}] = memo_r[:{letters}]", f"first {letters} alike")
                for letters in (10, 6, 4)
            ],
            level.ElseLevel(),
        ],
    }
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="ground_truth",
        comparisons=[compare.CustomComparison(**one) for one in (memos, dates, amounts)],
        blocking_rules_to_generate_predictions=[
            block_on("memo"),
            block_on("amount"),
            "l.memo[:3] = r.memo[:3] and abs(l.amount - r.amount) <= 0.1 * greatest(l.amount, r.amount)",
        ],
    )
    tables = [read("transactions_origin.csv.gz"), read("transactions_destination.csv.gz")]
    rounds = [block_on("memo"), block_on("amount")]
    return tables, settings, rounds, lambda row: row["ground_truth_l"] == row["ground_truth_r"]


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    logging.getLogger("splink").setLevel(logging.ERROR)
    tables, settings, rounds, is_true = {"febrl4": febrl4, "transactions": transactions}[name](folder)
    start = time.perf_counter()
    api = DuckDBAPI()
    frames = [api.register(table) for table in tables]
    linker = Linker(frames, settings)
    linker.training.estimate_probability_two_random_records_match(rounds, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in rounds:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    least = 0.01 if name == "transactions" else 0.5
    pairs = linker.inference.predict(threshold_match_probability=least).as_record_list()
    if name == "transactions":
        pairs = one_to_one(pairs)
    seconds = time.perf_counter() - start
    rows = sum(table.num_rows for table in tables)
    right = sum(map(is_true, pairs))
    f1 = 2 * right / (len(pairs) + tables[0].num_rows)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"seconds {seconds:.3f}, records_per_second {rows / seconds:.0f}, memory {memory} MiB, f1 {f1:.4f}")


def one_to_one(pairs: list) -> list:
    """The likeliest pairs whose rows are still free."""
    pairs.sort(key=lambda row: -row["match_weight"])
    left, right, kept = set(), set(), []
    for row in pairs:
        one, other = row["ground_truth_l"], row["ground_truth_r"]
        if one not in left and other not in right:
            left.add(one)
            right.add(other)
            kept.append(row)
    return kept


if __name__ == "__main__":
    main()
