"""A few words that, put in front of any text of one emotion, change what the model says of it.

Wallace, Feng, Kandpal, Gardner & Singh 2019, "Universal Adversarial Triggers for Attacking and Analyzing NLP". What
is learnt on one half of the data is tried on the other, so the rate says how well a trigger carries over.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from robust_emo.engine.goal import Goal
from robust_emo.engine.requests import Place, Query
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget, Example
from robust_emo.words import Words

from .allowance import Allowance

_START = "the"  # what every place of a trigger holds at first, as in the paper

_SPARE = 4  # times more words are asked for than are tried: those in foreign letters are left out

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trigger:
    """What was found for the texts of one set of gold emotions."""

    labels: Labels
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Batch:
    """Texts of one set of gold emotions, with their goals."""

    texts: tuple[str, ...]
    goals: tuple[Goal, ...]

    def places(self, trigger: Sequence[str]) -> tuple[Place, ...]:
        """Where the words of the trigger stand, in each of the texts alike."""
        ends = np.cumsum([len(word) + 1 for word in trigger])
        return tuple(Place(int(end) - 1 - len(word), int(end) - 1) for word, end in zip(trigger, ends, strict=True))


class UniversalTriggers:
    """Learns one trigger per set of gold emotions, by gradient-guided beam search; see :meth:`learn`.

    Args:
        length: words of a trigger, at least 1.
        examples: texts per set of emotions to learn on, at least 1; the paper takes batches of a whole data set.
        candidates: words tried per place, those with the highest summed gain to first order, at least 1.
        beam: triggers kept, at least 1.
        rounds: times that every place is gone over, at least 1.

    Raises:
        InputError: an argument below 1.
    """

    spec = PluginSpec(
        name="universal-triggers",
        version="1",
        summary="three words in front, the same for every text of an emotion, learnt on other texts",
        paper="Wallace 2019",
        family="gradients",
        white_box=True,
    )

    def __init__(
        self, *, length: int = 3, examples: int = 16, candidates: int = 12, beam: int = 1, rounds: int = 2
    ) -> None:
        values = {"length": length, "examples": examples, "candidates": candidates, "beam": beam, "rounds": rounds}
        for name, value in values.items():
            if value < 1:
                raise InputError(f"attack universal-triggers: {name} must be at least 1, got {value}")
        self.length = length
        self.examples = examples
        self.candidates = candidates
        self.beam = beam
        self.rounds = rounds
        self.budget = AttackBudget(max_words=length)

    async def learn(
        self, examples: Sequence[Example], query: Query, *, goals: Sequence[Goal], rng: random.Random
    ) -> "BoundTriggers":
        """A trigger for every set of gold emotions among `examples`, sought on at most `self.examples` of each.

        Starting from `the the the`, one place after the other is filled with the words whose summed gain to first
        order is highest; those that bring the texts nearest to their goals are kept.

        Raises:
            InputError: no examples.
        """
        if not examples:
            raise InputError(
                "attack universal-triggers learns on other examples than it attacks, and the other half has none that "
                "can be attacked: attack more texts, with --data"
            )
        groups: dict[Labels, list[tuple[str, Goal]]] = {}
        for example, goal in zip(examples, goals, strict=True):
            groups.setdefault(tuple(sorted(example.labels)), []).append((example.text, goal))
        triggers = []
        for labels, members in sorted(groups.items()):
            chosen = rng.sample(members, min(self.examples, len(members)))
            batch = _Batch(tuple(text for text, _ in chosen), tuple(goal for _, goal in chosen))
            triggers.append(Trigger(labels, await self._search(batch, query)))
        return BoundTriggers(self, tuple(triggers))

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Not without having learnt.

        Raises:
            InputError: always; the core attacks with what :meth:`learn` returns.
        """
        raise InputError("attack universal-triggers learns on some examples and attacks others: it needs --data")

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """Length of the trigger and breadth of the search."""
        return {
            "length": self.length,
            "examples": self.examples,
            "candidates": self.candidates,
            "beam": self.beam,
            "rounds": self.rounds,
        }

    def notes(self) -> Sequence[str]:
        """How to read the rate."""
        return (
            "A white-box attack: triggers are found with the gradients of the model. Each half of the examples is "
            "attacked with the triggers found on the other half; the queries of learning are not counted.",
            "A trigger may name another emotion outright, and such a text may pass the validity check: audit.json "
            "names the triggers, read them. Texts of an emotion that no text of the other half has are left as they "
            "are and count as not broken.",
        )

    async def _search(self, batch: _Batch, query: Query) -> tuple[str, ...]:
        start = (_START,) * self.length
        beam = [start]
        worth = dict(zip(beam, await _worths(beam, batch, query), strict=True))
        for _ in range(self.rounds):
            before = beam
            for place in range(self.length):
                changed = [
                    (*trigger[:place], word, *trigger[place + 1 :])
                    for trigger in beam
                    for word in await self._promising(trigger, place, batch, query)
                ]
                new = [trigger for trigger in dict.fromkeys(changed) if trigger not in worth]
                worth |= dict(zip(new, await _worths(new, batch, query), strict=True))
                beam = sorted(worth, key=lambda trigger: (-worth[trigger], trigger))[: self.beam]
            if beam == before:
                break
        return beam[0]

    async def _promising(self, trigger: tuple[str, ...], place: int, batch: _Batch, query: Query) -> list[str]:
        """Words for one place in letters that the texts have themselves, so that they can be read."""
        ranked = await query.common_flips(
            [_with(trigger, text) for text in batch.texts],
            [goal.target() for goal in batch.goals],
            [(batch.places(trigger)[place],)] * len(batch.texts),
            top_k=_SPARE * self.candidates,
        )
        letters = set("".join(batch.texts).lower())
        return [word for word, _ in ranked[0] if letters.issuperset(word.lower())][: self.candidates]


