"""How time and memory of an attack grow with the number of examples.

    python benchmarks/attack_growth.py
    python benchmarks/attack_growth.py --model MODEL_DIR --data DATA.csv

Every size runs in a process of its own, so that its peak memory is its own. The large sizes run on a simulated victim:
logits that are a sum over hashed words, some microseconds per text. It says nothing about a model; it leaves the
engine's, the attack's and the grader's own time and memory, which is what may grow. `--model` adds the first sizes on
a real one. Memory is the peak of the run above the peak before it, outcomes included, kept as the audit keeps them.
Prints a Markdown table and writes growth.svg.
"""

import argparse
import json
import math
import random
import resource
import subprocess
import sys
import time
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from growth_plot import Line, draw

from robust_emo import plugins
from robust_emo.data.dataset import read_dataset
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.types import Example, Status, Task

SIMULATED_SIZES = (100, 300, 1000, 3000, 10_000)
REAL_SIZES = (100, 300)
VOCABULARY = 20_000


@dataclass
class Measured:
    """One run."""

    examples: int
    succeeded: int
    queries: int
    physical: int
    wall: float
    cpu: float
    before_mb: float
    grown_mb: float


class HashedTokenizer:
    """Stands where the engine expects a batched model: a first token, then one per word."""

    device = torch.device("cpu")
    precision = "fp32"

    def encode(self, texts):
        return [
            np.array([0, *(zlib.crc32(word.encode()) % VOCABULARY for word in text.split())], dtype=np.int64)
            for text in texts
        ]


class SimulatedVictim:
    """Answers logits that are sums of a fixed random row per word: deterministic, attackable and nearly free."""

    labels = ("anger", "joy", "optimism", "sadness")
    task = Task.SINGLE_LABEL
    unknown_token = "[UNK]"
    predictions = Victim.predictions

    def __init__(self):
        self.batched = HashedTokenizer()
        self._rows = np.random.default_rng(0).normal(size=(VOCABULARY, len(self.labels))).astype(np.float32)

    def readable(self, text):
        return text

    def logits_of_tokens(self, encoded, *, precision=None):
        lengths = np.array([len(ids) for ids in encoded])
        starts = np.concatenate([[0], lengths.cumsum()[:-1]])
        return np.add.reduceat(self._rows[np.concatenate(encoded)], starts)


def simulated_examples(victim, count):
    """Texts of 5 to 30 invented words, labelled as the victim sees them, so that every one is attacked."""
    rng = random.Random(0)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 9))) for _ in range(5000)]
    texts = [" ".join(rng.choices(words, k=rng.randint(5, 30))) for _ in range(count)]
    seen = victim.predictions(victim.logits_of_tokens(victim.encode(texts)))
    return [Example(f"row-{n}", text, one.labels) for n, (text, one) in enumerate(zip(texts, seen, strict=True))]


def measure(options, examples):
    """One run in this process."""
    if options.model:
        victim = Victim(load_classifier(options.model), precision=options.precision)
        chosen = draw_stratified(read_dataset(options.data).examples, examples, 0)
        victim.logits([example.text for example in chosen[:32]])  # warm up
    else:
        victim = SimulatedVictim()
        chosen = simulated_examples(victim, examples)
    attack, engine = plugins.load("attacks", options.attack), Engine(victim)
    before, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
    outcomes = list(attack_examples(engine, attack, chosen, seed=0))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if any(outcome.status is Status.ERRORED for outcome in outcomes):
        raise SystemExit(next(outcome.error for outcome in outcomes if outcome.error))
    return Measured(
        examples=len(outcomes),
        succeeded=sum(outcome.status is Status.SUCCEEDED for outcome in outcomes),
        queries=sum(outcome.num_queries for outcome in outcomes),
        physical=engine.physical_queries,
        wall=wall,
        cpu=cpu,
        before_mb=before,
        grown_mb=peak_mb() - before,
    )


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_own_process(options, examples):
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--attack", options.attack, "--one", str(examples)]
    if options.model:
        command += ["--model", options.model, "--data", options.data, "--precision", options.precision]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def exponent(runs):
    """Slope of log CPU seconds over log examples: 1 is linear."""
    logs = [(math.log(run.examples), math.log(run.cpu)) for run in runs]
    return float(np.polyfit(*zip(*logs, strict=True), 1)[0])


def report(name, runs):
    """The Markdown rows of one victim."""
    for run in runs:
        print(
            f"| {name} | {run.examples:,} | {run.succeeded:,} | {run.queries:,} | {run.physical:,} | {run.wall:.1f} "
            f"| {run.cpu:.1f} | {1000 * run.cpu / run.examples:.2f} | {run.before_mb:.0f} | {run.grown_mb:.0f} |",
            flush=True,
        )


def main():
    """Run, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attack", default="deepwordbug")
    parser.add_argument("--model", help="a real victim for the sizes 100 and 300")
    parser.add_argument("--data", help="texts for it")
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--plot", default=str(Path(__file__).with_name("growth.svg")))
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(asdict(measure(options, options.one))))
        return
    simulated = argparse.Namespace(**{**vars(options), "model": None})
    lines = [("simulated victim", [in_own_process(simulated, size) for size in SIMULATED_SIZES])]
    if options.model:
        lines.append((f"real victim, {options.precision}", [in_own_process(options, size) for size in REAL_SIZES]))
    print(f"attack: {options.attack}\n")
    print("| victim | examples | succeeded | queries | physical | wall s | CPU s | ms/example | MB before | MB grown |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, runs in lines:
        report(name, runs)
    print(f"\nCPU time grows as examples^{exponent(lines[0][1]):.2f} (simulated victim; 1 is linear)")
    panels = {
        "CPU seconds": [Line(name, [(run.examples, run.cpu) for run in runs]) for name, runs in lines],
        "memory grown during the run, MB": [
            Line(name, [(r.examples, r.grown_mb) for r in runs]) for name, runs in lines
        ],
    }
    Path(options.plot).write_text(draw(panels), encoding="utf-8")


if __name__ == "__main__":
    main()
