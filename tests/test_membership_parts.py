"""Membership by emotion and by group: intervals that hold for all together, and groups that are no authors."""

import json
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from memorised import EMOTIONS, memorising_model, random_rows
from report_factory import make_outcomes, make_report
from robust_emo_reports.html import HtmlReporter
from sentences import write_rows
from shown_page import HOSTILE, ShownPage

from robust_emo.audit import run_audit
from robust_emo.audits.membership.groups import find_groups
from robust_emo.audits.membership.parts import find_parts, part_metrics, part_notes
from robust_emo.audits.membership.sets import InsufficientDataError, MembershipSets, draw_sets
from robust_emo.audits.membership.signals import Signal
from robust_emo.data_file import DataFile
from robust_emo.gate import judge, read_policy
from robust_emo.preflight import AuditRequest
from robust_emo.section_choice import SectionArgument
from robust_emo.types import Example, VerdictStatus

GROUPS = ("blog", "chat", "forum", "mail", "press")


def made(rng, areas, *, groups=(), each=120, labels=EMOTIONS):
    """Sets of `each` members and non-members a part, whose areas are `areas`, and their signal."""
    member = np.tile(np.arange(2 * each) < each, len(areas))
    shift = np.repeat([NormalDist().inv_cdf(area) * 2**0.5 for area in areas], 2 * each)
    part = np.repeat(np.arange(len(areas)), 2 * each)
    examples = tuple(
        Example(f"t{row}", f"text {row}", (labels[row % len(labels)] if groups else labels[of],),
                groups[of] if groups else None)
        for row, of in enumerate(part)
    )  # fmt: skip
    sets = MembershipSets(examples, member, np.arange(len(part)) % 5, 0, 0, 0, groups=tuple(groups))
    return sets, [Signal("loss", rng.normal(size=len(part)) + shift * member, "", "")]


@pytest.mark.parametrize("areas", [(0.5,) * 5, (0.5, 0.6, 0.7, 0.8, 0.9)])
def test_all_intervals_hold_together_in_19_of_20_audits(areas):
    """A simulation of 300 audits; 8% would be three standard errors above the 5% that are promised."""
    rng, missed = np.random.default_rng(0), 0
    for _ in range(300):
        parts = find_parts(*made(rng, areas, groups=GROUPS, each=60), labels=("joy",))
        known = [part.auc for part in parts.groups]
        missed += not all(rate.ci_low <= area <= rate.ci_high for rate, area in zip(known, areas, strict=True))
    assert missed / 300 < 0.08


def test_alike_emotions_are_ordered_in_one_audit_of_twenty_at_most():
    rng, told = np.random.default_rng(1), 0
    for _ in range(300):
        notes = part_notes(find_parts(*made(rng, (0.65,) * 4, each=60), labels=EMOTIONS), differ=False)
        told += not any("No emotion was shown to leak more" in note for note in notes)
    assert told / 300 < 0.05


def test_an_emotion_that_leaks_more_is_named():
    parts = find_parts(*made(np.random.default_rng(2), (0.5, 0.5, 0.9, 0.5)), labels=EMOTIONS)
    (note,) = part_notes(parts, differ=False)
    assert "'joy' leaks more than 'anger', 'fear', 'sadness'." in note
    (note,) = part_notes(parts, differ=True)
    assert "may lie in the texts, since the two sets differ" in note


def test_a_part_with_too_few_texts_is_null_with_the_reason_and_costs_the_others_nothing():
    sets, signals = made(np.random.default_rng(3), (0.6, 0.6))
    parts = find_parts(sets, signals, labels=("anger", "fear"))
    more = find_parts(sets, signals, labels=("anger", "fear", "joy"))
    assert more.emotions[:2] == parts.emotions  # intervals of two that are measured, not of three
    metric = part_metrics(more)[2]
    assert (metric.label, metric.value, metric.ci_low, metric.n, metric.method) == ("joy", None, None, 0, None)
    assert (
        "for want of 50 members and 50 non-members of the emotion: joy (0 and 0)." in part_notes(more, differ=False)[-1]
    )


# --- groups and authors --------------------------------------------------------------------------------------------


def grouped(rows, names):
    return [Example(row["id"], row["text"], (row["label"],), names[number % len(names)])
            for number, row in enumerate(rows)]  # fmt: skip


def test_a_few_names_with_many_texts_on_both_sides_are_groups_and_their_texts_count_one_by_one():
    members, others = grouped(random_rows(200, seed=1), GROUPS[:3]), grouped(random_rows(200, seed=2), GROUPS[:3])
    sets = draw_sets(members, others, most=500, seed=0)
    assert sets.groups == ("blog", "chat", "forum")
    assert sets.authors is None
    assert sets.units == (200, 200)
    some = [replace(example, group="rare") if number < 4 else example for number, example in enumerate(members)]
    sets = draw_sets(some, others, most=500, seed=0)
    assert "rare" not in sets.groups
    assert sets.units == (197, 200)  # four texts of a name with too few count as one
    small = [replace(example, group="rare") if number < 12 else example for number, example in enumerate(others)]
    some = [replace(example, group="rare") if number < 12 else example for number, example in enumerate(members)]
    sets = draw_sets(some, small, most=500, seed=0)
    assert sets.groups == ("blog", "chat", "forum", "rare")
    parts = find_parts(sets, [Signal("loss", np.arange(400.0), "", "")], labels=())
    assert [part.name for part in parts.groups if part.auc is None] == ["rare"]
    assert "of the group: rare (12 and 12)." in " ".join(part_notes(parts, differ=False))


