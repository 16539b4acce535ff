"""Training throughput: length-bucketed batches in the measured precision against padding to 128 in fp32.

Both variants take optimiser steps of the same model (MiniLM) on the same texts, each in processes of its own, in
turns, so that a busy machine slows both. Prints a markdown table with examples/s (best round) and peak memory. Without
--data: the bundled sample.

    python benchmarks/training_throughput.py [--data train.csv] [--texts 640] [--rounds 2] [--threads 2]
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch.nn import functional

from robust_emo.data.builtin import sample_path
from robust_emo.data.dataset import read_dataset
from robust_emo.models.bases import resolve_base
from robust_emo.training.accelerator import make_accelerator
from robust_emo.training.batches import Batch, collate, encode, plan
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.loss import make_loss
from robust_emo.training.optimiser import make_optimiser
from robust_emo.training.precision import autocast, choose_precision
from robust_emo.training.step import Learner, standard_objective, train_step

WIDTH, BATCH, WARM_UP_STEPS = 128, 16, 3
VARIANTS = ("padding to 128, fp32", "bucketing, fp32", "bucketing, auto")


@dataclass(frozen=True)
class Measured:
    examples_per_second: float
    peak_mb: float
    precision: str
    device: str


def padded(batch: Batch) -> Batch:
    """The batch with every text padded to the full width."""
    missing = WIDTH - batch.input_ids.shape[1]
    return Batch(
        functional.pad(batch.input_ids, (0, missing)), functional.pad(batch.attention_mask, (0, missing)), batch.targets
    )


def peak_memory(device: torch.device) -> int:
    """Bytes: of the GPU where there is one, else of the whole process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(variant: str, source: Path, texts: int) -> Measured:
    data = read_dataset(source)
    examples = data.examples[:texts]
    base = resolve_base("minilm", texts=(), labels=data.labels, task=data.task, seed=0)
    encoded = encode(examples, base.tokenizer, labels=data.labels, task=data.task, max_length=WIDTH)
    accelerator = make_accelerator()
    model, settings = base.model.to(accelerator.device), Hyperparameters()
    objective = standard_objective(make_loss(encoded))
    batches = [collate(encoded, indices) for indices in plan(encoded.lengths, batch_size=BATCH, seed=0, epoch=0)]
    if variant == VARIANTS[0]:
        batches = [padded(batch) for batch in batches]

    def forward_backward(precision):
        with autocast(accelerator.device, precision):
            (loss,) = objective.terms(model, batches[len(batches) // 2].to(accelerator.device), 0)
        loss.backward()
        model.zero_grad()

    model.train()
    wanted = "auto" if variant == VARIANTS[2] else "fp32"
    precision = choose_precision(wanted, accelerator.device, forward_backward).name
    optimiser = make_optimiser(model, settings, fresh=base.fresh)
    learner = Learner(model, objective, optimiser, accelerator, precision, settings.max_grad_norm, seed=0)
    for step in range(WARM_UP_STEPS):
        train_step(learner, [batches[step]], step)
    start = time.perf_counter()
    for step, batch in enumerate(batches):
        train_step(learner, [batch], step)
    seconds = time.perf_counter() - start  # train_step waits for the device by returning the loss as a number
    return Measured(
        examples_per_second=len(examples) / seconds,
        peak_mb=peak_memory(accelerator.device) / 2**20,
        precision=precision,
        device=torch.cuda.get_device_name() if accelerator.device.type == "cuda" else "cpu",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=sample_path("en"), metavar="FILE", help="labelled texts")
    parser.add_argument("--texts", type=int, default=640)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--variant", choices=VARIANTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.variant:
        print(json.dumps(asdict(measure(arguments.variant, arguments.data, arguments.texts))))
        return
    results: dict[str, list[Measured]] = {variant: [] for variant in VARIANTS}
    for _ in range(arguments.rounds):
        for variant in VARIANTS:
            command = [sys.executable, __file__, *sys.argv[1:], "--variant", variant]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            results[variant].append(Measured(**json.loads(output.splitlines()[-1])))
    report(results, f"{arguments.texts} texts of {arguments.data}", arguments.threads)


def report(results: dict[str, list[Measured]], texts: str, threads: int) -> None:
    best = {variant: max(rounds, key=lambda each: each.examples_per_second) for variant, rounds in results.items()}
    first = best[VARIANTS[0]]
    print(f"MiniLM (22.7 M), {texts}, batch {BATCH}, {first.device}, {threads} threads\n")
    print("| variant | precision | examples/s | ratio | peak memory MB |\n|---|---|---|---|---|")
    for variant, each in best.items():
        ratio = each.examples_per_second / first.examples_per_second
        print(f"| {variant} | {each.precision} | {each.examples_per_second:.1f} | {ratio:.2f} | {each.peak_mb:.0f} |")


if __name__ == "__main__":
    main()
