"""A linear classifier on the mean-pooled features of one or more frozen encoders, as private training makes it.

No class of transformers has this shape: their heads read the first token, or put a layer of their own in between. So
config.json names a model type of this project, the weights lie in one model.safetensors, and no code is loaded.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from robust_emo.models.mean_pooling import mean_pooled

MODEL_TYPE = "robust-emo-pooled-head"


class PooledHeadConfig(PretrainedConfig):
    """Of :class:`PooledHeadForSequenceClassification`.

    Args:
        encoders: their own configurations, as dictionaries.
    """

    model_type = MODEL_TYPE

    def __init__(self, encoders: Sequence[Mapping[str, Any]] = (), **others: Any) -> None:  # noqa: ANN401
        self.encoders = [dict(each) for each in encoders]
        super().__init__(**others)
        positions = [each["max_position_embeddings"] for each in self.encoders if "max_position_embeddings" in each]
        self.max_position_embeddings = min(positions, default=None)


class PooledHeadForSequenceClassification(PreTrainedModel):
    """All encoders read the same tokens; each gives one vector of length 1 (see :func:`mean_pooled`)."""

    config_class = PooledHeadConfig
    base_model_prefix = "encoders"

    def __init__(self, config: PooledHeadConfig, encoders: Sequence[PreTrainedModel] = ()) -> None:
        super().__init__(config)
        made: Sequence[Any] = encoders or [
            AutoModel.from_config(AutoConfig.for_model(**each)) for each in config.encoders
        ]
        for each in made:
            if hasattr(each, "pooler"):
                each.pooler = None  # reads the first token, which is not read here
        self.encoders = nn.ModuleList(made)
        width = sum(each.config.hidden_size for each in made)
        self.classifier = nn.Linear(width, len(config.id2label or ()))
        self.post_init()  # type: ignore[no-untyped-call]  # transformers leaves it untyped

    def get_input_embeddings(self) -> nn.Module:
        """Of the first encoder."""
        first: Any = self.encoders[0]
        found: nn.Module = first.get_input_embeddings()
        return found

    def features(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """What the head reads, (rows, features): a vector of length 1 for each encoder, one behind the other."""
        return torch.cat([mean_pooled(each, input_ids, attention_mask) for each in self.encoders], dim=1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, **_: object) -> SequenceClassifierOutput:
        """Logits (rows, labels)."""
        return SequenceClassifierOutput(logits=self.classifier(self.features(input_ids, attention_mask)))

    def _init_weights(self, module: nn.Module) -> None:
        """Nothing is left to chance: encoders come with their weights, and a head that knows nothing says nothing."""
        if module is getattr(self, "classifier", None):
            nn.init.zeros_(self.classifier.weight)
            nn.init.zeros_(self.classifier.bias)
