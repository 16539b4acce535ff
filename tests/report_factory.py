"""Realistic finished audits for tests of reports: 200 attacked texts, four attacks, every variant of going wrong.

The texts were written for these tests. Numbers are counted from the made-up outcomes, so that they agree; the sections
of attacks are made as an audit makes them.
"""

import random
from dataclasses import replace
from math import sqrt
from types import SimpleNamespace

from robust_emo.audits.attack_section import attack_section
from robust_emo.audits.survivors import survivors_section
from robust_emo.audits.worst_case import compare_attacks, worst_case_curves, worst_case_section, worst_outcome
from robust_emo.plugins import PluginSpec
from robust_emo.statistics import wilson
from robust_emo.types import (
    SCHEMA_VERSION,
    AdaptiveInfo,
    AttackBudget,
    AttackOutcome,
    AuditReport,
    BudgetCurve,
    CalibrationBin,
    ConfusionMatrix,
    CurvePoint,
    DataInfo,
    Flag,
    Gap,
    KnownGaps,
    Metric,
    NormaliserGaps,
    Objective,
    RunCost,
    RunInfo,
    Section,
    Status,
    Task,
    Threshold,
    Verdict,
    VerdictStatus,
)
from robust_emo.words import Words, words_changed

EMOTIONS = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
ATTACKS = ("deepwordbug", "pruthi", "synonyms", "unicode")
REDUCER = "input-reduction"
FLAGS = (
    Flag("randomised_model", False, "0 of 64 texts got another answer when asked again"),
    Flag("saturated_softmax", True, "31 of 64 texts with probabilities that round to 0 and 1"),
    Flag("zero_gradients", False, "0 of 64 texts with a gradient of exactly 0"),
    Flag("black_box_beats_white_box", None, "in 0 of 0 duels a random exchange of a word hurt more"),
    Flag("too_few_queries", False, "2 of 90 failed attacks stopped by their query budget"),
    Flag("attacks_did_not_apply", False, "1 of 61 attacked texts never tried by any attack"),
)
ADAPTIVE = AdaptiveInfo(
    normalisers=(
        NormaliserGaps(
            "spelling",
            "2",
            KnownGaps(
                through=("deepwordbug", "keyboard"),
                gaps=(
                    Gap("A misspelling that is another word is taken for that word.", ("real-words",)),
                    Gap("Words exchanged for others that are spelt right stay.", ("synonyms", "pwws")),
                    Gap("Texts in other languages stay."),
                ),
            ),
        ),
        NormaliserGaps("laughter", "1", None),
    ),
    not_runnable={"pwws": "attack pwws needs WordNet: apt-get install wordnet-base"},
    command="robust-emo audit models/feedback-minilm --attacks keyboard,real-words --out audit-adaptive",
    aimed=("deepwordbug", "synonyms"),
)
"""Of a model behind a speller and something of a third party; two of the attacks are among ATTACKS."""

