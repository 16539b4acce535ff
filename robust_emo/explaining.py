"""Explanations for users' own code: a model directory and texts in, heat maps with their trust labels out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from robust_emo import plugins
from robust_emo.audits.explanation.counterfactuals import search_counterfactual
from robust_emo.audits.explanation.explaining import Explainer, of_examples
from robust_emo.audits.explanation.influence import TrainingTexts
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.masked import masked_explanation
from robust_emo.audits.explanation.methods import DEFAULT, method_entry
from robust_emo.audits.explanation.reading import check_text
from robust_emo.audits.explanation.skill import better_than_guessing
from robust_emo.audits.explanation.target import Target
from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.personal.choice import check_recogniser, recognisers_called
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.plugins import Attack
from robust_emo.progress import Progress, Silent
from robust_emo.types import Example, Explanation
from robust_emo.validity.checker import ValidityChecker

TRUE = "true"
"""As a target: the true emotion of each text."""


@dataclass(frozen=True, slots=True)
class HeatMaps(Sequence[Explanation]):
    """Explanations in the order of the texts; a notebook shows them as heat maps."""

    explanations: tuple[Explanation, ...]

    def __len__(self) -> int:
        return len(self.explanations)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204 - as of a tuple
        return self.explanations[index]

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self.explanations)

    def _repr_html_(self) -> str:
        content: bytes = plugins.load("explanation_reporters", "html", page=False).render(self.explanations)
        return content.decode()


@dataclass(frozen=True, slots=True)
class Question:
    """What is explained, and how.

    Raises:
        InputError: an unknown method or recogniser, or baselines for a method that has none to choose.
    """

    method: str = DEFAULT
    target: str | None = None
    """An emotion, or :data:`TRUE`; None: the most probable one of each text."""
    against: str | None = None
    """Explained is why the target rather than this emotion."""
    baselines: tuple[str, ...] = ()
    """Empty: those of the method."""
    seed: int = 0
    show_raw: bool = False
    """Personal data is left in the texts."""
    recogniser: str = "built-in"
    """Of personal data: the built-in ones, or `presidio` beside them."""

    def __post_init__(self) -> None:
        method_entry(self.method)
        check_recogniser(self.recogniser)
        if self.baselines and self.method != DEFAULT:
            raise InputError(f"baselines can be chosen for {DEFAULT} only, not for {self.method}")

    def targets(self, examples: Sequence[Example], labels: Sequence[str], most_probable: Sequence[str]) -> list[Target]:
        """What is explained of each text.

        Args:
            examples: texts, with their true emotions where `target` is :data:`TRUE`.
            labels: of the model.
            most_probable: of each text.

        Raises:
            InputError: a label that the model does not have, or a text without, or with several true emotions.
        """
        return [self._target(each, labels, best) for each, best in zip(examples, most_probable, strict=True)]

    def _target(self, example: Example, labels: Sequence[str], most_probable: str) -> Target:
        label = self.target or most_probable
        if label == TRUE and TRUE not in labels:
            if len(example.labels) != 1:
                raise InputError(
                    f"{example.id}: expected one true emotion to explain, got {len(example.labels)}; "
                    f"--target {TRUE} is for data with one label each"
                )
            label = example.labels[0]
        target = Target(label, self.against)
        try:
            target.check(labels)
        except InputError as error:
            raise InputError(str(error) if self.target else f"{example.id}: {error}; name a --target") from None
        return target


def explain(
    model: str | Path, texts: str | Sequence[str], question: Question | None = None, *, device: str = "cpu"
) -> HeatMaps:
    """Heat maps of texts.

    Args:
        model: directory made by `robust-emo train` or `harden`, or by save_pretrained.
        texts: one or several.
        question: what is explained, and how; None: the most probable emotion, by integrated gradients.
        device: torch device.

    Raises:
        InputError: see :func:`~robust_emo.models.loading.load_classifier` and :class:`Question`; a blank text; a method
            that does not apply to the model.
        PrerequisiteError: Presidio is asked for and not installed.
    """
    if isinstance(texts, str):
        texts = [texts]
    engine = Engine(Victim(load_classifier(model), device=device))
    examples = [Example(f"text-{n}", text, ()) for n, text in enumerate(texts, 1)]
    return explained(engine, examples, question or Question(), labelled=False)


def explained(
    engine: Engine,
    examples: Sequence[Example],
    question: Question,
    progress: Progress | None = None,
    *,
    labelled: bool = True,
) -> HeatMaps:
    """Heat maps of examples.

    Args:
        engine: of the model.
        examples: texts.
        question: what is explained, and how.
        progress: told of each step.
        labelled: the examples' labels are the true emotions, and are shown beside the prediction.

    Raises:
        InputError: as for :func:`explain`.
        PrerequisiteError: likewise.
    """
    recognisers = recognisers_called(question.recogniser)
    method = replace(IntegratedGradients(), baselines=question.baselines) if question.baselines else None
    explainer = Explainer(engine, question.method, question.seed, method=method, progress=progress or Silent())
    texts, labels = [example.text for example in examples], engine.victim.labels
    for text in texts:
        check_text(text)
    logits = engine.scores(texts)
    best = [labels[int(row.argmax())] for row in logits]
    maps = explainer.heat_maps(explainer.readings(texts, question.targets(examples, labels, best)))
    learnt = better_than_guessing(engine.victim, examples, logits, seed=question.seed) if labelled else None
    found = [explainer.explanation(each, learnt=learnt, labelled=labelled) for each in of_examples(maps, examples)]
    if question.show_raw:
        return HeatMaps(tuple(found))
    return HeatMaps(tuple(masked_explanation(each, recognisers=recognisers) for each in found))


def with_counterfactuals(
    engine: Engine,
    examples: Sequence[Example],
    maps: HeatMaps,
    attacks: Sequence[Attack],
    *,
    seed: int,
    recognisers: Sequence[Recogniser] = BUILT_IN,
) -> HeatMaps:
    """The same, each with the smallest edit found that changes its prediction and reads well; None where none was.

    Args:
        engine: of the model.
        examples: the texts of `maps`, unmasked.
        maps: of :func:`explained`.
        attacks: that search, each on its own.
        seed: of the attacks.
        recognisers: of what is personal, and masked.
    """
    found = [
        search_counterfactual(
            engine, attacks, example.text, seed=seed, validity=ValidityChecker(), recognisers=recognisers
        )
        for example in examples
    ]
    return HeatMaps(tuple(replace(each, counterfactual=one) for each, one in zip(maps, found, strict=True)))


def with_training_texts(
    engine: Engine,
    examples: Sequence[Example],
    maps: HeatMaps,
    train: Sequence[Example],
    *,
    recognisers: Sequence[Recogniser] = BUILT_IN,
) -> HeatMaps:
    """The same, each with the training texts behind its prediction.

    Args:
        engine: of the model.
        examples: the texts of `maps`, unmasked.
        maps: of :func:`explained`.
        train: what the model was trained on.
        recognisers: of what is personal, and masked.

    Raises:
        InputError: the model has no last linear layer.
    """
    behind = TrainingTexts.of(engine.victim, train).behind([each.text for each in examples], recognisers=recognisers)
    return HeatMaps(tuple(replace(each, training=one) for each, one in zip(maps, behind, strict=True)))