def test_names_that_are_no_groups_may_be_people_and_are_counted_only():
    """Beside each stood how many of its texts were trained on."""
    people = ("jdoe_1990", "ksmith84", "Ada Lovelace")
    both = [grouped(random_rows(200, seed=seed), GROUPS[:2]) for seed in (1, 2)]
    both = [[replace(example, group=people[number % 3]) if number < 9 else example
             for number, example in enumerate(side)] for side in both]  # fmt: skip
    sets = draw_sets(*both, most=500, seed=0)
    assert sets.groups == ("blog", "chat")
    parts = find_parts(sets, [Signal("loss", np.arange(400.0), "", "")], labels=())
    assert [metric.label for metric in part_metrics(parts)] == ["blog", "chat"]
    notes = " ".join(part_notes(parts, differ=False))
    assert "Names of the group column with fewer texts in one of the sets: 3." in notes
    assert not any(name in notes for name in people)


def test_many_names_and_names_on_one_side_alone_are_authors():
    members, others = grouped(random_rows(200, seed=1), GROUPS[:2]), grouped(random_rows(200, seed=2), GROUPS[2:4])
    assert find_groups(members, others) == ()
    with pytest.raises(InsufficientDataError, match="the texts come from too few authors"):
        draw_sets(members, others, most=500, seed=0)
    many = [f"author {number}" for number in range(21)]
    both = [grouped(random_rows(21 * 60, seed=seed), many) for seed in (3, 4)]
    assert find_groups(*both) == ()
    assert len(find_groups(*(grouped(random_rows(20 * 60, seed=seed), many[:20]) for seed in (3, 4)))) == 20
    one = [grouped(random_rows(100, seed=seed), ("everybody",)) for seed in (5, 6)]
    assert find_groups(*one) == ()


def rows_of_groups(count, *, seed, names):
    return [
        {**row, "author": names[number // 4 % len(names)]} for number, row in enumerate(random_rows(count, seed=seed))
    ]


@pytest.fixture(scope="module")
def section(tmp_path_factory):
    """Of a model that knows its members by heart: 'mail' was never trained on, whatever the file says."""
    folder = tmp_path_factory.mktemp("groups")
    names = ("mail", "blog", "jane@example.com")
    members, others = (rows_of_groups(240, seed=seed, names=names) for seed in (1, 2))
    trained = [row for row in members if row["author"] != "mail"]
    model = memorising_model(folder, members=trained, others=others)
    files = {name: DataFile(str(write_rows(folder / f"{name}.csv", rows)), group_column="author")
             for name, rows in (("train_data", members), ("data", others))}  # fmt: skip
    request = AuditRequest(
        str(model), folder / "audit", sections=("membership",), cache=False, policy="privacy",
        section_arguments=(SectionArgument("membership", "disturbances", 0),), **files,
    )  # fmt: skip
    (found,) = run_audit(request).report.sections
    return found


def test_each_group_is_measured_and_those_that_leak_are_told_from_those_that_do_not(section):
    assert section.error is None
    found = {metric.label: metric for metric in section.metrics if metric.name == "group_membership_auc"}
    assert list(found) == ["blog", "group 2 (name hidden)", "mail"]
    assert found["blog"].ci_low > 0.7
    assert found["mail"].ci_low < 0.5 < found["mail"].ci_high
    assert {metric.n for metric in found.values()} == {160}
    note = next(note for note in section.notes if note.startswith("Of groups"))
    assert "'blog' leaks more than 'mail'" in note
    assert any("count as groups, not as authors" in note for note in section.notes)
    assert next(metric for metric in section.metrics if metric.name == "author_membership_auc").value is None
    assert section.membership.attacks[0].found_1pct is not None


def test_a_name_that_looks_like_personal_data_is_not_written(section):
    text = json.dumps(section, default=lambda value: [getattr(value, name) for name in value.__slots__])
    assert "jane" not in text


def test_a_policy_can_ask_for_the_worst_group(section, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(
        '[[require]]\nsection = "privacy/membership"\nmetric = "group_membership_auc"\nper_class = true\nmax = 0.68\n'
    )
    statuses = [verdict.status for verdict in judge(read_policy(str(policy)), [section])]
    assert statuses[:2] == [VerdictStatus.FAIL, VerdictStatus.FAIL]
    assert statuses[2] is not VerdictStatus.FAIL


def page(section):
    report = make_report(make_outcomes(examples=40))
    return HtmlReporter().render(replace(report, sections=(*report.sections, section)), ()).decode()


def test_the_report_has_a_table_of_groups(section):
    words = ShownPage(page(section)).words
    assert "Membership by group" in words
    assert "Membership AUC of a group blog" in words


@pytest.mark.parametrize("text", HOSTILE)
def test_a_group_that_a_stranger_named_adds_no_markup(section, text):
    def tampered(label):
        return replace(section, metrics=tuple(
            replace(metric, label=label) if metric.name == "group_membership_auc" else metric
            for metric in section.metrics
        ))  # fmt: skip

    shown = ShownPage(page(tampered(text)))
    assert shown.elements == ShownPage(page(section)).elements
    assert "\u202e" not in shown.words