_TEXTS = {
    "anger": (
        "Third time this week the app ate my order. I am furious and nobody answers the phone!",
        "@northline_trains cancelled again, no announcement, no refund. Absolutely unacceptable 😡",
        "stop calling me at 7am about a survey i never signed up for",
        "He took my idea, put his name on it and got the bonus. I could scream.",
        "Not angry, just done. Actually no, I AM angry. You had one job",
        "my landlord 'fixed' the heating by sending a link to a blanket https://example.com/b/4411 unreal",
        "How dare they raise the price and shrink the box in the same month",
    ),
    "disgust": (
        "There was a hair in the soup and the waiter just picked it out with his fingers. Gross.",
        "the smell in that lift... I took the stairs, eleven floors, no regrets 🤢",
        "Opened the lunchbox I forgot in July. It moved. Never again",
        "He chews with his mouth open and then kisses everyone hello, revolting",
        "Watching grown men bully a kid for likes makes me sick to my stomach",
        "mould inside the new water bottle. from the factory. yuck yuck yuck",
    ),
    "fear": (
        "Someone tried my door handle twice tonight. I am sitting in the dark with my phone.",
        "results come back tomorrow and i can't breathe properly 😰",
        "That turbulence over the Alps, I honestly thought this was it",
        "Big interview at nine and I'm terrified I will forget my own name",
        "every time the phone rings after midnight my heart stops",
        "they say the dam will hold. they said that last year too. we packed the car, mail me at lena.k@example.org",
    ),
    "joy": (
        "She said YES! Best day of my whole life, crying on a bus 😂❤️",
        "first loaf that actually rose!! the kitchen smells like heaven",
        "Got the keys today. Empty rooms, cold pizza on the floor, couldn't be happier.",
        "my dog learned to ring the little bell and now he rings it for fun, i love him so much",
        "Sun is out, exams are over, somebody is playing trumpet by the river. Perfect.",
        "grandma beat us all at cards again and did a victory dance at 91 🎉",
        "So proud of this team, two years of work and it flies! Thank you @mira_builds and everyone who stayed late",
    ),
    "sadness": (
        "His chair is still at the table. I keep setting two plates.",
        "we sold the boat today. dad would have hated it. I miss him",
        "Nobody came to the reading. I read it to the barista instead, she was kind",
        "it's not the rain, it's that there is no one to text about the rain 😢",
        "Moved out of the flat where everything happened. The walls looked so small, I cried in the stairwell "
        "for half an hour and then called a taxi, and the driver said nothing, gave me his tissues and drove slowly.",
        "I said I was fine and they believed me",
    ),
    "surprise": (
        "Wait, the quiet guy from accounting is a WORLD champion in yo-yo?!",
        "opened the old coat and found a letter from 1986 in the lining, what",
        "I did not expect the cat to open the fridge. I have it on video. 😳",
        "They called my name and I just sat there, I never win anything",
        "plot twist: the stranger I helped with the ticket machine is my new boss",
        "call me on +44 20 7946 0958 you will not believe who just walked into the shop!!",
    ),
}
_OPENERS = ("", "", "", "ok so ", "Honestly? ", "update: ", "lol ", "Well. ")
_CLOSERS = ("", "", "", " smh", " I mean it.", " …again", " #mondays", " anyway, back to work")
_SYNONYMS = {
    "furious": "livid", "happy": "glad", "happier": "gladder", "best": "finest", "love": "adore",
    "terrified": "alarmed", "gross": "vulgar", "angry": "cross", "proud": "vain", "cried": "wept", "sick": "ill",
    "heart": "core", "kind": "sort", "perfect": "ideal", "revolting": "rebellious", "miss": "overlook", "dark": "dim",
}  # fmt: skip
_LOOK_ALIKES = str.maketrans("aceopxyi", "асеорхуі")


def _texts(count: int, seed: int = 7) -> list[tuple[str, str]]:
    rng = random.Random(seed)
    pool = [
        (label, opener + text + closer)
        for label, texts in _TEXTS.items()
        for text in texts
        for opener in dict.fromkeys(_OPENERS)
        for closer in dict.fromkeys(_CLOSERS)
    ]
    return [(label, text[:280]) for label, text in rng.sample(pool, count)]


def _perturb(attack: str, text: str, rng: random.Random) -> str:
    words = Words.of(text)
    long = [i for i in words.indices if len(words[i]) > 3] or list(words.indices)
    for i in rng.sample(long, min(len(long), rng.choice((1, 1, 1, 2, 2, 3, 5)))):
        word = words[i]
        at = rng.randrange(1, max(2, len(word) - 1))
        if attack == "deepwordbug":
            edited = rng.choice((word[:at] + word[at + 1 :], word[:at] + " " + word[at:], word[:at] + "k" + word[at:]))
        elif attack == "pruthi":
            edited = word[: at - 1] + word[at : at + 1] + word[at - 1 : at] + word[at + 1 :]
            edited = edited if edited != word else word + word[-1]
        elif attack == "synonyms":
            edited = _SYNONYMS.get(word.lower(), "thing" if i % 2 else "matter")
        else:
            edited = rng.choice((word[:at] + "\u200b" + word[at:], word.translate(_LOOK_ALIKES), word + "\u2060"))
        words = words.replace(i, edited if edited != word else word + "s")
    return words.text


def _validity(attack: str, row: int) -> bool | None:
    """Looks are never in doubt, the other attacks sometimes are, and texts in other languages are not checked."""
    if attack == "unicode":
        return True
    return None if row == 30 else row % 4 != 0


def _reasons(row: int) -> tuple[str, ...]:
    return (("negation",), ("valence", "emotion"), ("readability",))[row % 3]


def make_reductions(*, examples: int = 200) -> list[AttackOutcome]:
    """What an attack does that takes words away: the prediction stays."""
    return [
        replace(
            outcome,
            plugin=REDUCER,
            perturbed=outcome.original.split()[0] if outcome.status is Status.SUCCEEDED else None,
            predicted_after=outcome.predicted if outcome.status is Status.SUCCEEDED else None,
            valid=None,
            invalid_reasons=(),
        )
        for outcome in make_outcomes(examples=examples)
        if outcome.plugin == "unicode"
    ]


