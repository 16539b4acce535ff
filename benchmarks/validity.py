"""How often the emotion-validity check is right: precision and recall on pairs of known answer, as Markdown.

Our own pairs (benchmarks/validity_pairs.csv, written for this project) and, where --data names the folder of the public
data sets, human-written pairs of CheckList (Ribeiro et al. 2020), read in place:

    python benchmarks/validity.py [--data DIR] [--split test]

Thresholds and rules were made on the `tune` halves; only `test` halves say how good the check is. CheckList cases are
halved by their number.
"""

import argparse
import csv
import gzip
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from robust_emo.engine.requests import EmbeddingsRequest, Query
from robust_emo.engine.scheduler import Job, Scheduler
from robust_emo.engine.servers import EmbeddingsServer
from robust_emo.models.encoder import SentenceEncoder
from robust_emo.statistics import wilson
from robust_emo.validity.checker import ValidityChecker
from robust_emo.validity.result import Validity

HERE = Path(__file__).parent
CHECKLIST = Path("checklist_sentiment") / "cases.csv.gz"
PER_KIND = 200

PRESERVING = {
    "punctuation", "typos", "2 typos", "contractions", "change names", "change locations", "change numbers",
    "add random urls and handles", "change neutral words with BERT", "intensifiers", "reducers",
}  # fmt: skip
NEGATED = re.compile(r"(?: is| was| are) ?(?:not|n't)\b|(?:isn|wasn|aren)'t\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts and whether the second still expresses the emotion of the first."""

    original: str
    perturbed: str
    kind: str
    keeps: bool
    language: str
    half: str


def own_pairs() -> Iterator[Pair]:
    with (HERE / "validity_pairs.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            keeps = row["keeps_emotion"] == "yes"
            yield Pair(row["original"], row["perturbed"], row["kind"], keeps, row["language"], row["split"])


def checklist_pairs(path: Path) -> Iterator[Pair]:
    """Invariance tests as preserving pairs; pairs of minimal difference and opposite labels as flipping ones."""
    tests = defaultdict(lambda: defaultdict(list))
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            tests[row["test"]][int(row["case"])].append(row)
    for test in sorted(PRESERVING):
        for case, rows in tests[test].items():
            for row in rows[1:2]:
                if row["text"] != rows[0]["text"]:
                    yield Pair(rows[0]["text"], row["text"], f"CheckList: {test}", True, "en", half(case))
    yield from negations(tests)
    yield from opposites(tests)
    for case, rows in tests['"used to" should reduce'].items():
        yield Pair(rows[0]["text"], rows[1]["text"], "CheckList: used to", False, "en", half(case))


def negations(tests) -> Iterator[Pair]:
    """The negated sentence and what is left without the negation, both ways."""
    for name in ("simple negations: negative", "simple negations: not negative"):
        for case, (row,) in tests[name].items():
            plain = re.sub(r"\b(is|was|are) not\b|\b(is|was|are)n't\b", lambda m: m.group(1) or m.group(2), row["text"])
            if plain != row["text"]:
                yield Pair(plain, row["text"], "CheckList: negation inserted", False, "en", half(case))
                yield Pair(row["text"], plain, "CheckList: negation removed", False, "en", half(case))
    expected = "simple negations: I thought x was positive, but it was not (should be negative)"
    for case, (row,) in tests[expected].items():
        plain = re.sub(r", but (it|I) (was|did)(?: not|n't)\b", r", and \1 \2", row["text"])
        if plain != row["text"]:
            yield Pair(plain, row["text"], "CheckList: but it was not", False, "en", half(case))


def opposites(tests) -> Iterator[Pair]:
    """Sentences of one frame whose words of sentiment have opposite labels."""
    frames = defaultdict(lambda: defaultdict(list))
    for case, (row,) in tests["Sentiment-laden words in context"].items():
        frame, _, _ = row["text"].rpartition(" ")
        frames[frame][row["label"]].append((case, row["text"]))
    for found in frames.values():
        for (case, good), (_, bad) in zip(found["positive"], found["negative"], strict=False):
            yield Pair(good, bad, "CheckList: opposite word", False, "en", half(case))


def half(case: int) -> str:
    return "tune" if case % 2 == 0 else "test"


def verdicts(checker: ValidityChecker, pairs: list[Pair]) -> list[Validity]:
    scheduler = Scheduler({EmbeddingsRequest: EmbeddingsServer(SentenceEncoder)})

    async def judged(pair: Pair) -> Validity:
        query = Query(max_queries=None, unknown_token="[UNK]")
        return await checker.check(pair.original, pair.perturbed, (), query)

    found = {}
    for finished in scheduler.run(Job(str(i), partial(judged, pair)) for i, pair in enumerate(pairs)):
        if finished.error:
            raise finished.error
        found[int(finished.key)] = finished.result
    return [found[i] for i in range(len(pairs))]


def share(hits: int, n: int) -> str:
    interval = wilson(hits, n)
    return f"{hits / n:.1%} [{interval.low:.1%}, {interval.high:.1%}] (n={n})" if interval else "-"


def report(title: str, pairs: list[Pair], found: list[Validity]) -> None:
    """Precision and recall of both answers, then the share right per kind, with the reasons given."""
    print(f"\n### {title}\n")
    print("| answer | precision | recall |\n|---|---|---|")
    for name, keeps in (("valid", True), ("invalid", False)):
        said = [pair.keeps is keeps for pair, one in zip(pairs, found, strict=True) if one.valid is keeps]
        meant = [one.valid is keeps for pair, one in zip(pairs, found, strict=True) if pair.keeps is keeps]
        print(f"| {name} | {share(sum(said), len(said))} | {share(sum(meant), len(meant))} |")
    unchecked = sum(one.valid is None for one in found)
    if unchecked:
        print(f"\n{unchecked} pairs were not checked (no check speaks their language) and count as missed.")
    print("\n| kind | language | keeps the emotion | judged rightly | reasons given |\n|---|---|---|---|---|")
    kinds = defaultdict(list)
    for pair, one in zip(pairs, found, strict=True):
        kinds[not pair.keeps, pair.language, pair.kind].append(one)
    for (flips, language, kind), ones in sorted(kinds.items()):
        right = share(sum(one.valid is not flips for one in ones if one.valid is not None), len(ones))
        reasons = defaultdict(int)
        for one in ones:
            for reason in one.reasons:
                reasons[reason] += 1
        listed = ", ".join(f"{reason} {n}" for reason, n in sorted(reasons.items(), key=lambda item: -item[1]))
        print(f"| {kind} | {language} | {'no' if flips else 'yes'} | {right} | {listed} |")


def thinned(pairs: list[Pair]) -> list[Pair]:
    """At most PER_KIND pairs of a kind, drawn with a fixed seed."""
    kinds = defaultdict(list)
    for pair in pairs:
        kinds[pair.kind].append(pair)
    rng = random.Random(0)
    return [pair for _, members in sorted(kinds.items()) for pair in rng.sample(members, min(PER_KIND, len(members)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help=f"folder that holds {CHECKLIST}")
    parser.add_argument("--split", choices=("test", "tune"), default="test")
    parser.add_argument("--wrong", action="store_true", help="list the pairs that are judged wrongly")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    checker = ValidityChecker()
    print(f"Thresholds: {dict(checker.arguments())}; half: {arguments.split}")
    sets = {"Pairs written for this project": [pair for pair in own_pairs() if pair.half == arguments.split]}
    if arguments.data is not None:
        cases = [pair for pair in checklist_pairs(arguments.data / CHECKLIST) if pair.half == arguments.split]
        sets[f"Human-written pairs: CheckList ({arguments.data / CHECKLIST})"] = thinned(cases)
    else:
        print(f"\nCheckList left out: --data names the folder that holds {CHECKLIST}.")
    for title, pairs in sets.items():
        started = time.process_time()
        found = verdicts(checker, pairs)
        spent = time.process_time() - started
        report(title, pairs, found)
        print(f"\n{1000 * spent / len(pairs):.1f} ms of processor time per pair, embeddings and loading included.")
        if arguments.wrong:
            for pair, one in zip(pairs, found, strict=True):
                if one.valid is not pair.keeps:
                    print(
                        f"\n{pair.kind}, {', '.join(one.reasons) or one.valid}\n  {pair.original}\n  {pair.perturbed}"
                    )


if __name__ == "__main__":
    main()
