"""Integrated gradients of many texts at once beside a plain Captum loop over the same texts, one at a time.

Both in one process and in turns, chunk by chunk, so that a busy machine slows both alike; equal steps, baseline and
model, no doubling of steps. Prints texts per processor second of both, their ratio, and the largest relative difference
of token attributions. Then the time of growing numbers of texts.

    OMP_NUM_THREADS=1 python benchmarks/explanation_speed.py MODEL_DIR FILE.csv [--texts 64] [--steps 8,32]
"""

import argparse
import time
from collections.abc import Sequence

import captum.attr
import numpy as np
import torch

from robust_emo.audits.explanation.explaining import Explainer
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.reading import Reading
from robust_emo.data.dataset import read_dataset
from robust_emo.engine.engine import Engine
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim

CHUNK = 16


def plain(victim: Victim, readings: Sequence[Reading], steps: int) -> list[np.ndarray]:
    """What a tutorial of Captum does, but for the baseline, which keeps special tokens as ours does."""
    model = victim.batched.model
    layer = model.get_input_embeddings()
    method = captum.attr.LayerIntegratedGradients(
        lambda ids, mask: model(input_ids=ids, attention_mask=mask).logits, layer
    )
    answers = []
    for reading in readings:
        window = reading.windows[0]
        ids = torch.from_numpy(window.ids)[None]
        pads = torch.full_like(ids, victim.batched.tokenizer.pad_token_id)
        baseline = torch.where(torch.tensor([window.special]), ids, pads)
        found = method.attribute(
            ids,
            baseline,
            target=victim.labels.index(reading.target.label),
            additional_forward_args=(torch.ones_like(ids),),
            n_steps=steps,
        )
        answers.append(found.sum(-1)[0].detach().numpy())
    return answers


def main() -> None:
    arguments = parse()
    engine = Engine(Victim(load_classifier(arguments.model)))
    explainer = Explainer(engine)
    texts = [example.text for example in read_dataset(arguments.data).examples[: arguments.texts]]
    readings = explainer.readings(texts, [None] * len(texts))
    print(f"{len(texts)} texts, {torch.get_num_threads()} thread(s)\n")
    print(
        "| steps | plain Captum, texts/s | here, texts/s | ratio | largest relative difference |\n|---|---|---|---|---|"
    )
    for steps in arguments.steps:
        row(engine, readings, steps)
    print("\n| texts | s | s per text |\n|---|---|---|")
    for count in (len(texts) // 4, len(texts) // 2, len(texts)):
        start = time.process_time()
        IntegratedGradients().attribute(engine, readings[:count])
        seconds = time.process_time() - start
        print(f"| {count} | {seconds:.1f} | {seconds / count:.3f} |")


def row(engine: Engine, readings: Sequence[Reading], steps: int) -> None:
    method = IntegratedGradients(steps=steps, most_steps=steps)
    spent, worst = [0.0, 0.0], 0.0
    for start in range(0, len(readings), CHUNK):
        chunk = readings[start : start + CHUNK]
        begun = time.process_time()
        theirs = plain(engine.victim, chunk, steps)
        between = time.process_time()
        ours = method.attribute(engine, chunk)
        spent = [spent[0] + between - begun, spent[1] + time.process_time() - between]
        for reading, tokens, own in zip(chunk, theirs, ours, strict=True):
            owners = reading.segments.owners(reading.windows[0].spans)
            words = np.zeros(len(reading.segments))
            for owner, value in zip(owners, tokens, strict=True):
                if owner is not None:
                    words[owner] += value
            worst = max(worst, float(np.abs(words - own.values).max() / np.abs(words).max()))
    plainly, here = (len(readings) / seconds for seconds in spent)
    print(f"| {steps} | {plainly:.2f} | {here:.2f} | {here / plainly:.2f} | {worst:.1e} |")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--texts", type=int, default=64)
    parser.add_argument("--steps", type=lambda text: [int(part) for part in text.split(",")], default=[1, 8, 32])
    return parser.parse_args()


if __name__ == "__main__":
    main()