def survivors(outcomes: list[AttackOutcome]) -> list[AttackOutcome]:
    """The same attacks as a standard ensemble: each meets only what none before has broken within three words."""
    gone: set[str] = set()
    met = []
    for outcome in outcomes:
        if outcome.example_id in gone:
            continue
        met.append(outcome)
        if outcome.status is Status.SKIPPED or (outcome.words_perturbed or 9) <= 3:
            gone.add(outcome.example_id)
    return met


def make_outcomes(*, examples: int = 200, multi_label: bool = False, all_failed: bool = False) -> list[AttackOutcome]:
    """One outcome per attack and text; `all_failed`: the model withstood everything."""
    outcomes = []
    strength = {"deepwordbug": 0.72, "pruthi": 0.38, "synonyms": 0.46, "unicode": 0.61}
    for attack in ATTACKS:
        rng = random.Random(f"{attack} {examples}")
        for row, (label, text) in enumerate(_texts(examples)):
            gold = (label,) if not multi_label else tuple(dict.fromkeys((label, EMOTIONS[row % 6])))
            other = EMOTIONS[(EMOTIONS.index(label) + 1 + row % 5) % 6]
            status = Status.SKIPPED if row % 6 == 5 else Status.FAILED
            if status is Status.FAILED and rng.random() < strength[attack] and not all_failed:
                status = Status.SUCCEEDED
            if row == 40 and attack == "synonyms":
                status = Status.ERRORED
            done = status is Status.SUCCEEDED
            perturbed = _perturb(attack, text, rng) if done else None
            outcomes.append(
                AttackOutcome(
                    plugin=attack,
                    example_id=f"row-{row + 2}",
                    status=status,
                    label=gold,
                    original=text,
                    perturbed=perturbed,
                    predicted=gold if status is not Status.SKIPPED else (other,),
                    predicted_after=(other,) if done else None,
                    num_queries=1 if status is Status.SKIPPED else round(8 + rng.lognormvariate(3.6, 0.7)),
                    words_perturbed=words_changed(text, perturbed) if perturbed is not None else None,
                    valid=_validity(attack, row) if done else None,
                    invalid_reasons=_reasons(row) if done and _validity(attack, row) is False else (),
                    error="IndexError: list index out of range" if status is Status.ERRORED else None,
                )
            )
    return outcomes


def proportion(name: str, hits: int, n: int, *, better: bool | None = True, label: str | None = None) -> Metric:
    """A share with its Wilson interval (Wilson 1927); null when n is 0."""
    if not n:
        return Metric(name, None, None, None, 0, 0.95, better, label)
    share, z = hits / n, 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Metric(name, share, max(0.0, middle - half), min(1.0, middle + half), n, 0.95, better, label, "wilson")


def _bootstrap(
    name: str, value: float, half: float, n: int, *, better: bool | None = True, label: str | None = None
) -> Metric:
    return Metric(name, value, max(0.0, value - half), value + half, n, 0.95, better, label, "bootstrap")


def _clean(*, multi_label: bool) -> Section:
    rng = random.Random(3)
    totals = (210, 64, 133, 398, 301, 94)
    counts = []
    for gold, total in enumerate(totals):
        right = round(total * (0.86 - 0.07 * (gold == 1) - 0.12 * (gold == 5)))
        row = [0] * 6
        row[gold] = right
        for _ in range(total - right):
            row[rng.choice([k for k in range(6) if k != gold])] += 1
        counts.append(tuple(row))
    n = sum(totals)
    hits = sum(counts[k][k] for k in range(6))
    metrics = [_bootstrap("macro_f1", 0.793, 0.024, n)]
    metrics.append(_bootstrap("micro_f1", 0.811, 0.019, n) if multi_label else proportion("accuracy", hits, n))
    metrics.append(_bootstrap("expected_calibration_error", 0.0613, 0.011, n, better=False))
    for k, label in enumerate(EMOTIONS):
        predicted = sum(row[k] for row in counts)
        precision, recall = counts[k][k] / predicted, counts[k][k] / totals[k]
        metrics.append(proportion("precision", counts[k][k], predicted, label=label))
        metrics.append(proportion("recall", counts[k][k], totals[k], label=label))
        f1 = 2 * precision * recall / (precision + recall)
        metrics.append(_bootstrap("f1", f1, 0.5 / sqrt(totals[k]), totals[k], label=label))
    bins = []
    for number in range(15):
        low, high = number / 15, (number + 1) / 15
        size = 0 if number < 4 else round(6 + 5.5 * (number - 3) ** 1.75)
        middle = (low + high) / 2
        bins.append(
            CalibrationBin(low, high, size, middle if size else None, max(0.0, middle - 0.07) if size else None)
        )
    return Section(
        kind="clean",
        plugin="clean",
        version="1",
        args={"bins": 15, "resamples": 2000},
        metrics=tuple(metrics),
        seconds=9.4,
        confusion=None if multi_label else ConfusionMatrix(EMOTIONS, tuple(counts)),
        calibration=tuple(bins),
    )


