"""The attack in the loop: texts that mislead the model as it is now, for it to be trained on.

The idea of Yoo & Qi 2021, "Towards Improving Adversarial Training of NLP Models" (A2T), with any attack: a share of the
training texts is attacked anew in each round, all examples at once on the query engine, through the input defence.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from robust_emo import plugins
from robust_emo.atomic import write_atomically
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.errors import PluginError
from robust_emo.hardening.recipe import AttackShare
from robust_emo.models.manifest import RoundAttack
from robust_emo.models.victim import Victim
from robust_emo.plugins import Attack
from robust_emo.progress import Progress
from robust_emo.types import AttackBudget, AttackOutcome, Example, Status
from robust_emo.validity.checker import ValidityChecker


@dataclass(frozen=True, slots=True)
class Found:
    """What the attacks of one round came to."""

    texts: tuple[Example, ...]
    """Perturbed, in the order of their originals, whose ids and labels they have."""
    attacks: tuple[RoundAttack, ...]
    seconds: float


def adversarial_texts(
    victim: Victim,
    train: Sequence[Example],
    attacks: Sequence[AttackShare],
    *,
    seed: int,
    round_number: int,
    keep: Path,
    progress: Progress,
) -> Found:
    """Perturbed texts that the model gets wrong and that keep their emotion; depends on the arguments only.

    Args:
        victim: the model as it is now, behind its input defence.
        attacks: what attacks which share of the training examples.
        seed: of the draw and the attacks.
        round_number: from 1.
        keep: file of the result; where it exists already, it is read instead.
        progress: told of each attack.

    Raises:
        PluginError: an attack crashed on every text that it was run on.
    """
    if keep.exists():
        return read_found(keep)
    engine, started, by_id = Engine(victim), time.perf_counter(), {example.id: example for example in train}
    found: dict[str, Example] = {}
    counts: list[RoundAttack] = []
    for number, (share, chosen) in enumerate(_dealt(train, attacks, seed=seed, round_number=round_number)):
        progress.begin(f"round {round_number}: {share.attack}", len(chosen))
        own_seed = seed + 1000 * round_number + number  # other rounds try other edits
        outcomes = _attack(engine, share, chosen, seed=own_seed, progress=progress)
        progress.end()
        counts.append(_counted(share.attack, outcomes))
        found |= {each.example_id: _text(each, by_id[each.example_id]) for each in outcomes if _misleads(each)}
    texts = tuple(found[each] for each in by_id if each in found)  # outcomes come in no particular order
    result = Found(texts, tuple(counts), round(time.perf_counter() - started, 1))
    write_atomically(keep, json.dumps(asdict(result), indent=1, ensure_ascii=False).encode())
    return result


def read_found(path: Path) -> Found:
    """What :func:`adversarial_texts` kept."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Found(
        tuple(Example(**{**text, "labels": tuple(text["labels"])}) for text in content["texts"]),
        tuple(RoundAttack(**attack) for attack in content["attacks"]),
        content["seconds"],
    )


def _dealt(
    train: Sequence[Example], attacks: Sequence[AttackShare], *, seed: int, round_number: int
) -> Iterator[tuple[AttackShare, list[Example]]]:
    order = list(train)
    random.Random(f"{seed}/{round_number}").shuffle(order)
    start = 0
    for share in attacks:
        end = start + round(share.share * len(order))
        yield share, order[start:end]
        start = end


def _attack(
    engine: Engine, share: AttackShare, chosen: Sequence[Example], *, seed: int, progress: Progress
) -> list[AttackOutcome]:
    attack: Attack = plugins.load("attacks", share.attack, **share.arguments)
    limit = AttackBudget(max_queries=share.max_queries)
    outcomes, misled = [], 0
    for outcome in attack_examples(engine, attack, chosen, seed=seed, limit=limit, validity=ValidityChecker()):
        outcomes.append(outcome)
        misled += _misleads(outcome)
        progress.advance(note=f"{misled} found")
    return outcomes


def _misleads(outcome: AttackOutcome) -> bool:
    return outcome.status is Status.SUCCEEDED and outcome.perturbed is not None and outcome.valid is not False


def _text(outcome: AttackOutcome, original: Example) -> Example:
    return Example(outcome.example_id, str(outcome.perturbed), original.labels)


def _counted(attack: str, outcomes: Sequence[AttackOutcome]) -> RoundAttack:
    statuses = Counter(outcome.status for outcome in outcomes)
    attacked, errored = statuses[Status.SUCCEEDED] + statuses[Status.FAILED], statuses[Status.ERRORED]
    errors = {each.example_id: each.error for each in outcomes if each.status is Status.ERRORED}
    first = errors[min(errors)] if errors else None  # of the examples, not of the clock
    if errored and not attacked:
        raise PluginError(
            f"attack '{attack}' crashed on all {errored} training texts that it was run on, and would teach the model "
            f"nothing; the first time with {first}"
        )
    found = sum(map(_misleads, outcomes))
    return RoundAttack(attack, attacked, statuses[Status.SKIPPED], errored, found, first)
