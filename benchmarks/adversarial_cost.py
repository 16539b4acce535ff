"""What adversarial training costs beside standard training: time of an epoch and peak memory, by adversary.

All variants take optimiser steps of the same model (MiniLM) on the same texts. Times: in turns in one process, a batch
after a batch, so that a busy machine slows all alike; the ratio is that of the processor seconds (of wall-clock seconds
on a GPU). Memory: each variant in a process of its own. Prints a markdown table. Without --data: the bundled sample.

    OMP_NUM_THREADS=1 python benchmarks/adversarial_cost.py [--data FILE] [--texts 960] [--precision fp32|bf16] [--lora]
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from robust_emo.data.builtin import sample_path
from robust_emo.data.dataset import read_dataset
from robust_emo.defences.input_defence import InputDefence
from robust_emo.hardening.recipe_file import read_recipe
from robust_emo.models.bases import Base, resolve_base
from robust_emo.plugins import load
from robust_emo.training.accelerator import make_accelerator
from robust_emo.training.adversaries.objective import adversarial_objective
from robust_emo.training.adversaries.settings import Fgm, FreeLb, Pgd, Smart, Vat
from robust_emo.training.batches import Batch, Encoded, collate, encode, plan
from robust_emo.training.cost import peak_memory
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.lora import add_lora, trained_whole
from robust_emo.training.loss import Loss, make_loss
from robust_emo.training.optimiser import make_optimiser
from robust_emo.training.sampling import Sampling
from robust_emo.training.step import Learner, Objective, standard_objective, train_step
from robust_emo.training.worst_of_k import worst_of_k

VARIANTS = {
    "standard": None,
    "fgm": Fgm(),
    "pgd, 3 steps": Pgd(),
    "freelb, 3 steps": FreeLb(),
    "smart, 1 step": Smart(),
    "vat, 1 step": Vat(),
    "worst of 12": None,
}
WARM_UP_STEPS = 3
WIDEST = 4
"""Batches that a measurement of memory takes: the widest ones decide."""


class Variant:
    """A model in training."""

    def __init__(self, name: str, arguments: argparse.Namespace) -> None:
        data = read_dataset(arguments.data)
        base = resolve_base("minilm", texts=(), labels=data.labels, task=data.task, seed=0)
        encoded = encode(
            data.examples[: arguments.texts], base.tokenizer, labels=data.labels, task=data.task, max_length=128
        )
        settings = Hyperparameters.recommended("minilm", "lora" if arguments.lora else "standard")
        model = add_lora(base.model, settings.lora, fresh=base.fresh) if settings.lora else base.model
        accelerator, loss, adversary = make_accelerator(), make_loss(encoded), VARIANTS[name]
        model.to(accelerator.device)
        optimiser = make_optimiser(model, settings, fresh=trained_whole(model) if settings.lora else base.fresh)
        objective = adversarial_objective(adversary, loss, data.task) if adversary else standard_objective(loss)
        if name.startswith("worst of"):
            objective = _worst_of_k(base, encoded, loss)
        self.learner = Learner(model, objective, optimiser, accelerator, arguments.precision, 1.0, seed=0)
        self.clock = time.perf_counter if accelerator.device.type == "cuda" else time.process_time
        self.batches = [collate(encoded, indices) for indices in plan(encoded.lengths, batch_size=16, seed=0, epoch=0)]

    def seconds(self) -> Iterator[float]:
        """Of each batch, after the warm-up."""
        for step, batch in enumerate([*self.batches[:WARM_UP_STEPS], *self.batches]):
            taken = self._step(batch, step)
            if step >= WARM_UP_STEPS:
                yield taken

    def _step(self, batch: Batch, step: int) -> float:
        start = self.clock()
        train_step(self.learner, [batch], step)  # waits for the device by returning the loss as a number
        return self.clock() - start


def _worst_of_k(base: Base, encoded: Encoded, loss: Loss) -> Objective:
    """Two stages of six misspellings or near words, behind the input defence of `fast` (with an English lexicon)."""
    defence = InputDefence([load("normalisers", step.normaliser) for step in read_recipe("fast").defence])

    def token_ids(texts: Sequence[str]) -> Sequence[Sequence[int]]:
        read = [defence.text(text) for text in texts]
        ids: list[list[int]] = base.tokenizer(read, truncation=True, max_length=encoded.max_length)["input_ids"]
        return ids

    editors = [load("attacks", "deepwordbug", double_edits=2), load("attacks", "synonyms")]
    return worst_of_k(Sampling(tries=6, stages=2), editors, token_ids, loss, encoded)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=sample_path("en"), metavar="FILE", help="labelled texts")
    parser.add_argument("--texts", type=int, default=960)
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--lora", action="store_true")
    parser.add_argument("--memory-of", choices=VARIANTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.texts <= 16 * WARM_UP_STEPS:
        parser.error(f"--texts must be more than {16 * WARM_UP_STEPS}: the first steps warm up")
    if arguments.memory_of:
        variant = Variant(arguments.memory_of, arguments)
        variant.batches = sorted(variant.batches, key=lambda batch: -batch.input_ids.shape[1])[:WIDEST]
        for _ in variant.seconds():
            pass
        print(peak_memory(variant.learner.accelerator.device))
        return
    turns = zip(*(Variant(name, arguments).seconds() for name in VARIANTS), strict=True)
    totals = [sum(column) for column in zip(*turns, strict=True)]
    memory = []
    for name in VARIANTS:
        command = [sys.executable, __file__, *sys.argv[1:], "--memory-of", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        memory.append(int(done.stdout.split()[-1]) / 2**20)
    texts = f"{arguments.texts} texts of {arguments.data}"
    weights = "LoRA" if arguments.lora else "all weights"
    print(f"MiniLM, {weights}, {arguments.precision}, {texts}, {torch.get_num_threads()} threads\n")
    print("| adversary | s per epoch | times standard | peak memory MB |\n|---|---|---|---|")
    for name, seconds, held in zip(VARIANTS, totals, memory, strict=True):
        print(f"| {name} | {seconds:.1f} | {seconds / totals[0]:.2f} | {held:.0f} |")


if __name__ == "__main__":
    main()
