"""Recipes in TOML files, bundled in `robust_emo/recipes` or written by the user; see docs/hardening.md."""

import hashlib
import json
import tomllib
from math import inf
from pathlib import Path

from robust_emo.attack_choice import ADAPTIVE
from robust_emo.bundled import bundled_names, bundled_text
from robust_emo.errors import InputError, PrerequisiteError, RobustEmoError
from robust_emo.hardening.recipe import (
    AdversaryChoice,
    AttackShare,
    EditorChoice,
    Measurement,
    Recipe,
    Training,
    WorstOfKChoice,
    sampling,
)
from robust_emo.plugins import Attack, WordEditor, available, load
from robust_emo.profile import read_profile
from robust_emo.section_choice import check_section_arguments, load_section
from robust_emo.training.adversaries.settings import make_adversary
from robust_emo.types import Objective
from robust_emo.unknown_name import unknown_name


def recipe_names() -> list[str]:
    """Names of the recipes that come with the package."""
    return bundled_names("recipes")


def read_recipe(name: str) -> Recipe:
    """A bundled recipe by name, or the recipe in a file.

    Args:
        name: of a bundled recipe, or the path of a TOML file.

    Raises:
        InputError: no such recipe or file, not TOML, something missing or unknown in it; the message names it.
    """
    path = Path(name)
    if name not in recipe_names() and (path.suffix == ".toml" or path.is_file()):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"recipe {name} cannot be read: {error}") from error
        return _parsed(text, path.stem, name)
    return _parsed(bundled_text("recipes", "recipe", name), name, name)


def _parsed(text: str, name: str, where: str) -> Recipe:
    from pydantic import TypeAdapter, ValidationError  # heavy, and only needed for what is on disk

    def refused(value: object) -> None:
        raise InputError(f"recipe {where}: {value} is a date or a time, and recipes have none; put it in quotes")

    try:
        content = tomllib.loads(text)
    except ValueError as error:  # also of a number with thousands of digits
        raise InputError(f"recipe {where} is not TOML: {error}") from error
    if ours := sorted({"name", "sha256"} & content.keys()):
        raise InputError(f"recipe {where}: {ours[0]} is not for the file to say; a recipe is called like its file")
    whole = {"version": "unversioned", "summary": "", **content}
    whole |= {"name": name, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    try:
        # Strict, so that "yes" is no truth value; of JSON, since Python's lists would then be no tuples.
        recipe = TypeAdapter(Recipe).validate_json(json.dumps(whole, default=refused), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"recipe {where}: {place}: {first['msg']}") from error
    _check(recipe, where)
    return recipe


def _check(recipe: Recipe, where: str) -> None:
    if not recipe.defence and recipe.training is None:
        raise InputError(f"recipe {where}: expected a [[defence]] with a normaliser or a [training], got neither")
    known = available("normalisers")
    for step in recipe.defence:
        if step.normaliser not in known:
            raise InputError(f"recipe {where}: {unknown_name('normaliser', step.normaliser, known)}")
        try:
            load("normalisers", step.normaliser, **step.arguments)
        except RobustEmoError as error:
            raise InputError(f"recipe {where}: {error}") from error
    if recipe.training is not None:
        _check_training(recipe.training, where)
        for attack in recipe.training.attack:
            _check_attack(attack, where)
    if recipe.measure.examples is not None and recipe.measure.examples < 1:
        raise InputError(f"recipe {where}: measure.examples must be at least 1, got {recipe.measure.examples}")
    if ADAPTIVE in recipe.measure.attacks:
        raise InputError(
            f"recipe {where}: measure.attacks are run before and after, and before there is no defence for "
            f"'{ADAPTIVE}' to aim at: name attacks, and audit the new model with --attacks {ADAPTIVE}"
        )
    _check_section_arguments(recipe.measure, where)


def _check_section_arguments(measure: Measurement, where: str) -> None:
    profile = read_profile(measure.profile)
    try:
        check_section_arguments(measure.section_arguments, profile.sections)
        for name in measure.arguments:
            load_section(name, measure.section_arguments)
    except RobustEmoError as error:
        raise InputError(f"recipe {where}: measure.arguments: {error}") from error


def _check_training(training: Training, where: str) -> None:
    shares = [attack.share for attack in training.attack]
    checks = (
        (
            bool(shares or training.adversary or training.worst_of_k or training.outcomes),
            "training needs a [[training.attack]], a [training.adversary], a [training.worst_of_k] or outcomes = true",
            "none",
        ),
        (
            all(share > 0 for share in shares) and sum(shares) <= 1,
            "shares must be above 0 and add up to at most 1",
            shares,
        ),
        (training.rounds >= 1, "training.rounds must be at least 1", training.rounds),
        (training.epochs >= 1, "training.epochs must be at least 1", training.epochs),
        (
            training.learning_rate is None or 0 < training.learning_rate < inf,
            "training.learning_rate must be finite and above 0",
            training.learning_rate,
        ),
        (
            training.batch_size is None or training.batch_size >= 1,
            "training.batch_size must be at least 1",
            training.batch_size,
        ),
        (all(attack.max_queries >= 1 for attack in training.attack), "max_queries must be at least 1", "less"),
    )
    for holds, message, value in checks:
        if not holds:
            raise InputError(f"recipe {where}: {message}, got {value}")
    _check_adversary(training.adversary, where)
    if training.worst_of_k is not None:
        _check_worst_of_k(training.worst_of_k, where, moved=training.adversary is not None)


def _check_adversary(choice: AdversaryChoice | None, where: str) -> None:
    if choice is not None:
        try:
            make_adversary(choice.adversary, choice.arguments)
        except InputError as error:
            raise InputError(f"recipe {where}: {error}") from error


def _check_worst_of_k(choice: WorstOfKChoice, where: str, *, moved: bool) -> None:
    if not choice.attack:
        raise InputError(
            f"recipe {where}: training.worst_of_k needs at least one [[training.worst_of_k.attack]], got none"
        )
    try:
        settings = sampling(choice)
    except InputError as error:
        raise InputError(f"recipe {where}: {error}") from error
    if moved and settings.consistency:
        raise InputError(
            f"recipe {where}: worst_of_k holds answers together or has its texts moved by the training.adversary, not "
            f"both; say consistency = 0 in its arguments, got {settings.consistency:g}"
        )
    for editor in choice.attack:
        if not isinstance(_check_attack(editor, where), WordEditor):
            raise InputError(
                f"recipe {where}: attack '{editor.attack}' does not say what it puts in the place of one word, so "
                "that worst_of_k cannot draw from it; deepwordbug and synonyms do"
            )


def _check_attack(choice: AttackShare | EditorChoice, where: str) -> Attack:
    try:
        attack: Attack = load("attacks", choice.attack, **choice.arguments)
    except RobustEmoError as error:
        raise InputError(f"recipe {where}: {error}") from error
    if attack.spec.objective is Objective.REDUCE:
        raise InputError(
            f"recipe {where}: attack '{choice.attack}' deletes words that the model does not need; what is left "
            "misleads nobody and is nothing to train on"
        )
    if missing := attack.problems():
        raise PrerequisiteError(f"recipe {where}: {'; '.join(missing)}")
    return attack
