"""Realistic findings about explanations, for tests of reports. The texts were written for these tests."""

import random
import re
from dataclasses import replace

from robust_emo.types import (
    AttackedPair,
    AttributionShare,
    CountedBin,
    Counterfactual,
    Explanation,
    ExplanationFindings,
    FaithfulnessPoint,
    HeatMapQuality,
    MapPoint,
    MethodAgreement,
    Metric,
    SanityPoint,
    Section,
    SuspectedShortcut,
    TopWord,
    Trust,
    WordAttribution,
)

EMOTIONS = ("anger", "fear", "joy", "sadness")
HOSTILE = "<img src=x onerror=alert(1)>"

_WEIGHTS = {
    "furious": 2.1, "love": 1.8, "happy": 1.9, "terrified": 2.0, "miss": 1.4, "cried": 1.5, "not": -0.9, "never": 0.6,
    "best": 1.1, "refund": 0.7, "dark": 0.8, "proud": 1.3, "but": -0.4, "hate": 1.9, "fine": -0.7, "alone": 1.0,
}  # fmt: skip
_TEXTS = (
    ("anger", "Third time this week the app ate my order. I am furious and want a refund!"),
    ("joy", "She said YES! Best day of my whole life, I love her so much 😂❤️"),
    ("fear", "Someone tried my door twice. I am terrified, sitting in the dark with my phone."),
    ("sadness", "His chair is still at the table. I miss him and cried alone again."),
    ("joy", "so proud of this team, happy is not the word, but the best is yet to come"),
    ("sadness", "I said I was fine and they believed me, never again"),
    ("anger", "@northline_trains cancelled, no refund, I hate this https://example.com/b/4411"),
    ("joy", "第一次自己做面包，真的很开心"),
)


def explain(
    text: str, target: str = "joy", *, trust: Trust = Trust.TRUSTED, seed: int = 0, **changes: object
) -> Explanation:
    """An explanation of made-up attributions whose words are those of the text."""
    rng = random.Random(f"{text} {target} {seed}".encode(errors="surrogatepass"))
    words = tuple(
        WordAttribution(
            found.group(), found.start(), found.end(),
            round(_WEIGHTS.get(found.group().lower().strip("!,."), 0.0) + rng.gauss(0, 0.15), 4),
        )
        for found in re.finditer(r"\w+|[^\w\s]+", text)
    )  # fmt: skip
    reasons = {
        Trust.TRUSTED: (),
        Trust.CAUTION: ("small edits change the order of the words",),
        Trust.UNRELIABLE: ("no better than words ranked at random (p 0.310)", "completeness gap of 12.0%"),
    }
    made = Explanation(
        method="integrated-gradients",
        target=target,
        text=text,
        words=words,
        trust=trust,
        reasons=reasons[trust],
        probability=round(rng.uniform(0.4, 0.99), 3),
        predicted=(target.split()[0],),
        completeness_gap=0.12 if trust is Trust.UNRELIABLE else 0.013,
        special=-0.04,
        steps=64,
        baseline="mask",
        quality=HeatMapQuality(
            0.41,
            0.06,
            0.12,
            0.33,
            0.31 if trust is Trust.UNRELIABLE else 0.002,
            0.64,
            0.38,
            0.2,
            masked_comprehensiveness=0.36,
            masked_sufficiency=0.11,
            random_masked_comprehensiveness=0.09,
            random_masked_sufficiency=0.29,
        ),
    )
    return replace(made, **changes)


