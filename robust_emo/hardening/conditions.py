"""What a hardened model and its rounds depend on: work of an interrupted run is kept where all of it is the same."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from robust_emo import __version__, plugins
from robust_emo.hardening.outcome_texts import OutcomeTexts
from robust_emo.hardening.recipe import AttackShare, EditorChoice, Recipe, Training
from robust_emo.hardening.request import HardenRequest
from robust_emo.hardening.sources import Sources
from robust_emo.models.fingerprint import model_sha256
from robust_emo.resources.catalogue import described, find_all
from robust_emo.run_record import packages

Conditions = Mapping[str, str | int | None]
_MEASURED = ("validation", "test")
_ONLY_MEASURED = "test data"
_TRAIN_WITH = ("accelerate", "peft")


def conditions(request: HardenRequest, recipe: Recipe, sources: Sources, outcomes: OutcomeTexts) -> Conditions:
    """All that the new model depends on, flat, so that a difference can be named."""
    data = {"training data": sources.train, **{f"{name} data": sources.measured.get(name) for name in _MEASURED}}
    return {
        "parent": model_sha256(request.model),
        "recipe": recipe.sha256,
        **{name: read.sha256 if read else None for name, read in data.items()},
        "robust_emo": __version__,
        **{f"package {name}": number for name, number in packages().items()},
        **{
            f"normaliser {step.normaliser}": _version("normalisers", step.normaliser, step.arguments)
            for step in recipe.defence
        },
        **(_of_training(request, recipe.training) if recipe.training else {}),
        **outcomes.depends_on,
    }


def of_rounds(made_with: Conditions) -> dict[str, str | int | None]:
    """The part that the weights depend on."""
    return {name: value for name, value in made_with.items() if name != _ONLY_MEASURED}


def differences(then: Conditions, now: Conditions) -> str:
    """What is not the same, for an error message; empty where all is."""
    names = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    return ", ".join(f"{name} (was {_short(then.get(name))}, now {_short(now.get(name))})" for name in names)


def _of_training(request: HardenRequest, training: Training) -> dict[str, str | int | None]:
    drawn_from = training.worst_of_k.attack if training.worst_of_k else ()
    attacks: tuple[AttackShare | EditorChoice, ...] = (*training.attack, *drawn_from)
    return {
        "seed": request.seed or 0,
        "device": request.device,
        **{f"package {name}": version(name) for name in _TRAIN_WITH},
        **{f"attack {choice.attack}": _version("attacks", choice.attack, choice.arguments) for choice in attacks},
        **{f"resource {found.name}": described(found.name) for found in find_all() if found.found},
    }


def _version(kind: plugins.Kind, name: str, arguments: Mapping[str, Any]) -> str:
    return str(plugins.load(kind, name, **arguments).spec.version)


def _short(value: str | int | None) -> str:
    return str(value)[:12]