def certificate_section() -> Section:
    """Half of the texts certified as written, and fewer with every word."""
    n, radii = 200, range(5)
    metrics = [proportion("constant_accuracy", 66, n, better=None), proportion("constant_balanced_accuracy", 33, n)]
    curves = []
    for name, unit, hits in (("certified", "certified_words", 120), ("balanced", "certified_words_balanced", 96)):
        row = [proportion(f"{name}_{radius}", hits >> radius, n) for radius in radii]
        points = (CurvePoint(radius, m.value, m.ci_low, m.ci_high) for radius, m in zip(radii, row, strict=True))
        curves.append(BudgetCurve(unit, n, tuple(points)))
        prefix = "" if name == "certified" else "balanced_"
        metrics.append(replace(row[1], name=f"{prefix}certified_accuracy_1_word"))
    return Section(
        "certificate", "certificate", "1", {"rate": 0.7}, metrics=tuple(metrics), curves=tuple(curves),
        notes=("Of the smoothed model.",),
    )  # fmt: skip


class _Attack:
    """Enough of an attack for its section."""

    def __init__(self, name: str) -> None:
        objective = Objective.REDUCE if name == REDUCER else Objective.CHANGE
        self.spec = PluginSpec(name=name, version="1", summary="", objective=objective)
        self.budget = AttackBudget(max_queries=1000)

    def arguments(self) -> dict[str, object]:
        return {"max_candidates": 25}

    def notes(self) -> tuple[str, ...]:
        if self.spec.name != "synonyms":
            return ()
        return ("Word neighbours come from the bundled encoder, in place of counter-fitted vectors.",)


def _evasion(outcomes: list[AttackOutcome], *, standard: bool) -> list[Section]:
    """Sections as the core makes them.

    Args:
        standard: the attacks ran on survivors only; see :func:`survivors`.
    """
    context = SimpleNamespace(limit=AttackBudget(), goal="untargeted", seed=0, decided=None, models={})
    of = {name: [o for o in outcomes if o.plugin == name] for name in (*ATTACKS, REDUCER)}
    rows: dict[str, list[AttackOutcome]] = {}
    sections = []
    for name in ATTACKS:
        for outcome in of[name]:
            rows.setdefault(outcome.example_id, []).append(outcome)
        left = [worst_outcome(row) for row in rows.values()]
        sections.append(
            survivors_section(_Attack(name), of[name], left, context, 31.7, interval=wilson)
            if standard
            else attack_section(_Attack(name), of[name], context, 31.7)
        )
    if of[REDUCER]:
        sections.append(attack_section(_Attack(REDUCER), of[REDUCER], context, 12.0))
    by_id = [{outcome.example_id: outcome for outcome in of[name]} for name in ATTACKS]
    changing = [[found.get(example) for example in rows] for found in by_id]
    worst = worst_case_section(
        list(rows.values()),
        version="2",
        args={"attacks": list(ATTACKS), "ensemble": "emo-standard-v1" if standard else None},
        seed=0,
        interval=wilson,
        curves=worst_case_curves(changing, AttackBudget(max_queries=1000)),
        comparisons=() if standard else compare_attacks({name: of[name] for name in ATTACKS}),
    )
    return [*sections, replace(worst, flags=FLAGS)]


def _judge(sections: list[Section]) -> tuple[Verdict, ...]:
    checks = [
        ("clean", "macro_f1", 0.75, None, ""),
        (
            "evasion/ensemble",
            "worst_case_accuracy_3_words",
            0.5,
            None,
            "Below this, moderators overrule it too often.",
        ),
        ("evasion/pruthi", "attack_success_rate", None, 0.4, "Typos happen without any attacker."),
        ("evasion/unicode", "attack_success_rate", None, 0.75, ""),
        ("privacy", "membership_auc", None, 0.6, ""),
    ]
    verdicts = []
    for where, name, low, high, reason in checks:
        kind, _, plugin = where.partition("/")
        section = next((s for s in sections if s.kind == kind and plugin in ("", s.plugin)), None)
        metric = next((m for m in (section.metrics if section else ()) if m.name == name and m.label is None), None)
        status, sentence = VerdictStatus.NOT_MEASURED, f"The audit has no {name} in {where}."
        if metric and metric.value is not None and metric.ci_low is not None and metric.ci_high is not None:
            good = metric.ci_low >= low if low is not None else metric.ci_high <= (high or 0)
            bad = metric.ci_high < low if low is not None else metric.ci_low > (high or 0)
            status = VerdictStatus.PASS if good else VerdictStatus.FAIL if bad else VerdictStatus.INCONCLUSIVE
            sentence = {
                "pass": "The whole interval is on the good side of the threshold.",
                "fail": "The whole interval is on the bad side of the threshold.",
                "inconclusive": "The interval straddles the threshold; more attacked texts would decide it.",
            }[status.value]
        sign = f">= {low}" if low is not None else f"<= {high}"
        threshold = Threshold(name, where, min=low, max=high, reason=reason, min_n=100)
        verdicts.append(Verdict(f"{where}/{name} {sign}", status, threshold, metric, sentence))
    return tuple(verdicts)


