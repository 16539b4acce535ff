"""The attack in the loop: texts that mislead the model as it is now, for it to be trained on.

The idea of Yoo & Qi 2021, "Towards Improving Adversarial Training of NLP Models" (A2T), with any attack: a share of the
training texts is attacked anew in each round, all examples at once on the query engine, through the input defence.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from robust_emo import plugins
from robust_emo.atomic import write_atomically
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.hardening.recipe import AttackShare
from robust_emo.models.victim import Victim
from robust_emo.plugins import Attack
from robust_emo.progress import Progress
from robust_emo.types import AttackBudget, Example, Status
from robust_emo.validity.checker import ValidityChecker


def adversarial_texts(
    victim: Victim,
    train: Sequence[Example],
    attacks: Sequence[AttackShare],
    *,
    seed: int,
    round_number: int,
    keep: Path,
    progress: Progress,
) -> list[Example]:
    """Perturbed texts that the model gets wrong, with the labels of their originals; not those that lost their emotion.

    Depends on the arguments only. No text is attacked twice in a round.

    Args:
        victim: the model as it is now, behind its input defence.
        train: training examples.
        attacks: what attacks which share of them.
        seed: of the draw and the attacks.
        round_number: from 1.
        keep: file of the result; where it exists already, it is read instead.
        progress: told of each attack.
    """
    if keep.exists():
        return [_example(json.loads(line)) for line in keep.read_text(encoding="utf-8").splitlines()]
    engine, found = Engine(victim), []
    for number, (share, chosen) in enumerate(_dealt(train, attacks, seed=seed, round_number=round_number)):
        progress.begin(f"round {round_number}: {share.attack}", len(chosen))
        attack: Attack = plugins.load("attacks", share.attack, **share.arguments)
        outcomes = attack_examples(
            engine,
            attack,
            chosen,
            seed=seed + 1000 * round_number + number,  # other rounds try other edits
            limit=AttackBudget(max_queries=share.max_queries),
            validity=ValidityChecker(),
        )
        by_id = {example.id: example for example in chosen}
        for outcome in outcomes:
            if outcome.status is Status.SUCCEEDED and outcome.perturbed is not None and outcome.valid is not False:
                found.append(Example(outcome.example_id, outcome.perturbed, by_id[outcome.example_id].labels))
            progress.advance(note=f"{len(found)} found")
        progress.end()
    place = {example.id: number for number, example in enumerate(train)}
    found.sort(key=lambda example: place[example.id])  # outcomes come in no particular order
    write_atomically(keep, "".join(json.dumps(asdict(e), ensure_ascii=False) + "\n" for e in found).encode())
    return found


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


def _example(content: dict[str, Any]) -> Example:
    return Example(**{**content, "labels": tuple(content["labels"])})
