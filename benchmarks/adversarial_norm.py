"""How strong a norm is: a trained model's accuracy on texts whose token vectors were moved by that much.

Dropout off. Prints a markdown table: moves by FGM, by three steps of PGD, and at random to the border of the ball.

    OMP_NUM_THREADS=1 python benchmarks/adversarial_norm.py MODEL_DIR VALIDATION_FILE [--texts 128]
"""

import argparse

import torch
from torch import Tensor

from robust_emo.data.dataset import read_dataset
from robust_emo.models.loading import load_classifier
from robust_emo.training.adversaries.moved_text import MovedText
from robust_emo.training.adversaries.settings import Pgd
from robust_emo.training.batches import by_length, collate, encode
from robust_emo.training.loss import make_loss

NORMS = (0.0, 0.1, 0.25, 0.5, 1.0)
BATCH = 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--texts", type=int, default=128)
    arguments = parser.parse_args()
    classifier, data = load_classifier(arguments.model), read_dataset(arguments.data)
    examples = data.examples[: arguments.texts]
    encoded = encode(examples, classifier.tokenizer, labels=classifier.labels, task=data.task, max_length=128)
    model, loss, steps = classifier.model.eval().requires_grad_(False), make_loss(encoded), Pgd().steps
    print(f"{len(encoded)} texts\n\n| norm | fgm | pgd, {steps} steps | random |\n|---|---|---|---|")
    for norm in NORMS:
        right = [0, 0, 0]
        for indices in by_length(encoded.lengths, batch_size=BATCH):
            batch = collate(encoded, indices)

            def risen(logits: Tensor, targets: Tensor = batch.targets) -> Tensor:
                return loss(logits, targets)

            text = MovedText(model, batch, 0, norm=norm)
            slope = text.slope(risen, text.unmoved())
            climbed = text.climbed(text.unmoved(), slope, Pgd().step_size)
            for _ in range(steps - 1):
                climbed = text.climbed(climbed, text.slope(risen, climbed), Pgd().step_size)
            for column, move in enumerate((text.border(slope), climbed, text.border(text.random()))):
                with torch.no_grad():
                    right[column] += int((text.logits(move).argmax(dim=1) == batch.targets).sum())
        print(f"| {norm:g} | " + " | ".join(f"{count / len(encoded):.3f}" for count in right) + " |")


if __name__ == "__main__":
    main()
