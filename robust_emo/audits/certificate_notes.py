"""What a reader of certificates must know: what they cover, what not, and how sure they are."""

from collections.abc import Sequence

from robust_emo.ablation import Ablation
from robust_emo.engine.smoothing import Certificate, Smoothing

_SMOOTHED = (
    "certified is the smoothed model, which answers what the model says most often with {share} of the words {hidden}; "
    "nothing is certified of the model by itself, and somebody who uses it by itself has no certificate"
)
_COVERED = {
    "masking": "covered: up to r words replaced by any others, and any change of spacing and punctuation between "
    "words; not covered: words inserted, deleted, split, joined or moved",
    "deletion": "covered: up to r words replaced, inserted or deleted, anywhere, as words changed are counted in the "
    "whole report, and any change of spacing and punctuation between words; a moved word counts as two",
}
_WORD = (
    "a hashtag, a handle, an emoji and a Chinese character each count as one word; spacing and punctuation, emoticons "
    "such as :) among it, are not read"
)
_CONSTANT = (
    "a classifier that always gives the same answer is certified at every radius: what is no better than the constant "
    "numbers is worth nothing"
)


def certificate_notes(
    certificates: Sequence[Certificate], smoothing: Smoothing, learnt: Ablation | None, *, most_words: int
) -> tuple[str, ...]:
    """Notes of a section that was measured.

    Args:
        certificates: at least one.
        smoothing: that they were made with.
        learnt: how words were hidden in the model's training, if at all.
        most_words: that masking reads of a text.
    """
    ablation = smoothing.ablation
    hidden = "masked" if ablation.mechanism == "masking" else "deleted"
    return (
        _SMOOTHED.format(share=f"{ablation.rate:.0%}", hidden=hidden),
        _COVERED[ablation.mechanism],
        _WORD,
        _CONSTANT,
        _sampling(certificates, smoothing),
        *_texts(certificates, ablation, most_words),
        *_training(ablation, learnt),
    )


def _sampling(certificates: Sequence[Certificate], smoothing: Smoothing) -> str:
    n, exact = len(certificates), sum(certificate.exact for certificate in certificates)
    if exact == n:
        return f"all {n} certificates are exact: every way to hide words was asked"
    wrong = (n - exact) * smoothing.alpha
    return (
        f"{exact} of {n} certificates are exact, since every way to hide words was asked; the others rest on "
        f"{smoothing.samples} samples each, each wrong with a probability of at most {smoothing.alpha:g}: no more "
        f"than {wrong:.2g} of {n} are expected to be, which the intervals do not hold"
    )


def _texts(certificates: Sequence[Certificate], ablation: Ablation, most_words: int) -> tuple[str, ...]:
    empty = sum(certificate.words == 0 for certificate in certificates)
    full = sum(certificate.words > most_words for certificate in certificates)
    notes = []
    if empty and ablation.mechanism == "masking":
        notes.append(f"texts without a word, in which nothing can be replaced: {empty}, certified at every radius")
    if full and ablation.mechanism == "masking":
        notes.append(f"texts of which only the first {most_words} words are read: {full}")
    return tuple(notes)


def _training(ablation: Ablation, learnt: Ablation | None) -> tuple[str, ...]:
    if learnt == ablation:
        return ()
    if learnt is None:
        return (
            "the model was not trained with hidden words, as far as is known, and certifies less for it: "
            f"`robust-emo train --method {ablation.mechanism}`",
        )
    return (f"the model was trained with {learnt.rate:.0%} of the words hidden by {learnt.mechanism}",)
