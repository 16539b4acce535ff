"""Attacks on a smoothed model as a whole that try to contradict its certificates.

Attacks search with the answers of the smoothed model itself (:class:`robust_emo.engine.smoothed_victim.SmoothedVictim`)
for another answer than the certified one. Whatever they ask about on the way, and what they end with, is a try: those
within the certified radius are asked again, each with samples of its own or, where that is affordable, in every way to
hide words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.smoothing import Certificate, SmoothedClassifier
from robust_emo.plugins import Attack
from robust_emo.types import AttackBudget, AttackOutcome, Example, Status


@dataclass(frozen=True, slots=True)
class Tries:
    """What became of attacks on certified texts."""

    outcomes: int = 0
    """Attacks that ran to their end or to that of their budget."""
    skipped: int = 0
    """Texts to which a search on samples had another answer beforehand."""
    broken: int = 0
    """Outcomes with another answer, by the search's own account, whatever they changed."""
    texts: int = 0
    """Distinct ones that attacks tried."""
    within: int = 0
    """Those that change a word and no more words than are certified, in a way that is covered; asked again."""
    exact: int = 0
    """Of these, asked in every way to hide words."""
    undecided: int = 0
    """Of the others, those whose samples leave the answer open."""
    contradictions: int = 0
    """Another answer, or an exact tie."""

    def __add__(self, other: "Tries") -> "Tries":
        return Tries(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Tries)))


def try_to_contradict(
    attack: Attack,
    attacked: Engine,
    smoothed: SmoothedClassifier,
    certified: Sequence[tuple[Example, Certificate]],
    *,
    max_queries: int,
    more_words: int = 0,
    seed: int = 0,
) -> Tries:
    """Attack certified texts with a budget of as many words as are certified.

    Args:
        attack: that does not learn and asks for no gradients.
        attacked: over a smoothed victim.
        smoothed: what made the certificates.
        certified: each with an answer.
        max_queries: of the smoothed model, per text.
        more_words: budget beyond the certified words, where attacks may succeed.
        seed: of the attack.
    """
    watched = _Watched(attack)
    # the attack is after another answer than the certified one, right or wrong
    targets = {example.id: Example(example.id, example.text, (made.predicted or "",)) for example, made in certified}
    outcomes: list[AttackOutcome] = []
    for radius in sorted({made.radius for _, made in certified}):
        limit = AttackBudget(max_words=radius + more_words, max_queries=max_queries)
        group = [targets[example.id] for example, made in certified if made.radius == radius]
        outcomes += attack_examples(attacked, watched, group, seed=seed, limit=limit)
    errors = [outcome.error for outcome in outcomes if outcome.status is Status.ERRORED]
    if errors:
        raise RuntimeError(errors[0])
    skipped = sum(outcome.status is Status.SKIPPED for outcome in outcomes)
    broken = sum(outcome.status is Status.SUCCEEDED for outcome in outcomes)
    texts = sum(map(len, watched.tried.values()))
    tries = Tries(outcomes=len(outcomes) - skipped, skipped=skipped, broken=broken, texts=texts)
    return sum(_asked_again(smoothed, certified, watched), tries)


def _asked_again(
    smoothed: SmoothedClassifier, certified: Sequence[tuple[Example, Certificate]], watched: "_Watched"
) -> Iterator[Tries]:
    again, before = [], []
    for example, made in certified:
        read = set()
        for text in watched.tried.get(example.id, ()):
            changed, words = smoothed.reading.changed(example.text, text), smoothed.reading.words(text)
            if changed is not None and 1 <= changed <= made.radius and words not in read:
                read.add(words)
                again.append(Example(f"{example.id} {len(read)}", text, example.labels))
                before.append(made)
    for made, after in zip(before, smoothed.certify(again), strict=True):
        undecided = after.predicted is None and not after.exact
        other = after.predicted != made.predicted and not undecided
        yield Tries(within=1, exact=int(after.exact), undecided=int(undecided), contradictions=int(other))


class _Watched:
    """An attack whose questions are written down."""

    def __init__(self, attack: Attack) -> None:
        self.spec, self.budget, self._attack = attack.spec, attack.budget, attack
        self.problems, self.arguments, self.notes = attack.problems, attack.arguments, attack.notes
        self.tried: dict[str, dict[str, None]] = {}

    async def perturb(self, example, query, **rest):
        tried = self.tried.setdefault(example.id, {})
        found = await self._attack.perturb(example, _Watching(query, tried), **rest)
        if found is not None:
            tried[found] = None
        return found


class _Watching:
    """A query that writes down the texts it is asked about."""

    def __init__(self, query, tried: dict[str, None]) -> None:
        self._query, self._tried = query, tried

    def __getattr__(self, name: str):
        return getattr(self._query, name)

    async def scores(self, texts):
        answer = await self._query.scores(texts)
        self._tried.update(dict.fromkeys(texts))
        return answer
