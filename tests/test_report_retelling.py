"""What an audit says in English is told in the language of the page, whole or not at all."""

import time

import pytest
from robust_emo_reports import retelling
from robust_emo_reports.language import speaking
from robust_emo_reports.profile_text import profile_name, setting_name
from robust_emo_reports.retelling import LONGEST, retold, retold_if_known, retold_reason
from robust_emo_reports.told_catalogue import ToldCatalogue, told
from robust_emo_reports.told_template import told_template

pytestmark = pytest.mark.model_free

_TOLD = {
    "nothing was drawn": "没有抽取任何文本",
    "Texts were cut.": "文本被截断。",
    "{} of {} texts were cut": "{1} 条文本中有 {0} 条被截断",
    "{} texts were cut": "{0} 条文本被截断",
    "the attack {} found nothing: {}": "攻击 {0} 一无所获：{1}",
    "ValueError: {}": "数值错误：{0}",
    "{} is {}; it fails": "{0}为 {1}；不通过",
    "'{}' beats {}": "'{0}' 胜过 {1}",
}
_PHRASES = {
    "the {} attack": "{0} 攻击",
    "the success of {}": "{0}的成功率",
    "{} points": "{0} 个百分点",
    "{} ({} and {})": "{0}（{1} 与 {2}）",
    "{} of '{}'": "“{1}”的{0}",
    "Recall": "召回率",
    "the logits": " logits",
}

_REASONS = {"Nobody is there.": "没有人在。"}


@pytest.fixture
def chinese(monkeypatch):
    """The catalogue of this file, spoken."""
    catalogue = ToldCatalogue(told(_TOLD), told(_PHRASES), _REASONS)
    monkeypatch.setattr(retelling, "told_catalogue", lambda language: catalogue)
    retelling._retold.cache_clear()
    with speaking("zh"):
        yield
    retelling._retold.cache_clear()


def test_in_english_everything_stands_as_it_is():
    assert retold("nobody knows this") == "nobody knows this"


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("nothing was drawn", "没有抽取任何文本"),
        ("Nothing was drawn.", "没有抽取任何文本。"),
        ("3 of 1,200 texts were cut", "1,200 条文本中有 3 条被截断"),
        ("7 texts were cut", "7 条文本被截断"),
        ("3 of 9 texts were cut; nothing was drawn", "9 条文本中有 3 条被截断；没有抽取任何文本"),
        ("Texts were cut. Nothing was drawn.", "文本被截断。没有抽取任何文本。"),
        ("the attack pwws found nothing: 7 texts were cut", "攻击 pwws 一无所获：7 条文本被截断"),
        (
            "the attack pwws found nothing: ValueError: 7 texts were cut",
            "攻击 pwws 一无所获：数值错误：7 条文本被截断",
        ),
        ("the attack a, b and c found nothing: nothing was drawn", "攻击 a, b and c 一无所获：没有抽取任何文本"),
        ("the attack 'so sad today' found nothing: {0}", "攻击 'so sad today' 一无所获：{0}"),
        ("the attack {1} found nothing: {", "攻击 {1} 一无所获：{"),
        ("the success of the pwws attack is +3 points; it fails", "pwws 攻击的成功率为 +3 个百分点；不通过"),
        ("3 is 4; it fails. Texts were cut.", "3 为 4；不通过。文本被截断。"),
        ("the attack a (1 and 2), b (3 and 4) found nothing: 5", "攻击 a（1 与 2）、b（3 与 4）一无所获：5"),
        ("'a' beats 'b', 'c'; 'd' beats 'e'", "'a' 胜过 'b', 'c'；'d' 胜过 'e'"),
    ],
)
def test_sentences_are_told_with_their_values(chinese, english, told):
    assert retold(english) == told


@pytest.mark.parametrize(
    "english",
    [
        "",
        "nobody knows this",
        " of 3 texts were cut",
        "the attack pwws found nothing: nobody knows this",
        "the attack pwws found nothing: CUDA is out of memory",
        "the attack pwws found nothing: 20 dogs",
        "nothing was drawn; nobody knows this",
        "Nobody knows this. Nothing was drawn.",
        "the attack a, which nobody knows, found nothing: 1",
        "the pwws attack",
        "the attack a, , b found nothing: 1",
        "the attack , found nothing: , ",
        "the success of nothing was drawn is 3; it fails",
    ],
)
def test_what_is_not_known_as_a_whole_is_not_told_in_part(chinese, english):
    assert retold(english) is None


