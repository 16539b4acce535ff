"""What a reader of certificates must know: what they cover, what not, and how sure they are."""

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class HiddenTraining:
    """What is known of the training with hidden words."""

    learnt: Ablation | None
    """How words were hidden, if at all."""
    whole_rounds: int = 0
    """Of hardening on whole texts, afterwards."""


def certificate_notes(
    certificates: Sequence[Certificate], smoothing: Smoothing, training: HiddenTraining, *, most_tokens: int
) -> tuple[str, ...]:
    """Notes of a section that was measured.

    Args:
        certificates: of all examples.
        smoothing: that they were made with.
        training: of the model.
        most_tokens: that the model takes, which is also how many words masking reads of a text.
    """
    ablation = smoothing.ablation
    counted = [certificate for certificate in certificates if says_something(certificate, ablation)]
    hidden = "masked" if ablation.mechanism == "masking" else "deleted"
    return (
        _SMOOTHED.format(share=f"{ablation.rate:.0%}", hidden=hidden),
        _COVERED[ablation.mechanism],
        _WORD,
        _CONSTANT,
        *_sampling(counted, smoothing),
        *_texts(certificates, smoothing, most_tokens),
        *_training(ablation, training),
    )


def says_something(certificate: Certificate, ablation: Ablation) -> bool:
    """Masking is certified against replaced words, which a text without words has not: it would be so at any radius."""
    return certificate.words > 0 or ablation.mechanism != "masking"


def _sampling(certificates: Sequence[Certificate], smoothing: Smoothing) -> tuple[str, ...]:
    n, exact = len(certificates), sum(certificate.exact for certificate in certificates)
    if not n:
        return ()
    if exact == n:
        return (f"all {n} certificates are exact: every way to hide words was asked",)
    wrong = (n - exact) * smoothing.alpha
    return (
        f"{exact} of {n} certificates are exact, since every way to hide words was asked; the others rest on "
        f"{smoothing.samples} samples each, each wrong with a probability of at most {smoothing.alpha:g}: no more "
        f"than {wrong:.2g} of {n} are expected to be, which the intervals do not hold",
    )


def _texts(certificates: Sequence[Certificate], smoothing: Smoothing, most_tokens: int) -> tuple[str, ...]:
    masking = smoothing.ablation.mechanism == "masking"
    counts = (
        (
            "texts left out of all numbers, since they have no word that could be replaced",
            sum(not says_something(certificate, smoothing.ablation) for certificate in certificates),
        ),
        (
            f"texts of which only the first {most_tokens} words are read: no change of the others changes anything",
            sum(masking and certificate.words > most_tokens for certificate in certificates),
        ),
        (
            f"texts longer than the {most_tokens} tokens that the model takes, in some ways to hide words: it reads "
            "their beginning, and that is certified",
            sum(certificate.cut for certificate in certificates),
        ),
        (
            f"certificates of {smoothing.largest_radius} words, more than which were not looked for",
            sum(bool(c.predicted) and c.radius == smoothing.largest_radius for c in certificates),
        ),
    )
    return tuple(f"{what}: {count}" for what, count in counts if count)


def _training(ablation: Ablation, training: HiddenTraining) -> tuple[str, ...]:
    learnt = training.learnt
    if learnt is None:
        return (
            "the model was not trained with hidden words, as far as is known, and certifies less for it: "
            f"`robust-emo train --method {ablation.mechanism}`",
        )
    notes = []
    if learnt != ablation:
        notes.append(f"the model was trained with {learnt.rate:.0%} of the words hidden by {learnt.mechanism}")
    if training.whole_rounds:
        notes.append(
            "after its training with hidden words the model was trained on whole texts "
            f"(rounds of hardening: {training.whole_rounds}), and may certify less for it"
        )
    return tuple(notes)
