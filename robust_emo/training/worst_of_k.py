"""Training on the worst of a few random perturbations of each text: the attack in the loop that costs a few passes.

Worst-of-k adversarial training (Engstrom et al. 2019, "Exploring the Landscape of Spatial Robustness") in the space of
texts: words are exchanged for what attacks put in their place, and what raises the loss most is trained on, with the
answer held close to that for the text as it is (as in TRADES, Zhang et al. 2019). The model is attacked as it is at
this very step, and every text is, not only those that a full search can mislead.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from accelerate.utils import extract_model_from_parallel
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from robust_emo.errors import InputError
from robust_emo.plugins import WordEditor
from robust_emo.training.adversaries.objective import adversarial_objective
from robust_emo.training.adversaries.settings import Adversary
from robust_emo.training.adversaries.smoothness import kullback_leibler
from robust_emo.training.batches import Batch, Encoded, by_length, padded
from robust_emo.training.loss import Loss
from robust_emo.training.sampling import Sampling
from robust_emo.training.step import Objective
from robust_emo.types import Task
from robust_emo.words import Words

Encode = Callable[[Sequence[str]], Sequence[Sequence[int]]]
"""Texts as users write them -> token ids as the model reads them, behind its input defence."""

_ROWS = 32  # texts per pass without gradients: on a CPU more are slower each


def worst_of_k(
    settings: Sampling,
    editors: Sequence[WordEditor],
    encode: Encode,
    loss: Loss,
    data: Encoded,
    adversary: Adversary | None = None,
) -> Objective:
    """The loss of the texts and of their worst perturbations, and how far apart their answers are.

    Args:
        editors: each text of a batch is perturbed by one of them, drawn anew at each step.
        encode: how the model reads a text.
        loss: that of standard training.
        data: what is trained on, with its texts.
        adversary: also moves the token vectors of the worst perturbations; what it lowers of them takes the place of
            their loss. None leaves them.

    Raises:
        InputError: an adversary, and answers are to be held together, which it does not do.
    """

    def perturbed(model: nn.Module, batch: Batch, seed: int) -> list[str]:
        search = _Search(settings, encode, _hardness(model, batch, data), random.Random(f"worst of k/{seed}"))
        return search.worst([(text, search.rng.choice(editors)) for text in batch.texts])

    if adversary is not None:
        return _moved(settings, perturbed, encode, loss, data, adversary)
    one_way = kullback_leibler(data.task)

    def terms(model: nn.Module, batch: Batch, seed: int) -> Iterator[Tensor]:
        worst = encode(perturbed(model, batch, seed))
        ids, mask = padded([*_ids(batch), *worst], data.pad_id, at_most=data.max_length)
        device = batch.input_ids.device
        logits = model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
        plain, moved = logits[: len(batch.texts)], logits[len(batch.texts) :]
        apart = (one_way(plain, moved) + one_way(moved, plain)) / 2
        yield loss(plain, batch.targets) + settings.weight * loss(moved, batch.targets) + settings.consistency * apart

    return Objective(terms)


def _moved(
    settings: Sampling,
    perturbed: Callable[[nn.Module, Batch, int], list[str]],
    encode: Encode,
    loss: Loss,
    data: Encoded,
    adversary: Adversary,
) -> Objective:
    if settings.consistency:
        raise InputError(f"worst of k with the adversary {adversary.name}: consistency must be 0")
    inner = adversarial_objective(adversary, loss, data.task)

    def terms(model: nn.Module, batch: Batch, seed: int) -> Iterator[Tensor]:
        worst = encode(perturbed(model, batch, seed))
        yield loss(model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits, batch.targets)
        ids, mask = padded(worst, data.pad_id, at_most=data.max_length)
        device = batch.input_ids.device
        for term in inner.terms(model, Batch(ids.to(device), mask.to(device), batch.targets), seed):
            yield settings.weight * term

    return Objective(terms, count=1 + inner.count, adversary=adversary)


Hardness = Callable[[Sequence[Sequence[int]], Sequence[int]], list[float]]
"""Token ids and the place in the batch of the text that each comes from -> loss of each."""


@dataclass(slots=True)
class _Candidate:
    """A text on its way, and the words that may still be exchanged."""

    words: Words
    free: list[int]


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for the worst perturbation of each text of one batch."""

    settings: Sampling
    encode: Encode
    hardness: Hardness
    rng: random.Random

    def worst(self, texts: Sequence[tuple[str, WordEditor]]) -> list[str]:
        """The worst of each text that was found; the text itself where nothing was worse."""
        found = [self._start(text) for text, _ in texts]
        highest = self._losses(found, range(len(texts)))
        owners = [place for place in range(len(texts)) for _ in range(self.settings.tries)]
        for _ in range(self.settings.stages):
            tried = [self._changed(found[place], texts[place][1]) for place in owners]
            for place, candidate, loss in zip(owners, tried, self._losses(tried, owners), strict=True):
                if loss > highest[place]:
                    found[place], highest[place] = candidate, loss
        return [candidate.words.text for candidate in found]

    def _losses(self, candidates: Sequence[_Candidate], owners: Sequence[int]) -> list[float]:
        return self.hardness(self.encode([candidate.words.text for candidate in candidates]), owners)

    def _start(self, text: str) -> _Candidate:
        words = Words.of(text)
        return _Candidate(words, list(words.indices))

    def _changed(self, start: _Candidate, editor: WordEditor) -> _Candidate:
        """With one or more words exchanged; no word twice."""
        settings, words, free = self.settings, start.words, list(start.free)
        allowed = min(settings.most_words, settings.word_share * len(words)) / settings.stages
        wanted = self.rng.randint(1, max(1, round(allowed)))
        self.rng.shuffle(free)
        for index in list(free):
            if not wanted:
                break
            if edits := editor.word_edits(words[index], self.rng):
                words = words.replace(index, self.rng.choice(edits))
                free.remove(index)
                wanted -= 1
        return _Candidate(words, free)


def _hardness(model: nn.Module, batch: Batch, data: Encoded) -> Hardness:
    """Losses without dropout and without gradients; the model is left as it was."""
    plain: nn.Module = extract_model_from_parallel(model)  # the distributed wrapper would wait for gradients

    def losses(texts: Sequence[Sequence[int]], owners: Sequence[int]) -> list[float]:
        found = [0.0] * len(texts)
        plain.eval()
        try:
            with torch.no_grad():
                for rows in by_length([len(text) for text in texts], batch_size=_ROWS):
                    ids, mask = padded([texts[row] for row in rows], data.pad_id, at_most=data.max_length)
                    device = batch.input_ids.device
                    logits = plain(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
                    targets = batch.targets[[owners[row] for row in rows]]
                    for row, value in zip(rows, _each_loss(logits.float(), targets, data.task).tolist(), strict=True):
                        found[row] = value
        finally:
            plain.train()
        return found

    return losses


def _each_loss(logits: Tensor, targets: Tensor, task: Task) -> Tensor:
    """Of each text (b,)."""
    if task is Task.SINGLE_LABEL:
        return cross_entropy(logits, targets, reduction="none")
    return binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(dim=1)


def _ids(batch: Batch) -> list[list[int]]:
    return [row[flags.bool()].tolist() for row, flags in zip(batch.input_ids, batch.attention_mask, strict=True)]
