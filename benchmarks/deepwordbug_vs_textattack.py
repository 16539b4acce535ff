"""DeepWordBug here against TextAttack's own, on the same model and examples, in one run.

    python benchmarks/deepwordbug_vs_textattack.py MODEL_DIR DATA.csv --examples 200

Needs the `textattack` extra and NLTK's stop words (NLTK_DATA). TextAttack runs as its documentation shows it:
HuggingFaceModelWrapper, AttackArgs, the recipe DeepWordBugGao2018. Both sides attack the same examples, in the same
process, with the same number of torch threads; ours starts with an empty cache. Wall-clock time and processor time
are both given: the second says the same on a busy machine. Prints a Markdown table.
"""

import argparse
import contextlib
import io
import os
import platform
import time
from dataclasses import dataclass

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from robust_emo import plugins
from robust_emo.data.dataset import read_dataset
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.statistics import wilson


@dataclass
class Run:
    """One side: statuses by example id, and what it took."""

    statuses: dict
    queries: int
    wall: float
    cpu: float
    model: float = 0.0
    tokenizer: float = 0.0
    physical: int = 0

    @property
    def succeeded(self):
        return sum(status == "succeeded" for status in self.statuses.values())

    @property
    def attempted(self):
        return self.succeeded + sum(status == "failed" for status in self.statuses.values())


def run_ours(model_dir, examples, precision, seed):
    """The query engine with an empty cache."""
    victim = Victim(load_classifier(model_dir), precision=precision)
    victim.logits([example.text for example in examples[:16]])  # warm up
    victim.batched.model_seconds = victim.batched.tokenizer_seconds = 0.0
    attack, engine = plugins.load("attacks", "deepwordbug"), Engine(victim)
    wall, cpu = time.perf_counter(), time.process_time()
    outcomes = list(attack_examples(engine, attack, examples, seed=seed))
    return Run(
        statuses={outcome.example_id: outcome.status.value for outcome in outcomes},
        queries=sum(outcome.num_queries for outcome in outcomes),
        wall=time.perf_counter() - wall,
        cpu=time.process_time() - cpu,
        model=victim.batched.model_seconds,
        tokenizer=victim.batched.tokenizer_seconds,
        physical=engine.physical_queries,
    )


def run_textattack(model_dir, examples, labels, seed):
    """TextAttack with its stock wrapper."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        import textattack
        from textattack.attack_recipes import DeepWordBugGao2018
        from textattack.attack_results import FailedAttackResult, SkippedAttackResult, SuccessfulAttackResult

        tokenizer = AutoTokenizer.from_pretrained(model_dir)
        model = AutoModelForSequenceClassification.from_pretrained(model_dir).eval()
        wrapper = textattack.models.wrappers.HuggingFaceModelWrapper(model, tokenizer)
        attack = DeepWordBugGao2018.build(wrapper)
        pairs = [(example.text, labels.index(example.labels[0])) for example in examples]
        dataset = textattack.datasets.Dataset(pairs)
        arguments = textattack.AttackArgs(
            num_examples=len(pairs), random_seed=seed, disable_stdout=True, silent=True, shuffle=False
        )
        attacker = textattack.Attacker(attack, dataset, arguments)
        wrapper([examples[0].text])  # warm up
        wall, cpu = time.perf_counter(), time.process_time()
        results = list(attacker.attack_dataset())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    kinds = {SuccessfulAttackResult: "succeeded", FailedAttackResult: "failed", SkippedAttackResult: "skipped"}
    statuses = {example.id: kinds[type(result)] for example, result in zip(examples, results, strict=True)}
    queries = sum(r.num_queries for r in results if not isinstance(r, SkippedAttackResult))
    return Run(statuses=statuses, queries=queries, wall=wall, cpu=cpu)


def row(name, run, stock):
    """One line of the table."""
    interval = wilson(run.succeeded, run.attempted)
    rate = f"{run.succeeded / run.attempted:.1%} [{interval.low:.1%}, {interval.high:.1%}] (n={run.attempted})"
    speed = f"{run.wall:.1f} | {run.cpu:.1f} | {stock.wall / run.wall:.1f}x | {stock.cpu / run.cpu:.1f}x"
    return f"| {name} | {rate} | {run.queries / run.attempted:.1f} | {len(run.statuses) / run.wall:.3f} | {speed} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only-ours", action="store_true", help="leave TextAttack out; ratios are to our fp32")
    arguments = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(arguments.threads)
    victim = load_classifier(arguments.model)
    dataset = read_dataset(arguments.data, labels=victim.labels, task=victim.task)
    examples = draw_stratified(dataset.examples, arguments.examples, arguments.seed)

    runs = {
        "robust-emo fp32": run_ours(arguments.model, examples, "fp32", arguments.seed),
        "robust-emo bf16": run_ours(arguments.model, examples, "bf16", arguments.seed),
    }
    fp32 = base = runs["robust-emo fp32"]
    if not arguments.only_ours:
        base = run_textattack(arguments.model, examples, list(victim.labels), arguments.seed)
        runs = {"TextAttack 0.3.11, stock wrapper": base, **runs}
    # Once more after the slow part: a busy machine would show as a difference.
    fp32_again = runs["robust-emo fp32, repeated"] = run_ours(arguments.model, examples, "fp32", arguments.seed)

    print(f"{platform.processor() or platform.machine()}, torch {torch.__version__}, {arguments.threads} thread(s)\n")
    print("| | attack success rate | queries per attack | examples/s | wall s | cpu s | faster (wall) | faster (cpu) |")
    print("|---|---|---|---|---|---|---|---|")
    for name, run in runs.items():
        print(row(name, run, base))
    if not arguments.only_ours:
        agree = np.mean([fp32.statuses[key] == base.statuses[key] for key in fp32.statuses])
        print(f"\nsame status as TextAttack: {agree:.1%} of {len(examples)} examples")
    for name, run in (("fp32", fp32), ("fp32, repeated", fp32_again)):
        python, tokens = (run.wall - run.model - run.tokenizer) / run.queries, run.tokenizer / run.queries
        print(
            f"{name}: per query {python * 1000:.4f} ms of Python and {tokens * 1000:.4f} ms of tokenizer outside the "
            f"model; {run.queries} logical, {run.physical} physical queries"
        )


if __name__ == "__main__":
    main()
