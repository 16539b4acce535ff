"""What private fine-tuning costs beside the same training without privacy, and beside Opacus as shipped.

    python benchmarks/private_cost.py [--batch 16 64] [--tokens 48] [--repeat 5] [--base minilm]

Each row is a process of its own: CPU time of a batch and of the end of a step (the least of some), and the peak of its
memory. The end is noise and Adam, once for all batches of a step, and not compared; Opacus clips there, too. `opacus`
is its PrivacyEngine as shipped. Random token ids, one thread.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from dataclasses import replace

KINDS = ("full", "full hooks", "full ghost", "full opacus hooks", "full opacus ghost", "lora", "lora hooks",
         "lora opacus hooks")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, nargs="+", default=[16, 64])
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--base", default="minilm")
    parser.add_argument("--kinds", nargs="+", default=KINDS)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one, options.batch[0], options.tokens, options.repeat, options.base)))
        return
    plain: dict[tuple[str, int], dict[str, float]] = {}
    for batch in options.batch:
        for kind in options.kinds:
            command = [sys.executable, __file__, "--one", kind, "--batch", str(batch), "--tokens", str(options.tokens)]
            command += ["--repeat", str(options.repeat), "--base", options.base]
            ended = subprocess.run(command, capture_output=True, text=True, check=True)
            found = json.loads(ended.stdout.splitlines()[-1])
            part = kind.split()[0]
            plain.setdefault((part, batch), found)
            beside = {key: found[key] / plain[part, batch][key] for key in ("ms", "mb")}
            print(
                f"batch {batch:3d}  {kind:18s} {found['ms']:8.0f} ms + {found['end']:6.0f} ms  {found['mb']:6.0f} MB   "
                f"x{beside['ms']:.2f} time  x{beside['mb']:.2f} memory of plain {part}",
                flush=True,
            )


def measured(kind, batch, tokens, repeat, base):
    """CPU milliseconds of a step, and the peak of the process in megabytes."""
    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    one_batch, end = make_step(kind, batch, tokens, base)
    times = []
    for _ in range(repeat + 1):
        started = time.process_time()
        one_batch()
        middle = time.process_time()
        end()
        times.append((1000 * (middle - started), 1000 * (time.process_time() - middle)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    batches, ends = zip(*times[1:], strict=True)  # the first one warms up
    return {"ms": min(batches), "end": min(ends), "mb": peak}


def make_step(kind, batch, tokens, name):
    import torch

    from robust_emo.models.bases import resolve_base
    from robust_emo.training.batches import Encoded
    from robust_emo.types import Task

    labels = ("anger", "fear", "joy", "love", "sadness", "surprise")
    torch.manual_seed(0)
    base = resolve_base(name, texts=(), labels=labels, task=Task.SINGLE_LABEL, seed=0)
    ids = tuple(map(tuple, torch.randint(1000, 2000, (128, tokens)).tolist()))
    data = Encoded(labels, Task.SINGLE_LABEL, ids, torch.randint(0, 6, (128,)), pad_id=0, max_length=128, truncated=0)
    part, *how = kind.split()
    if "opacus" in how:
        return opacus_step(base, data, part, how[-1], batch)
    if how:
        return our_step(base, data, part, how[-1], batch)
    return plain_step(base, data, part, batch)


def our_step(base, data, part, mode, batch):
    from robust_emo.training.private.fine_tuning.settings import FineTuning
    from robust_emo.training.private.fine_tuning.train import make_training

    settings = FineTuning(trained=part, grad_mode=mode, noise_multiplier=1.0, batch_size=batch)
    rows = [[row] for row in range(len(data))]
    training = make_training(base, data, rows, settings, settings.planned(len(rows)), device="cpu")
    optimiser = training.optimiser(training.sums.parameters)
    some = replace(training, sizes=replace(training.sizes, largest=batch, memory=2**40))
    (texts,) = some.batches(range(batch))
    return lambda: training.sums.add(texts), lambda: training.step(optimiser, [], noise_multiplier=1.0)


def trained_part(base, part):
    """The plain model with the same weights trained as ours, no dropout either."""
    from robust_emo.training.private.fine_tuning.parts import with_trained_part
    from robust_emo.training.private.fine_tuning.settings import FineTuning
    from robust_emo.training.private.fine_tuning.support import support_of

    settings = FineTuning(trained=part, noise_multiplier=1.0)
    return with_trained_part(base, settings, support_of(base.model.config.model_type, part)).eval()


def batch_of(data, batch):
    from robust_emo.training.private.fine_tuning.inputs import physical_batch

    units = [[row] for row in range(batch)]
    return physical_batch(data, units, expanded=("position_ids", "token_type_ids"), device="cpu")


def plain_step(base, data, part, batch):
    import torch

    model = trained_part(base, part)
    optimiser = torch.optim.Adam([each for each in model.parameters() if each.requires_grad], lr=1e-3)

    texts = batch_of(data, batch)

    def one_batch():
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(**texts.inputs).logits, texts.targets).backward()

    return one_batch, optimiser.step


def opacus_step(base, data, part, mode, batch):
    import torch
    from opacus import PrivacyEngine

    model = trained_part(base, part).train()
    for layer in model.modules():
        if isinstance(layer, torch.nn.Dropout):
            layer.p = 0.0
    optimiser = torch.optim.Adam([each for each in model.parameters() if each.requires_grad], lr=1e-3)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.arange(len(data))), batch_size=batch)
    criterion = torch.nn.CrossEntropyLoss()
    made = PrivacyEngine().make_private(
        module=model, optimizer=optimiser, data_loader=loader, noise_multiplier=1.0, max_grad_norm=1.0,
        criterion=criterion, grad_sample_mode=mode,
    )  # fmt: skip
    private, optimiser = made[0], made[1]
    loss = made[2] if mode == "ghost" else criterion

    texts = batch_of(data, batch)

    def one_batch():
        optimiser.zero_grad()
        loss(private(**texts.inputs).logits, texts.targets).backward()

    return one_batch, optimiser.step


if __name__ == "__main__":
    main()
