"""Our own attacks against the TextAttack recipes of the same name, on the same examples with the same resources.

    python benchmarks/native_vs_textattack.py MODEL_DIR DATA.csv --examples 60

TextAttack's side is the bridge, which gives the results of TextAttack's own sequential run (see
benchmarks/textattack_bridge.py). Needs the `textattack` extra. Prints a Markdown table: success rates, their difference
with a paired interval, and McNemar's p-value.
"""

import argparse
import time

import torch

from robust_emo import plugins
from robust_emo.data.dataset import read_dataset
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.statistics import wilson
from robust_emo.statistics.paired import compare_paired
from robust_emo.types import Status

PAIRS = ("deepwordbug", "pruthi", "textbugger", "pwws", "textfooler", "a2t")


def run(engine, name, examples):
    """Per example whether the attack succeeded (None: skipped or errored), and the seconds of processor time."""
    attack = plugins.load("attacks", name)
    if problems := attack.problems():
        raise SystemExit("; ".join(problems))
    started = time.process_time()
    outcomes = {o.example_id: o for o in attack_examples(engine, attack, examples, seed=0)}
    known = {Status.SUCCEEDED: True, Status.FAILED: False}
    return [known.get(outcomes[example.id].status) for example in examples], time.process_time() - started


def rate(results):
    """`12.3% [10, 15]`."""
    attempted = [result for result in results if result is not None]
    interval = wilson(sum(attempted), len(attempted))
    return f"{sum(attempted) / len(attempted):.1%} [{100 * interval.low:.0f}, {100 * interval.high:.0f}]"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--examples", type=int, default=60)
    parser.add_argument("--attacks", default=",".join(PAIRS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    victim = Victim(load_classifier(arguments.model))
    dataset = read_dataset(arguments.data, labels=victim.labels, task=victim.task)
    examples = draw_stratified(dataset.examples, arguments.examples, 0)
    print("| attack | n | ours | TextAttack's | difference, points | p | cpu s, ours | cpu s, bridge |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for name in arguments.attacks.split(","):
        ours, cpu = run(Engine(victim), name, examples)
        theirs, bridge = run(Engine(victim), f"textattack:{name}", examples)
        pair = compare_paired(ours, theirs)
        gap = f"{100 * pair.difference:+.1f} [{100 * pair.interval.low:+.0f}, {100 * pair.interval.high:+.0f}]"
        print(
            f"| {name} | {pair.counts.n} | {rate(ours)} | {rate(theirs)} | {gap} | {pair.p_value:.2f} | {cpu:.0f} | "
            f"{bridge:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
