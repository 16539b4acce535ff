"""Faithfulness by hiding words instead of deleting them: the text keeps its length, and the model's mask says that
something stood there.

A masked text is read by the whole pipeline, as any other: through the input defence, then by the tokenizer.
"""

from collections.abc import Sequence

from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.faithfulness import Faithfulness, faithfulness
from robust_emo.engine.engine import Engine
from robust_emo.models.victim import Victim
from robust_emo.progress import Progress, Silent

RANKINGS = 4
"""Random ones: the mean over a few is as unbiased as that over many, and masked texts are as long as the text itself.
They are the first of those that words are deleted by."""


def hiding_token(victim: Victim) -> str | None:
    """What stands for a hidden word: the mask, or else the unknown token.

    None where the tokenizer has neither, or only one that says something else: GPT-2's unknown token ends a text.
    """
    tokenizer, token = victim.batched.tokenizer, victim.mask_token
    others = (tokenizer.pad_token, tokenizer.bos_token, tokenizer.eos_token, tokenizer.cls_token, tokenizer.sep_token)
    return token if token and token not in others else None


def faithfulness_when_hidden(
    engine: Engine, attributions: Sequence[Attribution], *, seed: int, progress: Progress | None = None
) -> list[Faithfulness | None]:
    """Faithfulness of each heat map with words masked.

    Args:
        engine: whom to ask about masked texts.
        attributions: of any method.
        seed: of the random rankings.
        progress: advanced by one per text that is masked.

    Returns:
        None for a text whose masks the model does not read as one mask per word, and for all where it has none.
    """
    token = hiding_token(engine.victim)
    if token is None:
        return [None] * len(attributions)
    readable = _readable(engine.victim, attributions, token)
    kept = [each for each, reads in zip(attributions, readable, strict=True) if reads]
    watching, found = progress or Silent(), list[Faithfulness]()
    for each in faithfulness(engine, kept, seed=seed, mask=token, rankings=RANKINGS):
        found.append(each)
        watching.advance()
    rest = iter(found)
    return [next(rest) if reads else None for reads in readable]


def _readable(victim: Victim, attributions: Sequence[Attribution], token: str) -> list[bool]:
    """Whether all words of a text may be masked and each mask arrives: an input defence may rewrite it, or the text be
    cut before the last one."""
    number = victim.batched.tokenizer.convert_tokens_to_ids(token)
    hidden = [each.segments.masked(range(len(each.segments)), token) for each in attributions]
    return [
        int((ids == number).sum()) == len(each.segments)
        for each, ids in zip(attributions, victim.encode(hidden), strict=True)
    ]
