"""The options of `robust-emo train`, grouped by purpose."""

from collections.abc import Callable
from typing import Any

import click

METHODS = ("standard", "lora", "adversarial", "masking", "deletion", "private")

FINE_TUNED = ("bitfit", "lora", "last", "full")
"""What private training can train but the head."""

_Decorated = Callable[..., Any]


def _options(*options: Callable[[_Decorated], _Decorated]) -> Callable[[_Decorated], _Decorated]:
    """Several options as one decorator, so that they can be grouped by purpose."""

    def decorate(function: _Decorated) -> _Decorated:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


data_options = _options(
    click.option("--validation", metavar="FILE", help="Validation data; a tenth of DATA without it."),
    click.option("--test", metavar="FILE", help="Test data; a tenth of DATA without it."),
    click.option(
        "--hold-out",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="Of the training part, kept and used for nothing: to attack the model's privacy by.",
    ),
    click.option("--text-column", metavar="NAME", help="Found by usual names (text, tweet, content, ...)."),
    click.option("--label-column", metavar="NAME", help="Found by usual names (label, emotion, ...)."),
    click.option("--id-column", metavar="NAME", help="Found by usual names; '' numbers the rows."),
    click.option("--group-column", metavar="NAME", help="Author or speaker: a group is never split."),
    click.option(
        "--label-map", metavar="FILE", help="JSON or CSV (old,new): renames labels; an empty new name drops one."
    ),
    click.option("--task", type=click.Choice(["auto", "single", "multi"]), default="auto", show_default=True),
)

model_options = _options(
    click.option(
        "--base",
        default="minilm",
        show_default=True,
        help="minilm, scratch:tiny, scratch:small, a directory, a hub id.",
    ),
    click.option("--method", default="standard", show_default=True, metavar="|".join(METHODS)),
    click.option("--lora-rank", type=click.IntRange(1), metavar="N", help="Default 16. Gives adversarial LoRA, too."),
    click.option("--lora-alpha", type=click.IntRange(1), metavar="N", help="Default 32."),
    click.option("--keep-adapter", is_flag=True, help="Also keep the LoRA adapters, in MODEL_DIR/adapter."),
    click.option("--mask-rate", type=float, metavar="SHARE", help="Of words hidden; masking, deletion. Default 0.8."),
)

private_options = _options(
    click.option("--epsilon", type=float, metavar="X", help="What --method private may cost; finds the noise."),
    click.option("--noise-multiplier", type=float, metavar="X", help="Instead of --epsilon, which is then counted."),
    click.option("--delta", type=float, metavar="X", help="Default: a tenth of one over the privacy units."),
    click.option("--unit", type=click.Choice(["example", "author"]), help="Whose presence is hidden. Default example."),
    click.option(
        "--steps", type=int, metavar="N", help="Of private training. Default: by units and epsilon; 150 in the encoder."
    ),
    click.option("--check-only", is_flag=True, help="Private: check data, budget, integrity; train nothing."),
    click.option("--public-base", metavar="DIR", help="A second frozen encoder, fine-tuned on public data."),
)

canary_options = _options(
    click.option(
        "--canaries", type=int, metavar="M", help="Texts made up for audits, each added by the throw of a coin."
    ),
    click.option(
        "--canary-kind",
        metavar="mixed|emotion|mislabelled|random|features",
        help="Default mixed; features, directions that no text has, for private.",
    ),
    click.option("--canary-guesses", type=int, metavar="N", help="Of a later audit; even. Default: a quarter of M."),
)

fine_tuning_options = _options(
    click.option(
        "--trained",
        type=click.Choice(["head", *FINE_TUNED]),
        help="What --method private trains: default the head; all else is experimental, and worse so far.",
    ),
    click.option("--grad-mode", type=click.Choice(["hooks", "ghost", "auto"]), help="Of --trained. Default auto."),
    click.option("--last-layers", type=int, metavar="N", help="Of --trained last. Default 2."),
    click.option("--train-embeddings", is_flag=True, help="With --trained full."),
)

adversary_options = _options(
    click.option("--adversary", metavar="fgm|pgd|freelb|smart|vat", help="Of --method adversarial. Default fgm."),
    click.option("--adversary-norm", type=float, metavar="X", help="Radius, in mean token vectors. Default 0.25."),
    click.option("--adversary-steps", type=int, metavar="N", help="Of the ascent. Default 3; 1 for smart, vat."),
    click.option("--adversary-step-size", type=float, metavar="X", help="Over the radius. Default 0.6; 1 for smart."),
    click.option("--adversary-share", type=float, metavar="X", help="Of moved texts in the loss of fgm, pgd; 0.5."),
    click.option("--adversary-weight", type=float, metavar="X", help="Of the divergence of smart, vat. Default 1."),
)

fitting_options = _options(
    click.option("--epochs", type=int, metavar="N", help="Default 4."),
    click.option(
        "--batch-size", type=int, metavar="N", help="Per device. Default 16; 32 from scratch. Private: expected."
    ),
    click.option(
        "--learning-rate", type=float, metavar="X", help="Default 1e-4; 1e-3 LoRA, 5e-4 from scratch; private: its own."
    ),
    click.option("--head-factor", type=float, metavar="X", help="Learning rate of new layers over the rest's."),
    click.option("--warmup", type=float, metavar="SHARE", help="Share of the steps. Default 0.1."),
    click.option("--weight-decay", type=float, metavar="X", help="Default 0.01."),
    click.option("--max-length", type=int, metavar="N", help="Tokens. Default 128."),
    click.option("--grad-accumulation", type=int, metavar="N", help="Batches per step. Default 1."),
    click.option("--max-grad-norm", type=float, metavar="X", help="Default 1; 0.5 for private."),
    click.option("--class-weights", type=click.Choice(["none", "balanced", "sqrt"]), help="Default none."),
    click.option("--label-smoothing", type=float, metavar="X", help="Default 0; 0.1 from scratch."),
    click.option("--patience", type=int, metavar="N", help="Epochs without gain before stopping. Default 2."),
    click.option("--precision", type=click.Choice(["auto", "fp32", "bf16"]), help="auto measures. Default auto."),
    click.option("--seed", type=int, metavar="N", help="Default 0."),
)

running_options = _options(
    click.option("--threads", type=click.IntRange(1), metavar="N", help="CPU threads. Default: physical cores."),
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", show_default=True),
    click.option("--tracker", type=click.Choice(["tensorboard", "wandb", "mlflow"]), help="Log to this tracker."),
    click.option("--resume", is_flag=True, help="Continue an interrupted training of the same MODEL_DIR."),
    click.option("--overwrite", is_flag=True, help="Replace MODEL_DIR when the training is done."),
    click.option("--checkpoint-minutes", type=click.FloatRange(0), default=1.0, show_default=True, metavar="X"),
    click.option("-q", "--quiet", is_flag=True, help="No progress bar."),
    click.option("--json", "as_json", is_flag=True, help="Metrics as JSON instead of a table."),
)
