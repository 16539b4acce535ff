"""Training with hidden words: the base of a smoothed classifier has to make do with few of them (Zeng et al. 2021)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from transformers import PreTrainedTokenizerBase

from robust_emo.ablation import Ablation
from robust_emo.engine.reading import mask_token
from robust_emo.training.batches import Encoded
from robust_emo.types import Example
from robust_emo.words import Words


@dataclass(frozen=True, slots=True)
class AblatedTexts(Encoded):
    """Texts whose words are hidden anew in each epoch, as a smoothed classifier hides them; `ids` are of whole texts.

    What is hidden depends on (seed, epoch) alone, so that a resumed training and all its processes see the same.
    """

    words: tuple[tuple[str, ...], ...]
    tokenizer: PreTrainedTokenizerBase
    ablation: Ablation
    seed: int
    mask: str

    @classmethod
    def of(
        cls,
        encoded: Encoded,
        examples: Sequence[Example],
        tokenizer: PreTrainedTokenizerBase,
        *,
        ablation: Ablation,
        seed: int,
    ) -> "AblatedTexts":
        """Hide words of `examples`, which `encoded` holds in the same order.

        Raises:
            PrerequisiteError: masking, and the tokenizer has neither a mask nor an unknown token.
        """
        return cls(
            **{field.name: getattr(encoded, field.name) for field in fields(Encoded)},
            words=tuple(Words.of(example.text).words for example in examples),
            tokenizer=tokenizer,
            ablation=ablation,
            seed=seed,
            mask=mask_token(tokenizer) if ablation.mechanism == "masking" else "",
        )

    def in_epoch(self, epoch: int) -> Encoded:
        """The texts with the words hidden that `epoch` hides."""
        rng = np.random.default_rng([self.seed, epoch])
        shown = (self.ablation.draw(len(words), rng) for words in self.words)
        texts = [self.ablation.text(words, way, self.mask) for words, way in zip(self.words, shown, strict=True)]
        ids = self.tokenizer(texts, truncation=True, max_length=self.max_length)["input_ids"]
        return Encoded(
            labels=self.labels,
            task=self.task,
            ids=tuple(map(tuple, ids)),
            targets=self.targets,
            pad_id=self.pad_id,
            max_length=self.max_length,
            truncated=self.truncated,
        )