def make_findings() -> ExplanationFindings:
    """All parts, as an audit of a small model would leave them."""
    rng = random.Random(5)
    trusts = (Trust.TRUSTED, Trust.TRUSTED, Trust.CAUTION, Trust.UNRELIABLE)
    shown = []
    for row, (label, text) in enumerate(_TEXTS):
        predicted = label if row % 3 else EMOTIONS[(EMOTIONS.index(label) + 1) % 4]
        own = {"example_id": f"row-{row + 2}", "label": (label,), "predicted": (predicted,)}
        shown.append(explain(text, predicted, trust=trusts[row % 4], **own))
        if row in (0, 4):
            shown.append(explain(text, label if row == 0 else "fear", trust=Trust.CAUTION, seed=1, **own))
            shown.append(explain(text, f"{predicted} rather than surprise", seed=2, **own))
    shown.append(explain(f"look {HOSTILE} \u202eevil\u2066 so ha\u200bppy", "joy", completeness_gap=None, quality=None))
    shown.append(explain("word " * 700, "fear", windows=3, example_id="row-long", trust=Trust.CAUTION))
    pairs = tuple(
        AttackedPair(
            plugin,
            explain(text, before, predicted=(before,), label=(before,), example_id=f"row-{row}"),
            explain(attacked, after, predicted=(after,), label=(before,), example_id=f"row-{row}", trust=Trust.CAUTION),
        )
        for row, (plugin, text, attacked, before, after) in enumerate(
            (
                ("unicode", "I love this so much", "I lоve this so much", "joy", "sadness"),
                ("deepwordbug", "I am furious and want a refund", "I am fur ious and want a reefund", "anger", "joy"),
            )
        )
    )
    shares = (0.01, 0.05, 0.1, 0.2, 0.5)
    layers = ("head", "head and pooler", "+ layer 6", "+ layer 5", "+ layer 4", "+ layer 3", "+ layer 2", "all layers")
    kinds = (
        ("emotion", 0.31, 0.11, False),
        ("negation", 0.05, 0.03, False),
        ("identity", 0.09, 0.01, True),
        ("handle", 0.07, 0.02, True),
        ("punctuation", 0.12, 0.16, False),
        ("other", 0.36, 0.67, False),
    )
    return ExplanationFindings(
        method="integrated-gradients",
        baselines=("mask", "pad", "mean"),
        shown=tuple(shown),
        pairs=pairs,
        faithfulness=tuple(
            FaithfulnessPoint(s, 0.62 * s**0.4, 0.3 * (1 - s) ** 3 - 0.04, 0.3 * s**0.8, 0.55 * (1 - s), 200)
            for s in shares
        ),
        faithfulness_masked=tuple(
            FaithfulnessPoint(s, 0.52 * s**0.4, 0.34 * (1 - s) ** 3, 0.25 * s**0.8, 0.5 * (1 - s), 198) for s in shares
        ),
        sanity=tuple(
            SanityPoint(name, (row + 1) / 8, 0.9 * 0.6**row, 0.9 * 0.6**row - 0.06, 0.9 * 0.6**row + 0.06, 48)
            for row, name in enumerate(layers)
        ),
        stability=tuple(CountedBin(b / 10, (b + 1) / 10, max(0, 8 * b - 12)) for b in range(-3, 10)),
        agreement=(
            MethodAgreement("integrated-gradients", "leave-one-out", 0.57, 0.51, 0.62, 120, 0.71, 0.66, 0.76, 0.262),
            MethodAgreement("integrated-gradients", "attention-rollout", -0.08, -0.15, 0.01, 120),
            MethodAgreement("leave-one-out", "kernel-shap", None, None, None, 0),
        ),
        top_words=tuple(
            TopWord(label, word, 1.9 - 0.2 * row, 1.6 - 0.25 * row, 2.2 - 0.15 * row, 40 - 3 * row)
            for label in EMOTIONS
            for row, word in enumerate(("furious", "love", "terrified", "alone", "refund", "dark", "best", "proud"))
        ),
        shares=tuple(
            AttributionShare(kind, label, right, share, share - 0.02, share + 0.02, expected, 200, share / 2, flagged)
            for label, right in ((None, None), ("joy", None), (None, False))
            for kind, share, expected, flagged in kinds
        ),
        shortcuts=(SuspectedShortcut("zorblax", "joy", 0.61, 0.55, 0.66, 0.98, 0.9, 41),),
        counterfactuals=(
            Counterfactual(
                "row-9", "I love this so much", "I adore this so much", ("joy",), ("surprise",), "synonyms", 1
            ),
            Counterfactual(
                "row-3", "happy is not the word", "happy is hardly a word", ("joy",), ("sadness",), "clare", 2
            ),
        ),
        embedding_map=tuple(
            MapPoint(
                rng.gauss(3 * (row % 2), 1), rng.gauss(2 * (row % 4 // 2), 1), (EMOTIONS[row % 4],),
                (EMOTIONS[row % 4 if row % 7 else (row + 1) % 4],),
            )
            for row in range(300)
        ),
        variance_shown=0.384,
    )  # fmt: skip


def make_section(findings: ExplanationFindings | None = None, **changes: object) -> Section:
    """The section with its metrics; the findings of :func:`make_findings` if None are given."""

    def metric(name: str, value: float, half: float, better: bool | None, label: str | None = None) -> Metric:
        return Metric(name, value, value - half, value + half, 200, 0.95, better, label, "bootstrap")

    metrics = (
        metric("trusted", 0.62, 0.06, True),
        metric("caution", 0.25, 0.06, None),
        metric("unreliable", 0.13, 0.05, False),
        metric("beats_random", 0.84, 0.05, True),
        metric("comprehensiveness", 0.412, 0.03, True),
        metric("sufficiency", 0.061, 0.02, False),
        metric("random_comprehensiveness", 0.101, 0.02, None),
        metric("random_sufficiency", 0.465, 0.04, None),
        metric("masked_comprehensiveness", 0.371, 0.03, True),
        metric("masked_sufficiency", 0.092, 0.02, False),
        metric("random_masked_comprehensiveness", 0.083, 0.02, None),
        metric("random_masked_sufficiency", 0.402, 0.04, None),
        metric("negation_changes_prediction", 0.17, 0.1, None),
        metric("negation_attributed", 0.83, 0.15, True),
        metric("negation_attributed_by_chance", 0.31, 0.05, None),
        metric("normalised_comprehensiveness", 0.52, 0.03, True),
        metric("normalised_sufficiency", 0.88, 0.03, True),
        metric("random_normalised_comprehensiveness", 0.13, 0.03, None),
        metric("random_normalised_sufficiency", 0.42, 0.03, None),
        metric("leave_one_out_correlation", 0.57, 0.05, True),
        metric("leave_one_out_overlap", 0.71, 0.05, True),
        metric("random_leave_one_out_overlap", 0.262, 0.01, None),
        metric("infidelity", 0.41, 0.05, False),
        metric("random_infidelity", 0.83, 0.02, None),
        metric("max_sensitivity", 0.21, 0.03, False),
        metric("completeness_gap", 0.012, 0.002, False),
        metric("completeness_holds", 0.97, 0.02, True),
        metric("randomisation_correlation", 0.03, 0.05, False),
        metric("rank_stability", 0.71, 0.04, True),
        metric("stability_overlap", 0.78, 0.04, True),
        metric("random_stability_overlap", 0.271, 0.01, None),
        *(metric("comprehensiveness", 0.35 + 0.03 * row, 0.05, True, label) for row, label in enumerate(EMOTIONS)),
    )
    made = Section(
        kind="explanation",
        plugin="explanation",
        version="1",
        args={"method": "integrated-gradients", "texts": 200},
        metrics=metrics,
        seconds=88.0,
        notes=("200 of 1,200 texts were explained, drawn by chance.",),
        explanation=make_findings() if findings is None else findings,
    )
    return replace(made, **changes)
