"""The Chinese pages of real audits: no sentence of theirs is left in English."""

import re
from dataclasses import replace
from html import unescape

import pytest
from robust_emo_reports.html import HtmlReporter

from robust_emo.audit import run_audit
from robust_emo.preflight import AuditRequest
from robust_emo.section_choice import SectionArgument
from robust_emo.types import Waiver

_ATTACKS = ("deepwordbug", "unicode")
_ARGUMENTS = (
    *("certificate.samples=50", "certificate.selection_samples=10"),
    *("explanation.texts=6", "explanation.closely=2", "explanation.sanity_texts=1", "explanation.shown=2"),
)
_POLICY = """
[[require]]
section = "clean"
metric = "accuracy"
max_regression = 0.5

[[require]]
section = "certificate"
metric = "certified_accuracy"
min = 0.1

[[require]]
section = "evasion/pwws"
metric = "accuracy_under_attack"
min = 0.1
"""


@pytest.fixture(scope="module")
def first(tiny_model, tmp_path_factory):
    """An audit with every section that needs no more than the model."""
    return run_audit(
        AuditRequest(
            model=str(tiny_model),
            out=tmp_path_factory.mktemp("first"),
            attacks=_ATTACKS,
            attacked_examples=12,
            sections=("clean", "evasion", "certificate", "ledger", "canaries", "personal-data", "explanation"),
            section_arguments=tuple(map(SectionArgument.parse, _ARGUMENTS)),
            cache=False,
        )
    )


@pytest.fixture(scope="module")
def second(first, tiny_model, tmp_path_factory):
    """A later one of other texts, held against it, that may stop early and whose policy asks for what is not there."""
    folder = tmp_path_factory.mktemp("second")
    (folder / "policy.toml").write_text(_POLICY)
    return run_audit(
        AuditRequest(
            model=str(tiny_model),
            out=folder / "audit",
            attacks=_ATTACKS,
            attacked_examples=12,
            seed=1,
            sections=("clean", "evasion", "certificate"),
            section_arguments=tuple(map(SectionArgument.parse, _ARGUMENTS[:2])),
            stop_when_certain=True,
            policy=str(folder / "policy.toml"),
            baseline=str(first.files[-1].parent),
            cache=False,
        )
    )


def english(report, outcomes=()):
    """Sentences that are marked as English on the Chinese page."""
    html = HtmlReporter(language="zh").render(report, outcomes).decode()
    return set(map(unescape, re.findall(r'<span lang="en">(.*?)</span>', html))), html


def test_of_an_audit_every_sentence_is_told(first):
    left, html = english(first.report, first.outcomes)
    assert left == set()
    for told in ("被认证的是平滑模型", "该模型未经隐私训练", "训练时没有加入金丝雀样本", "模式匹配会遗漏"):
        assert told in html
    for told in ("解释的是 logit 最高的情绪", "分类头以及", "条在再次查询时得到不同的答案"):
        assert told in html


def test_of_an_audit_held_against_another_every_sentence_is_told(second):
    left, html = english(second.report, second.outcomes)
    assert left == set()
    for told in ("永远不可能提前停止", "区间对所有各次查看同时成立", "本次审计没有“evasion/pwws”部分"):
        assert told in html
    assert "两次审计的随机种子不同（0 与 1）" in html


def test_of_a_waiver_that_does_not_hold_both_sentences_are_told(first):
    verdict = next(each for each in first.report.verdicts if each.metric is not None)
    waiver = Waiver(verdict.check, "0" * 12, "mended soon", "Ada", "Bea", "2020-01-01", 0.0)
    sentence = f"{verdict.explanation} Its waiver expired on 2020-01-01, so this check fails."
    report = replace(first.report, verdicts=(replace(verdict, waiver=waiver, explanation=sentence),))
    left, html = english(report)
    assert left == set()
    assert "其豁免已于 2020-01-01 到期，因此本项不通过。" in html


def test_what_comes_from_outside_stays_english_as_a_whole(first):
    failed = replace(first.report.sections[0], error="MemoryError: cannot allocate the table", metrics=())
    left, html = english(replace(first.report, sections=(failed, *first.report.sections[1:])))
    assert left == {"MemoryError: cannot allocate the table"}
    ours = replace(failed, error="InputError: the model answers with numbers that are not finite")
    left, html = english(replace(first.report, sections=(ours, *first.report.sections[1:])))
    assert left == set()
    assert "模型给出的数值不是有限数" in html
