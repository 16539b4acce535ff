"""DeepWordBug here against TextAttack's own, on the same model and examples, in one run.

    python benchmarks/deepwordbug_vs_textattack.py MODEL_DIR DATA.csv --examples 200

Needs the `textattack` extra and NLTK's stop words (NLTK_DATA). TextAttack runs as its documentation shows it:
HuggingFaceModelWrapper, AttackArgs, the recipe DeepWordBugGao2018. Both sides attack the same examples, in the same
process, with the same number of torch threads; ours starts with an empty cache. Prints a Markdown table.
"""

import argparse
import contextlib
import io
import os
import platform
import time

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from robust_emo import plugins
from robust_emo.data.dataset import read_dataset
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.engine import Engine
from robust_emo.engine.grading import attack_examples
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.statistics import wilson


def run_ours(model_dir, examples, precision, seed):
    """Statuses by example id, seconds, logical queries, seconds in model and tokenizer, texts through the model."""
    victim = Victim(load_classifier(model_dir), precision=precision)
    victim.logits([example.text for example in examples[:16]])  # warm up
    victim.batched.model_seconds = victim.batched.tokenizer_seconds = 0.0
    attack, engine = plugins.load("attacks", "deepwordbug"), Engine(victim)
    started = time.perf_counter()
    outcomes = {o.example_id: o for o in attack_examples(engine, attack, examples, seed=seed)}
    seconds = time.perf_counter() - started
    statuses = {key: outcome.status.value for key, outcome in outcomes.items()}
    queries = sum(outcome.num_queries for outcome in outcomes.values())
    batched = victim.batched
    return statuses, seconds, queries, batched.model_seconds, batched.tokenizer_seconds, engine.physical_queries


def run_textattack(model_dir, examples, labels, seed):
    """Statuses by example id, seconds, queries; TextAttack's stock wrapper."""
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
        started = time.perf_counter()
        results = list(attacker.attack_dataset())
        seconds = time.perf_counter() - started
    kinds = {SuccessfulAttackResult: "succeeded", FailedAttackResult: "failed", SkippedAttackResult: "skipped"}
    statuses = {example.id: kinds[type(result)] for example, result in zip(examples, results, strict=True)}
    queries = sum(r.num_queries for r in results if not isinstance(r, SkippedAttackResult))
    return statuses, seconds, queries


def row(name, statuses, seconds, queries, base_rate):
    """One line of the table."""
    succeeded = sum(status == "succeeded" for status in statuses.values())
    attempted = succeeded + sum(status == "failed" for status in statuses.values())
    interval = wilson(succeeded, attempted)
    rate = len(statuses) / seconds
    return (
        f"| {name} | {succeeded / attempted:.1%} [{interval.low:.1%}, {interval.high:.1%}] (n={attempted}) "
        f"| {queries / attempted:.1f} | {seconds:.1f} | {rate:.3f} | {rate / base_rate:.1f}x |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(arguments.threads)
    victim = load_classifier(arguments.model)
    dataset = read_dataset(arguments.data, labels=victim.labels, task=victim.task)
    examples = draw_stratified(dataset.examples, arguments.examples, arguments.seed)

    fp32 = run_ours(arguments.model, examples, "fp32", arguments.seed)
    bf16 = run_ours(arguments.model, examples, "bf16", arguments.seed)
    stock = run_textattack(arguments.model, examples, list(victim.labels), arguments.seed)
    # Once more after the slow part: a busy machine would show as a difference.
    fp32_again = run_ours(arguments.model, examples, "fp32", arguments.seed)

    print(f"{platform.processor() or platform.machine()}, torch {torch.__version__}, {arguments.threads} thread(s)\n")
    print("| | attack success rate | queries per attacked example | seconds | examples/s | speed |")
    print("|---|---|---|---|---|---|")
    base_rate = len(examples) / stock[1]
    for name, result in (
        ("TextAttack 0.3.11, stock wrapper", stock),
        ("robust-emo fp32", fp32),
        ("robust-emo bf16", bf16),
        ("robust-emo fp32, repeated", fp32_again),
    ):
        print(row(name, *result[:3], base_rate))
    agree = np.mean([fp32[0][key] == stock[0][key] for key in fp32[0]])
    print(f"\nsame status as TextAttack: {agree:.1%} of {len(examples)} examples")
    for name, (_, seconds, queries, in_model, in_tokenizer, physical) in (("fp32", fp32), ("repeated", fp32_again)):
        python, tokens = (seconds - in_model - in_tokenizer) / queries * 1000, in_tokenizer / queries * 1000
        print(
            f"{name}: per query {python:.4f} ms of Python and {tokens:.4f} ms of tokenizer outside the model;", end=" "
        )
        print(f"{queries} logical, {physical} physical queries")


if __name__ == "__main__":
    main()
