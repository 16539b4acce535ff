"""How often the inner maximisation of adversarial training raises the loss: the share of batches, on a trained model.

Batches are those of training; each is moved as a step of training would move it, with the dropout of that step, and the
loss at the end is set against that of the texts as they are, under the same dropout. The weights stay as they are. Also
looked at: that no parameter is left with a gradient by the maximisation itself. Prints a markdown table.

    OMP_NUM_THREADS=1 python benchmarks/adversarial_rise.py MODEL_DIR DATA [--texts 960]
"""

import argparse
from pathlib import Path

import torch
from torch import nn

from robust_emo.data.dataset import read_dataset
from robust_emo.models.loading import load_classifier
from robust_emo.statistics.intervals import wilson
from robust_emo.training.adversaries.objective import adversarial_objective
from robust_emo.training.adversaries.settings import Adversary, Fgm, FreeLb, Pgd
from robust_emo.training.batches import Batch, collate, encode, plan
from robust_emo.training.loss import Loss, make_loss
from robust_emo.training.step import Objective

ADVERSARIES: dict[str, Adversary] = {"fgm": Fgm(), "pgd, 3 steps": Pgd(), "freelb, 3 steps": FreeLb()}


def plain_loss(model: nn.Module, batch: Batch, loss: Loss, seed: int) -> float:
    """Of the texts as they are, with the dropout of the step."""
    torch.manual_seed(seed)
    with torch.no_grad():
        return float(loss(model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits, batch.targets))


def moved_loss(model: nn.Module, batch: Batch, objective: Objective, seed: int) -> tuple[float, bool]:
    """Of the texts at the end of the ascent, and whether a parameter got a gradient that no term gave it."""
    torch.manual_seed(seed)
    terms, value, residue = objective.terms(model, batch, seed), 0.0, False
    for _ in range(objective.count):
        model.zero_grad()
        term = next(terms)
        residue |= any(weight.grad is not None for weight in model.parameters())
        term.backward()  # the next term of some adversaries starts from the gradient that this one leaves
        value = float(term.detach())
    model.zero_grad()
    return value, residue


def weight_of_last(adversary: Adversary) -> float:
    """What the last term of an objective is multiplied by."""
    return 1 / adversary.steps if isinstance(adversary, FreeLb) else adversary.share


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--texts", type=int, default=960)
    arguments = parser.parse_args()
    classifier = load_classifier(arguments.model)
    data = read_dataset(arguments.data)
    encoded = encode(
        data.examples[: arguments.texts],
        classifier.tokenizer,
        labels=classifier.labels,
        task=classifier.task,
        max_length=classifier.max_length,
    )
    model, loss = classifier.model.train().requires_grad_(True), make_loss(encoded)
    batches = [collate(encoded, indices) for indices in plan(encoded.lengths, batch_size=16, seed=0, epoch=0)]
    print("| adversary | batches | loss raised | mean loss before → after | gradients left over |")
    print("|---|---|---|---|---|")
    for name, adversary in ADVERSARIES.items():
        objective = adversarial_objective(adversary, loss, classifier.task)
        before = [plain_loss(model, batch, loss, seed) for seed, batch in enumerate(batches)]
        moved = [moved_loss(model, batch, objective, seed) for seed, batch in enumerate(batches)]
        after = [value / weight_of_last(adversary) for value, _ in moved]
        raised = sum(high > low for high, low in zip(after, before, strict=True))
        interval = wilson(raised, len(batches))
        assert interval is not None  # there are batches
        share = f"{raised / len(batches):.1%} [{interval.low:.1%}, {interval.high:.1%}]"
        losses = f"{sum(before) / len(before):.3f} → {sum(after) / len(after):.3f}"
        print(f"| {name} | {len(batches)} | {share} | {losses} | {sum(left for _, left in moved)} |")


if __name__ == "__main__":
    main()
