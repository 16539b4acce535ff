"""The last linear layer of a classifier: what it reads of each text and what it answers."""

from dataclasses import dataclass
from threading import get_ident

import numpy as np
import torch
from torch import Tensor, nn

from robust_emo.arrays import FloatArray
from robust_emo.errors import InputError
from robust_emo.models.victim import Victim

_PROBE = "I feel so happy today"


@dataclass(frozen=True, slots=True)
class HeadReading:
    """Of n texts."""

    features: FloatArray
    """What the layer reads, (n, width)."""
    logits: FloatArray
    """(n, labels)."""


@dataclass(frozen=True, slots=True)
class ClassificationHead:
    """The layer whose output is the model's logits."""

    victim: Victim
    layer: nn.Linear

    @classmethod
    def of(cls, victim: Victim) -> "ClassificationHead":
        """Find it by trying: names differ from architecture to architecture.

        Raises:
            InputError: the logits are not the output of a linear layer that reads one vector a text.
        """
        model = victim.batched.model
        answers: dict[nn.Linear, Tensor] = {}
        layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
        hooks = [layer.register_forward_hook(lambda one, _, output: answers.update({one: output})) for layer in layers]
        try:
            ids = torch.from_numpy(victim.encode([_PROBE])[0])[None].to(victim.batched.device)
            with torch.inference_mode(), victim.classifying():
                logits: Tensor = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        finally:
            for hook in hooks:
                hook.remove()
        for layer, answer in answers.items():
            if answer.shape == logits.shape and torch.equal(answer, logits):
                return cls(victim, layer)
        raise InputError(
            f"influence of training texts needs a model whose last layer is linear and reads one vector a text, and "
            f"{type(model).__name__} is none; nearest training texts can be had all the same"
        )

    def read(self, texts: list[str]) -> HeadReading:
        """Features and logits of texts, fp32."""
        width = self.layer.in_features

        def both(model: nn.Module, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
            read: list[tuple[int, Tensor]] = []  # batches of other threads go through the same layer
            hook = self.layer.register_forward_pre_hook(lambda _, inputs: read.append((get_ident(), inputs[0])))
            try:
                logits: Tensor = model(input_ids=input_ids, attention_mask=attention_mask).logits
            finally:
                hook.remove()
            (own,) = (features for thread, features in read if thread == get_ident())
            return torch.cat([own.float(), logits.float()], dim=1)

        with self.victim.classifying():
            found = self.victim.batched.run(self.victim.encode(texts), both, precision="fp32")
        found = found.reshape(len(texts), width + len(self.victim.labels))
        return HeadReading(np.ascontiguousarray(found[:, :width]), np.ascontiguousarray(found[:, width:]))