@pytest.mark.parametrize(
    "name",
    [
        "love and joy",
        "love, joy and anger",
        "Recall",
        "Recall, anger",
        "Tom and Jerry.csv",
        "/data/joy and anger/test.csv",
        "data/happy, sad.csv",
        "/data/my very sad texts",
        "C:\\joy and anger\\3 points.csv",
        "data/3 points.txt",
        "love, joy (1 and 2), b (3 and 4)",
    ],
)
def test_names_stay_as_they_were_written(chinese, name):
    assert retold(f"the attack {name} found nothing: nothing was drawn") == f"攻击 {name} 一无所获：没有抽取任何文本"


def test_what_stands_between_quotation_marks_is_a_name(chinese):
    assert retold("Recall of 'Recall' is 3; it fails") == "“Recall”的召回率为 3；不通过"
    assert retold("'the logits' beats 3 points, 4 points") == "'the logits' 胜过 3 个百分点、4 个百分点"


def test_of_reasons_only_those_that_come_with_us_are_told(chinese):
    assert retold_reason("Nobody is there.") == "没有人在。"
    for reason in ("nothing was drawn", "Nothing was drawn.", "3 texts were cut", "Recall", "谁也不知道"):
        assert retold_reason(reason) == reason


def test_sentences_that_nobody_knows_stay_as_they_are(chinese):
    assert retold_if_known("nothing was drawn") == "没有抽取任何文本"
    assert retold_if_known("谁也不知道") == "谁也不知道"


@pytest.mark.parametrize(
    "hostile",
    [
        "1 of " * 400,
        "the attack found nothing: " * 70 + "x",
        "nothing was drawn; " * 100,
        "the attack ValueError: found nothing: 1 of " * 40 + "texts were cut",
        "ValueError: " * 160 + "nobody knows",
        ". " * 1_000,
        "a" * 100_000,
        "1 of 2 texts were cut; " * 5_000,
    ],
)
def test_hostile_texts_take_no_time(chinese, hostile):
    started = time.process_time()
    assert retold(hostile) is None
    assert time.process_time() - started < 1


def test_a_text_that_is_too_long_is_not_even_tried(chinese):
    assert retold("nothing was drawn".rjust(LONGEST + 1)) is None
    assert retelling._retold.cache_info().currsize == 0
    assert retold("nothing was drawn".rjust(LONGEST)) is None
    assert retelling._retold.cache_info().currsize == 1


def test_the_template_with_the_most_text_of_its_own_is_taken(chinese):
    assert retold("3 of 9 texts were cut") == "9 条文本中有 3 条被截断"


def test_gaps_are_where_the_text_between_them_stands_first():
    template = told_template("{} of {} and {}.", "")
    assert template.values("a of b of c and d.") == ["a", "b of c", "d"]
    assert template.values("a of  and d.") is None
    assert template.values("a of b and d") is None
    assert told_template("x{}x", "").values("x") is None
    assert told_template("x{}x", "").values("xx") is None


def test_values_stand_apart_from_chinese_and_not_within_it():
    template = told_template("{} and {}", "共 {0} 条和{1}。")
    assert template.told(["两", "三"]) == "共两条和三。"
    assert template.told(["2", "a"]) == "共 2 条和 a。"


# --- with the catalogue of the pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["examples", "seed", "attacks", "Precision", "love and joy", "seed, attacks"])
def test_labels_and_files_that_are_called_like_settings_or_metrics_stay(name):
    with speaking("zh"):
        assert retold(f"The judge does not know the labels {name} and is silent on them.") == (
            f"评判模型不认识标签 {name}，对它们不作判断。"
        )


def test_a_file_that_is_called_like_a_setting_stays():
    with speaking("zh"):
        told = retold("training data examples are gone: audited texts that were trained on would go unnoticed")
    assert told == "训练数据 examples 已不存在：若受审文本曾用于训练，将无从察觉"


@pytest.mark.parametrize("reason", ["loss of trust of users", "Sections.", "sections", "3 is 4, seed", "no text"])
def test_reasons_that_people_gave_stay(reason):
    with speaking("zh"):
        assert retold_reason(reason) == reason
        assert profile_name(reason) == reason


def test_of_a_profile_only_what_was_changed_is_told():
    with speaking("zh"):
        assert profile_name("standard 5, changed: attacks, section arguments, seed") == (
            "standard 5，改动：攻击、审计部分的参数、随机种子"
        )
        assert profile_name("mine 1, changed: seed, something") == "mine 1, changed: seed, something"
        assert setting_name("seed") == "随机种子"
        assert setting_name("no text") == "no text"
    assert profile_name("standard 5, changed: seed") == "standard 5, changed: seed"