def make_report(
    outcomes: list[AttackOutcome] | None = None,
    *,
    multi_label: bool = False,
    errored: bool = False,
    judged: bool = True,
    standard: bool = False,
) -> AuditReport:
    """A finished audit.

    Args:
        outcomes: of :func:`make_outcomes`, the default ones if None.
        multi_label: no confusion matrix, micro instead of accuracy.
        errored: the synonyms attack crashed as a whole.
        judged: False for an audit without policy.
        standard: the outcomes are of a standard ensemble.
    """
    outcomes = make_outcomes(multi_label=multi_label) if outcomes is None else outcomes
    sections = [_clean(multi_label=multi_label), *_evasion(outcomes, standard=standard)]
    if errored:
        sections = [
            replace(s, metrics=(), counts={}, curves=(), error="MemoryError: cannot allocate the neighbour table")
            if s.plugin == "synonyms"
            else s
            for s in sections
        ]
    counts = dict(zip(EMOTIONS, (210, 64, 133, 398, 301, 94), strict=True))
    data = DataInfo("data/feedback/test.csv", "9f2c" * 16, 1200, 3, counts)
    run = RunInfo(
        robust_emo="0.1.0",
        command="robust-emo audit models/feedback-minilm --profile standard --policy release.toml --seed 0",
        model="models/feedback-minilm",
        model_sha256="4be1" * 16,
        architecture="BertForSequenceClassification",
        parameters=22_715_526,
        task=Task.MULTI_LABEL if multi_label else Task.SINGLE_LABEL,
        labels=EMOTIONS,
        data=data,
        train_data=replace(data, path="data/feedback/train.csv", sha256="77d0" * 16, rows=9412, skipped_rows=0),
        train_duplicates=14,
        examples=1200,
        attacked_examples=len({outcome.example_id for outcome in outcomes}),
        profile="standard",
        profile_version="1",
        seed=0,
        policy="release.toml" if judged else None,
        policy_sha256="c01d" * 16 if judged else None,
        device="cpu (2 threads)",
        precision="fp32",
        max_length=128,
        truncated_texts=0,
        packages={"python": "3.11.9", "torch": "2.13.0", "transformers": "5.23.0", "tokenizers": "0.22.1"},
        warnings=(),
        cost=RunCost("2026-03-02T09:14:07Z", 161.0, 48_210, 3_904),
        profile_changes=("attacks", "examples"),
    )
    return AuditReport(SCHEMA_VERSION, run, tuple(sections), _judge(sections) if judged else ())


def whole(report: AuditReport) -> AuditReport:
    """The same audit without the text on which an attack crashed."""
    counted = (replace(s, counts={k: n for k, n in s.counts.items() if k != "errored"}) for s in report.sections)
    return replace(report, sections=tuple(counted))


def passing(report: AuditReport) -> AuditReport:
    """The same audit under a policy that asks only for what it meets."""
    return replace(report, verdicts=tuple(v for v in report.verdicts if v.status is VerdictStatus.PASS))


def defended(report: AuditReport, adaptive: AdaptiveInfo | None = ADAPTIVE) -> AuditReport:
    """The same audit of a model with an input defence."""
    return replace(report, run=replace(report.run, defence=("spelling 2", "laughter 1"), adaptive=adaptive))


def strange_adaptive(text: str) -> AdaptiveInfo:
    """`text` in every place of the known gaps that a stranger can write to."""
    known = KnownGaps((text,), (Gap(text, (f"{text}!", "synonyms")), Gap(text)))
    strange = (NormaliserGaps(text, text, known), NormaliserGaps(f"{text}?", text, None))
    return AdaptiveInfo(strange, {f"{text}!": text}, text, ("synonyms",))