class BoundTriggers:
    """The attack with triggers that were found: one query per text.

    Args:
        source: the attack that found them.
        triggers: one per set of gold emotions.
    """

    def __init__(self, source: UniversalTriggers, triggers: tuple[Trigger, ...]) -> None:
        self.spec = source.spec
        self.budget = source.budget
        self.triggers = triggers
        self._source = source

    async def perturb(
        self, example: Example, query: Query, *, goal: Goal, budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """The trigger of the text's emotions in front of it."""
        trigger = self.trigger_for(example.labels)
        if trigger is None or not example.text.strip():
            return None
        text = _with(trigger.words, example.text)
        if not Allowance(Words.of(example.text), budget).holds(text):
            return None
        return text if goal.reached((await query.scores([text]))[0]) else None

    def learnt(self) -> Sequence[tuple[str, str]]:
        """The triggers, by the gold emotions they were learnt for."""
        return [(", ".join(trigger.labels) or "no emotion", " ".join(trigger.words)) for trigger in self.triggers]

    def trigger_for(self, labels: Sequence[str]) -> Trigger | None:
        """The one learnt on texts of these emotions, else of those with most in common (several emotions per text).

        None where no emotion is in common.
        """
        wanted = set(labels)
        near = sorted(
            self.triggers, key=lambda trigger: (-len(wanted & set(trigger.labels)), len(trigger.labels), trigger.labels)
        )
        exact = [trigger for trigger in near if set(trigger.labels) == wanted]
        shared = [trigger for trigger in near if wanted & set(trigger.labels)]
        return next(iter(exact or shared), None)

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def arguments(self) -> Mapping[str, Any]:
        """Those of the search."""
        return self._source.arguments()

    def notes(self) -> Sequence[str]:
        """Those of the search."""
        return self._source.notes()


def _with(trigger: Sequence[str], text: str) -> str:
    return f"{' '.join(trigger)} {text}"


async def _worths(triggers: Sequence[Sequence[str]], batch: _Batch, query: Query) -> list[float]:
    """Per trigger the mean progress of the texts behind it."""
    if not triggers:  # every exchange was known already
        return []
    logits = await query.scores([_with(trigger, text) for trigger in triggers for text in batch.texts])
    by_text = logits.reshape(len(triggers), len(batch.texts), -1)
    progress = [goal.progress(by_text[:, i]) for i, goal in enumerate(batch.goals)]
    return [float(mean) for mean in np.mean(progress, axis=0)]
