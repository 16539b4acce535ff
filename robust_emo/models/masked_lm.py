"""A masked language model (Devlin et al. 2019): which words fit into a place of a text."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from threading import get_ident
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from robust_emo.arrays import TokenIds
from robust_emo.errors import InputError
from robust_emo.models.batched import BatchedModel
from robust_emo.models.loading import check_tokenizer_fits, first_line, longest_input
from robust_emo.models.masked_lm_source import is_on_disk
from robust_emo.models.packing import COARSE, Batch
from robust_emo.models.quiet import quiet_transformers
from robust_emo.models.side_by_side import side_by_side
from robust_emo.models.vocabulary import Place, Vocabulary

Proposals = list[tuple[str, float]]
"""Words with their probabilities in (0, 1], most probable first."""

_PIECES = 4  # a word of more pieces gets no proposals where it is not masked
_PER_PIECE = 4  # pieces combined in each place, as in the code of BERT-Attack
_COLUMNS = 32  # places of one text answered in one pass
_ROWS = 16  # the output layer gets a multiple of these, so that no row depends on how many others there are
_MOST_LOGITS = {"cpu": 2**26, "cuda": 2**29}  # numbers that the output layer gives at once


@dataclass(frozen=True, slots=True)
class Blank:
    """One place of a text to be filled."""

    text: str
    start: int
    end: int
    """Characters text[start:end]; where both are equal a word is put in between (masked only)."""
    masked: bool
    """True: the place is replaced by one mask. False: the model sees what stands there and says what else could."""
    top_k: int


@dataclass(frozen=True, slots=True)
class _Cell:
    """One output of the model: a place in a token sequence, and which tokens may stand there."""

    ids: bytes
    column: int
    place: Place | None
    """None for a piece that continues a word."""


_Answers = dict[_Cell, Proposals]


class MaskedLanguageModel:
    """Proposes whole words, never pieces or special tokens. Runs in fp32 whatever the precision of the victim.

    Args:
        name: a model directory, or a hub id `owner/name` (only then is the network used).
        device: torch device.

    Raises:
        InputError: no such model, no safetensors, not a masked language model, or no fast tokenizer.
    """

    def __init__(self, name: str, *, device: str = "cpu") -> None:
        model, tokenizer = load_masked_lm(name)
        longest = longest_input(model, tokenizer)
        self._model = BatchedModel(
            model, tokenizer, device=device, precision="fp32", max_length=longest, positions=longest
        )
        self._vocabulary = Vocabulary(tokenizer)
        self._mask = int(tokenizer.mask_token_id)
        around = self._backend.encode(tokenizer.mask_token).ids
        at = around.index(self._mask)
        self._front, self._back = around[:at], around[at + 1 :]

    def propose(self, blanks: Sequence[Blank]) -> list[Proposals]:
        """At most `top_k` words per blank; what shares a call does not change an answer.

        A masked blank gets the words most probable in place of the mask. One that is not masked gets, where the model
        reads one token there, the words most probable there; where it reads two to four pieces, words put together
        from the four most probable pieces in each place, with the product of their probabilities; else none.
        """
        read: dict[str, Any] = {}
        for text in dict.fromkeys(blank.text for blank in blanks):
            read[text] = self._backend.encode(text, add_special_tokens=False)
        cells = [self._cells(blank, read[blank.text]) for blank in blanks]
        wanted = list(dict.fromkeys(cell for row in cells for cell in row))
        answers = self._answers(wanted, max(_PER_PIECE, *(blank.top_k for blank in blanks), 0))
        return [
            _put_together([answers[cell] for cell in row], blank.top_k)
            for row, blank in zip(cells, blanks, strict=True)
        ]

    @property
    def _backend(self) -> Any:  # noqa: ANN401 - the tokenizers package has no types
        backend = self._model.tokenizer.backend_tokenizer
        backend.no_padding()
        backend.no_truncation()
        return backend

    def _cells(self, blank: Blank, read: Any) -> list[_Cell]:  # noqa: ANN401
        """Where the model has to look: one cell, or one per piece; none where there is nothing to fill."""
        first = next((i for i, (_, end) in enumerate(read.offsets) if end > blank.start), len(read.ids))
        last = first
        while blank.start < blank.end and last < len(read.ids) and read.offsets[last][0] < blank.end:
            last += 1
        ids = read.ids
        if blank.masked:
            ids, last = [*ids[:first], self._mask, *ids[last:]], first + 1
        if not first < last <= first + _PIECES:
            return []
        place = _place(blank)
        window, column = self._window(ids, first, last)
        return [_Cell(window, column + i, None if i else place) for i in range(last - first)]

    def _window(self, ids: Sequence[int], first: int, last: int) -> tuple[bytes, int]:
        """As much as the model takes of the text around the place, and where the place is in it."""
        room = self._model.max_length - len(self._front) - len(self._back)
        start = max(0, min((first + last - room) // 2, len(ids) - room))
        window = np.asarray([*self._front, *ids[start : start + room], *self._back], dtype=np.int64)
        return window.tobytes(), len(self._front) + first - start

    def _answers(self, cells: Sequence[_Cell], top_k: int) -> _Answers:
        """Proposals of every cell, the most probable `top_k`; texts that read alike run once."""
        by_text: dict[bytes, list[_Cell]] = {}
        for cell in cells:
            by_text.setdefault(cell.ids, []).append(cell)
        passes = [row[i : i + _COLUMNS] for row in by_text.values() for i in range(0, len(row), _COLUMNS)]
        encoded: list[TokenIds] = [np.frombuffer(row[0].ids, dtype=np.int64) for row in passes]
        most = _MOST_LOGITS.get(self._model.device.type, _MOST_LOGITS["cpu"]) // len(self._model.tokenizer)

        def computed(batch: Batch) -> _Answers:
            places = [(row, cell) for row, member in enumerate(batch.members) for cell in passes[member]]
            return self._of_batch(*self._model.tensors(encoded, batch), places, top_k)

        batches = self._model.packed(encoded, COARSE, at_most=most)
        answers: _Answers = {}
        for _, found in side_by_side(computed, batches, self._model.device):
            answers |= found
        return answers

    def _of_batch(
        self, input_ids: Tensor, attention_mask: Tensor, places: Sequence[tuple[int, _Cell]], top_k: int
    ) -> _Answers:
        """Proposals of the cells, each given with its row."""
        logits = self._logits(input_ids, attention_mask, [(row, cell.column) for row, cell in places])
        answers: _Answers = {}
        for place in dict.fromkeys(cell.place for _, cell in places):
            chosen = [i for i, (_, cell) in enumerate(places) if cell.place == place]
            for i, proposals in zip(chosen, self._most_probable(logits[chosen], place, top_k), strict=True):
                answers[places[i][1]] = proposals
        return answers

    def _logits(self, input_ids: Tensor, attention_mask: Tensor, places: Sequence[tuple[int, int]]) -> Tensor:
        """(places, vocabulary). The output layer sees only the hidden states of those (row, column)."""
        filled = [*places, *[places[0]] * (-len(places) % _ROWS)]
        rows, columns = torch.tensor(filled, device=input_ids.device).T
        with torch.inference_mode(), _only(self._model.model, rows, columns):
            logits: Tensor = self._model.model(input_ids=input_ids, attention_mask=attention_mask).logits
        return logits[0, : len(places)].float()

    def _most_probable(self, logits: Tensor, place: Place | None, top_k: int) -> Iterator[Proposals]:
        table = self._vocabulary.continuing if place is None else self._vocabulary.words(place)
        chosen = logits[:, torch.from_numpy(table.ids).to(logits.device)]
        best = chosen.topk(min(top_k if place is not None else _PER_PIECE, len(table.words)))
        values = (best.values - logits.logsumexp(dim=1, keepdim=True)).exp()
        for indices, row in zip(best.indices.tolist(), values.tolist(), strict=True):
            yield [(table.words[i], probability) for i, probability in zip(indices, row, strict=True)]


def _place(blank: Blank) -> Place:
    before = blank.text[: blank.start]
    if not before.strip():
        return "first"
    return "spaced" if before[-1].isspace() or blank.start == blank.end else "glued"


def _put_together(pieces: Sequence[Proposals], top_k: int) -> Proposals:
    if len(pieces) <= 1:
        return [proposal for row in pieces for proposal in row[:top_k]]
    combined = (
        ("".join(piece for piece, _ in parts), math.prod(probability for _, probability in parts))
        for parts in product(*(row[:_PER_PIECE] for row in pieces))
    )
    best: dict[str, float] = {}
    for word, probability in combined:
        best[word] = max(probability, best.get(word, 0.0))
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:top_k]


@contextmanager
def _only(model: nn.Module, rows: Tensor, columns: Tensor) -> Iterator[None]:
    """Inside, the output layer works on the hidden states of some places instead of on all of them.

    All of them would be gigabytes: the vocabulary is a hundred times wider than the hidden states.
    """
    asking = get_ident()

    def select(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
        if get_ident() != asking:  # a batch of another thread
            return None
        return (inputs[0][rows, columns][None], *inputs[1:])

    handle = model.get_output_embeddings().register_forward_pre_hook(select)  # type: ignore[operator]  # every masked language model of transformers has it
    try:
        yield
    finally:
        handle.remove()


def load_masked_lm(name: str) -> tuple[Any, Any]:
    """Model and tokenizer in fp32. No pickle, no code from the directory, and no network for a directory.

    Raises:
        InputError: no such model, no safetensors, not a masked language model, or no fast tokenizer.
    """
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    where: dict[str, Any] = {"local_files_only": is_on_disk(name), "trust_remote_code": False}
    with quiet_transformers():
        try:
            tokenizer = AutoTokenizer.from_pretrained(name, **where)
            model, info = AutoModelForMaskedLM.from_pretrained(
                name, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **where
            )
        except Exception as error:  # transformers raises nearly anything here
            raise InputError(f"masked language model {name} cannot be loaded: {first_line(error)}") from error
    if info["missing_keys"]:
        raise InputError(f"{name} is not a masked language model: its weights lack {min(info['missing_keys'])}")
    if getattr(tokenizer, "backend_tokenizer", None) is None or tokenizer.mask_token is None:
        raise InputError(f"masked language model {name}: expected a fast tokenizer with a mask token")
    check_tokenizer_fits(f"masked language model {name}", model, tokenizer)
    return model, tokenizer
