"""What goes first where the page would be too large, and where a reader finds it instead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from .attack_view import AttackView
from .explanation_view import ExplanationView
from .language import later, say
from .page import Page
from .robustness_view import RobustnessView
from .section_view import SectionView
from .waterfall_view import WaterfallRow

MOST_BYTES = 2_000_000
"""Of report.html."""
_FEW_EXAMPLES = 12


@dataclass(frozen=True, slots=True)
class Cut:
    """One thing to leave out."""

    sentence: str
    """For the reader: what is left out, and where it is."""
    of: Callable[[Page], Page]
    """The page without it; the same where it has none."""


def bounded(make: Callable[[], Page], render: Callable[[Callable[[], Page]], bytes]) -> bytes:
    """The page, less what has no place in :data:`MOST_BYTES`; it says what that is.

    An audit of many hundreds of attacks or emotions may be larger still: its verdict is never cut.

    Args:
        make: all of it, in the language spoken when it is called.
        render: to bytes, in all languages.
    """
    cuts: tuple[Cut, ...] = ()
    made = render(make)
    for cut in CUTS:
        if len(made) <= MOST_BYTES:
            break
        page = _cut(make, cuts)
        if cut.of(page) != page:
            cuts = (*cuts, cut)
            made = render(partial(_cut, make, cuts))
    return made


def _cut(make: Callable[[], Page], cuts: Sequence[Cut]) -> Page:
    page = make()
    for cut in cuts:
        page = replace(cut.of(page), left_out=(*page.left_out, say(cut.sentence, n=_FEW_EXAMPLES)))
    return page


def _without_pairs(page: Page) -> Page:
    robust = page.robustness
    if robust is None or robust.worst_case is None:
        return page
    return replace(page, robustness=replace(robust, worst_case=replace(robust.worst_case, comparisons=())))


def _without_arguments(page: Page) -> Page:
    return replace(page, provenance=replace(page.provenance, sections=()))


def _without_details(page: Page) -> Page:
    return page if page.robustness is None else replace(page, robustness=_bare(page.robustness))


def _bare(robust: RobustnessView) -> RobustnessView:
    fall = robust.waterfall
    return replace(
        robust,
        attacks=tuple(map(_bare_attack, robust.attacks)),
        waterfall=replace(fall, rows=tuple(map(_bare_step, fall.rows))) if fall else None,
    )


def _bare_attack(attack: AttackView) -> AttackView:
    return replace(attack, section=_bare_section(attack.section))


def _bare_step(row: WaterfallRow) -> WaterfallRow:
    return replace(row, section=_bare_section(row.section))


def _bare_section(section: SectionView) -> SectionView:
    return replace(section, metrics=(), notes=(), learnt=())


def _few_examples(page: Page) -> Page:
    kept, explanations = page.examples.shown[:_FEW_EXAMPLES], page.explanations
    return replace(
        page,
        examples=replace(page.examples, shown=kept, shown_text=str(len(kept))),
        explanations=explanations and replace(explanations, sections=tuple(map(_few_maps, explanations.sections))),
    )


def _few_maps(view: ExplanationView) -> ExplanationView:
    found = view.findings
    if found is None:
        return view
    texts = replace(found.texts, shown=found.texts.shown[:_FEW_EXAMPLES])
    return replace(view, findings=replace(found, texts=texts, pairs=found.pairs[:_FEW_EXAMPLES], map=None))


def _without_emotions(page: Page) -> Page:
    since = page.since
    return replace(
        page,
        robustness=page.robustness and replace(page.robustness, by_emotion=None),
        clean=tuple(replace(view, classes=(), confusion=None) for view in page.clean),
        since=since and replace(since, written=since.written[:1]),
    )


def _without_curves(page: Page) -> Page:
    return replace(page, robustness=page.robustness and replace(page.robustness, word_charts=(), query_chart=None))


CUTS = (
    Cut(
        later(
            "Attacks compared in pairs are left out of this page for its size; audit.json has them, in "
            "`comparisons` of "
            "the section `ensemble`."
        ),
        _without_pairs,
    ),
    Cut(
        later(
            "Arguments and notes of the sections are left out of this page for its size; audit.json has them, in "
            "`args` "
            "and `notes` of each section."
        ),
        _without_arguments,
    ),
    Cut(
        later(
            "Further numbers of single attacks, and what attacks learnt, are left out of this page for its size; "
            "audit.json has them, in `metrics`, `notes` and `learnt` of each section."
        ),
        _without_details,
    ),
    Cut(
        later(
            "Of examples, heat maps and pairs only {n} each are on this page, for its size, and no map of the "
            "texts; outcomes.jsonl has all attacked texts, and audit.json all heat maps."
        ),
        _few_examples,
    ),
    Cut(
        later(
            "Tables by emotion are left out of this page for its size; audit.json has their numbers, in `metrics`"
            " with a "
            "`label`, and outcomes.jsonl what came of each text."
        ),
        _without_emotions,
    ),
    Cut(
        later(
            "Curves of accuracy by budget are left out of this page for its size; audit.json has them, in "
            "`curves` of each "
            "section."
        ),
        _without_curves,
    ),
)
"""In this order: first what fewest readers look for."""
