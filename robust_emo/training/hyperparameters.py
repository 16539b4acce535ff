"""Every number that shapes the weights of a fine-tuned model, checked once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Literal, cast, get_args

from robust_emo.ablation import MECHANISMS, Ablation, Mechanism
from robust_emo.errors import InputError
from robust_emo.training.adversaries.settings import Adversary, Fgm, make_adversary

ClassWeights = Literal["none", "balanced", "sqrt"]
PrecisionName = Literal["auto", "fp32", "bf16"]
Kept = Literal["best", "last"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """Low-rank adaptation of every linear layer (Hu et al. 2021)."""

    rank: int = 16
    alpha: int = 32
    """The adapters' output is scaled by alpha / rank."""
    dropout: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """Settings of one fine-tuning run; stored in the manifest.

    Raises:
        InputError: a value out of its range.
    """

    epochs: int = 4
    batch_size: int = 16
    """Texts per device and forward pass."""
    grad_accumulation: int = 1
    """Forward passes per optimiser step."""
    learning_rate: float = 1e-4
    """Peak rate, reached after the warm-up and then decayed linearly to zero."""
    head_factor: float = 10.0
    """The newly initialised layers learn this many times faster than the pretrained ones."""
    warmup: float = 0.1
    """Share of all steps, in [0, 1)."""
    weight_decay: float = 0.01
    """Decoupled (Loshchilov & Hutter 2019); never on biases and norms."""
    max_grad_norm: float = 1.0
    max_length: int = 128
    """Tokens; longer texts are cut."""
    class_weights: ClassWeights = "none"
    label_smoothing: float = 0.0
    """In [0, 1)."""
    patience: int = 2
    """Epochs without a better validation macro-F1 before stopping; means nothing where the last epoch is kept."""
    keep: Kept = "best"
    """Weights of which epoch: that of the best validation macro-F1, or the last one, which saw most perturbed texts."""
    precision: PrecisionName = "auto"
    seed: int = 0
    lora: Lora | None = None
    """Null trains every weight."""
    adversary: Adversary | None = None
    """Null lowers the loss of the texts as they are."""
    ablation: Ablation | None = None
    """Words hidden anew in each epoch; null shows all of them."""

    @classmethod
    def recommended(cls, base: str, method: str) -> "Hyperparameters":
        """What worked best on validation data for this kind of base and method.

        Adversarial training takes the settings of standard training and adds an adversary; give an ``adversary=`` to
        those of `lora` for adapters. Masking and deletion take more epochs, in which each text shows other words; these
        and the rate were not tuned.
        """
        if method == "adversarial":
            return replace(cls.recommended(base, "standard"), adversary=Fgm())
        if method in MECHANISMS:
            ablation = Ablation(cast(Mechanism, method), 0.8)
            return replace(cls.recommended(base, "standard"), epochs=8, patience=4, ablation=ablation)
        if method == "lora":
            return cls(learning_rate=1e-3, head_factor=1.0, lora=Lora())
        if base.startswith("scratch:"):
            return cls(batch_size=32, learning_rate=5e-4, weight_decay=0.05, label_smoothing=0.1)
        return cls()

    @classmethod
    def recorded(cls, content: Mapping[str, Any]) -> "Hyperparameters":
        """As a manifest holds them; what it leaves out has its default.

        Raises:
            InputError: something in it is unknown, of another type, or out of its range.
        """
        made: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "lora": lambda part: Lora(**part),
            "adversary": lambda part: make_adversary(part["name"], {k: v for k, v in part.items() if k != "name"}),
            "ablation": lambda part: Ablation(**part),
        }
        try:
            return cls(**{key: made[key](value) if value and key in made else value for key, value in content.items()})
        except (TypeError, KeyError, AttributeError) as error:
            raise InputError(f"hyperparameters that this version does not know: {error}") from error

    def __post_init__(self) -> None:
        lora = self.lora or Lora()
        checks = (
            (self.epochs >= 1, "epochs must be at least 1", self.epochs),
            (self.batch_size >= 1, "batch_size must be at least 1", self.batch_size),
            (self.grad_accumulation >= 1, "grad_accumulation must be at least 1", self.grad_accumulation),
            (0 < self.learning_rate < inf, "learning_rate must be finite and above 0", self.learning_rate),
            (self.head_factor > 0, "head_factor must be above 0", self.head_factor),
            (0 <= self.warmup < 1, "warmup must be in [0, 1)", self.warmup),
            (self.weight_decay >= 0, "weight_decay must be at least 0", self.weight_decay),
            (self.max_grad_norm > 0, "max_grad_norm must be above 0", self.max_grad_norm),
            (self.max_length >= 8, "max_length must be at least 8", self.max_length),
            (0 <= self.label_smoothing < 1, "label_smoothing must be in [0, 1)", self.label_smoothing),
            (self.patience >= 1, "patience must be at least 1", self.patience),
            (self.keep in get_args(Kept), "keep must be best or last", self.keep),
            (0 <= self.seed < 2**32, "seed must be in [0, 2^32)", self.seed),
            (lora.rank >= 1, "lora rank must be at least 1", lora.rank),
            (lora.alpha > 0, "lora alpha must be above 0", lora.alpha),
        )
        for holds, message, value in checks:
            if not holds:
                raise InputError(f"{message}, got {value}")
