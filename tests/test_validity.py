"""Emotion validity: which perturbed texts still express the same emotion."""

import csv
import time
from pathlib import Path

import numpy as np
import pytest
from sentences import emotion_rows

from robust_emo import plugins
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.requests import EmbeddingsRequest, JudgeScoresRequest, Query
from robust_emo.engine.scheduler import Job, Scheduler
from robust_emo.engine.servers import EmbeddingsServer, ScoresServer
from robust_emo.errors import InputError
from robust_emo.models.encoder import SentenceEncoder
from robust_emo.types import Example, Status
from robust_emo.validity.alignment import MOST_WORDS, align
from robust_emo.validity.checker import ValidityChecker
from robust_emo.validity.emotion_exchange import has_wordnet
from robust_emo.validity.judge import Judge
from robust_emo.validity.language import languages
from robust_emo.validity.readability import letter_noise, read
from robust_emo.validity.result import Reason
from robust_emo.validity.valence import valence
from robust_emo.validity.visible import clean, looks_the_same

PAIRS = Path(__file__).parents[1] / "benchmarks" / "validity_pairs.csv"


class AllAlike:
    """Answers every embeddings request with one direction, so that similarity never speaks."""

    def answer(self, requests):
        return [np.ones((len(request.texts), 1), dtype=np.float32) for request in requests]


def check(original, perturbed, labels=(), server=None, checker=None):
    return check_all([(original, perturbed)], labels, server, checker)[0]


def check_all(pairs, labels=(), server=None, checker=None):
    checker = checker or ValidityChecker()
    query = Query(max_queries=0, unknown_token="[UNK]")  # a check is never charged
    jobs = [Job(str(i), lambda pair=pair: checker.check(*pair, labels, query)) for i, pair in enumerate(pairs)]
    found = {}
    servers = {EmbeddingsRequest: server or AllAlike()}
    if checker.judge:
        servers[JudgeScoresRequest] = ScoresServer(checker.judge.model)
    for finished in Scheduler(servers).run(jobs):
        assert finished.error is None, finished.error
        found[int(finished.key)] = finished.result
    return [found[i] for i in range(len(pairs))]


@pytest.mark.parametrize(
    ("original", "perturbed"),
    [
        ("I am so happy today", "I am sooo happy today"),
        ("I am so happy today", "I am so hapy todya"),
        ("I am so happy today", "I am so h4ppy today!!!"),
        ("I am so happy today", "I am so h a p p y today"),
        ("What the fuck is this", "What the f**k is this"),
        ("I'm sad, they've left", "I am sad, they have left"),
        ("I am glad you came", "I am happy you came"),
        ("I am not happy about it", "I am unhappy about it"),
        ("I can't wait for the holidays", "I cannot wait for the holidays"),
        ("This traffic makes me angry", "This traffic makes me angry. The bus has not come by here."),
        ("Got the job 😀", "Got the job 😄😄"),
        ("我今天很高兴", "我今天很开心"),
        ("我真的很难过", "我真的很南过"),
        ("我愛這個城市", "我爱这个城市"),
        ("我没有不高兴，特别开心", "我沒有不高興，特別開心"),
        ("不过我很开心", "不過我很開心"),
        ("非常开心", "飞常开心"),
        ("我全部喜欢", "我全步喜欢"),
        ("他回来了，我不担心", "他回来了，我不担心。今天是星期二。"),
    ],
)
def test_what_keeps_the_emotion_is_valid(original, perturbed):
    assert check(original, perturbed).reasons == ()
    assert check(original, perturbed).valid is True


@pytest.mark.parametrize(
    ("original", "perturbed", "reason"),
    [
        ("I love this town", "I hate this town", Reason.VALENCE),
        ("I love this town", "I hate this town", Reason.ANTONYM),
        ("I am so sad about it", "I am so furious about it", Reason.EMOTION),
        ("I am happy with you", "I am not happy with you", Reason.NEGATION),
        ("I don't hate him", "I hate him", Reason.NEGATION),
        ("I love this phone", "I love this phone, but now I hate it", Reason.CONTRAST),
        ("I love this phone", "I love this phone, said no one ever", Reason.CONTRAST),
        ("I am so happy for you all", "I qm sx hvpqz fzr yqv axl", Reason.READABILITY),
        ("The news are out 😀", "The news are out 😭", Reason.EMOTION),
        ("The news are out :)", "The news are out :(", Reason.VALENCE),
        ("I am so happy and grateful today", "I am so today", Reason.VALENCE),
        ("我喜欢这部电影", "我不喜欢这部电影", Reason.NEGATION),
        ("我全部喜欢", "我全不喜欢", Reason.NEGATION),
        ("每天开心", "没天开心", Reason.NEGATION),
        ("每天开心", "沒天开心", Reason.NEGATION),
        ("我不喜欢他", "我部喜欢他", Reason.NEGATION),
        ("我不喜欢他", "我bu喜欢他", Reason.NEGATION),
        ("我全部喜欢", "我拳不喜欢", Reason.NEGATION),
        ("我喜欢这部电影", "我讨厌这部电影", Reason.VALENCE),
        ("这个消息让我很伤心", "这个消息让我很愤怒", Reason.EMOTION),
        ("今天我真的很开心", "今夭戌臭旳彳艮幵芯", Reason.READABILITY),
        ("今天我真的很开心", "股票市场下跌", Reason.SIMILARITY),
    ],
)
def test_what_changes_the_emotion_is_rejected_with_its_reason(original, perturbed, reason):
    found = check(original, perturbed)
    assert found.valid is False
    assert reason in found.reasons


def test_sentences_about_something_else_are_dissimilar():
    server = EmbeddingsServer(SentenceEncoder)
    other, longer = check_all(
        [
            ("The weather in Rome is mild today", "My laptop has eight gigabytes of memory"),
            ("The weather in Rome is mild today", "My laptop has memory. The weather in Rome is mild today"),
        ],
        server=server,
    )
    assert other.reasons == (Reason.SIMILARITY,)
    assert longer.valid is True, "an addition is no loss of similarity"


@pytest.mark.parametrize(
    ("original", "perturbed"),
    [
        ("I am happy", "I аm hаppу"),
        ("I am happy", "I \u200bam hap\u00adpy\u2060"),
        ("I am happy", "I am ｈａｐｐｙ"),
        ("I am happy", "I am ha\u202epp\u202cy"),
        ("I am happy", "I am hx\bappy"),
        ("I was cold and scared", "I ᴡas ᴄᴏld and scarеd"),
        ("我爱女儿", "我爱\u2f25儿"),
    ],
)
def test_tricks_of_the_code_points_are_seen_through(original, perturbed):
    assert original != perturbed
    assert looks_the_same(original, perturbed)
    assert check(original, perturbed).valid is True


def test_the_swap_of_bad_characters_is_displayed_in_order():
    """Boucher 2022: the two characters stand in reverse, and directions swap them back on the screen."""
    swapped = "\u202d\u2066\u202e\u2066a\u2069\u2066h\u2069\u202c\u2069\u202c"
    assert clean(f"I am {swapped}ppy") == "I am happy"


@pytest.mark.parametrize("text", ["👨‍👩‍👧 🇩🇪 ❤️", "Привет, как дела", "שלום עולם", "naïve café", "a\nb\tc", "1️⃣ #ok @me"])
def test_ordinary_text_stays_itself(text):
    assert looks_the_same(clean(text), text)
    assert not looks_the_same(text, text + " x")


def test_cyrillic_text_is_not_made_latin():
    assert clean("Привет, как дела") == "Привет, как дела"


@pytest.mark.parametrize(
    ("word", "noisy"),
    [("happy", "hapy"), ("happy", "HAPPPPY"), ("heart", "haert"), ("terrible", "terirble"), ("shit", "sh*t"),
     ("wonderful", "wodnerufl"), ("amazing", "am@zing"), ("naive", "naïve")],
)  # fmt: skip
def test_noise_that_can_be_read(word, noisy):
    cost = letter_noise(word, noisy)
    assert cost is not None
    assert 0 <= cost < 1


@pytest.mark.parametrize(
    ("word", "noisy"),
    [("love", "live"), ("happy", "hxqpz"), ("feel", "fl"), ("not", "now"), ("window", "wnidwo2x"), ("I", "zq")],
)
def test_noise_that_cannot_be_read_or_is_another_word(word, noisy):
    assert letter_noise(word, noisy) is None


def test_reading_puts_typos_right_and_keeps_the_rest():
    original, perturbed = "I am so happy, thank you :)", "I am soo hpapy, thnak you :)"
    reading = read(perturbed, align(original, perturbed))
    assert reading.text == original
    assert 0 < reading.noise < 0.25


def test_emoji_have_a_valence_of_their_own():
    assert valence("😡") < 0 < valence("😍")
    assert valence("Monday 😭") < valence("Monday") < valence("Monday 😂")
    assert valence("我很开心") > 0 > valence("我不开心")


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("I am here", {"en"}), ("我在这里", {"zh"}), ("今天真 happy", {"en", "zh"}), ("😀", {"en", "zh"}),
     ("", {"en", "zh"}),
     ("Je ne suis pas content", set()), ("Мне грустно", set()), ("とても悲しい", set()), ("나는 슬퍼요", set())],
)  # fmt: skip
def test_languages(text, spoken):
    assert languages(text) == spoken


def test_other_languages_are_not_checked_rather_than_accepted():
    assert check("Мне очень грустно", "Мне очень весело").valid is None
    assert check("Мне очень грустно", "Мне\u200b очень грустно").valid is True


STRANGE = [
    "", " ", "...", "a", "爱", "👨‍👩‍👧🇩🇪", "とても悲しい", "h\u200bi", "שלום", "e\u0301\u0301\u0301",
    "___ _a_ #_ @ # #a @a",
    "don't 'quote' y'all", "x" * 4000, "but " * 10_000, "爱" * 5000, "\u202e\u2066\u2069\b\b", "http://a.b/c?d=e",
    "（笑）",
]  # fmt: skip


def test_strange_texts_are_safe_in_both_places():
    pairs = [(text, other) for text in STRANGE for other in (STRANGE[3], STRANGE[13], text + " sad", "我不爱")]
    pairs += [(other, text) for text, other in pairs[::3]]
    for verdict in check_all(pairs):
        assert verdict.valid in (True, False, None)
        assert (verdict.valid is False) == bool(verdict.reasons)


def test_long_texts_are_compared_at_their_beginning():
    text = "word " * MOST_WORDS
    assert check(text + "happy", text + "sad").valid is True


def test_the_verdict_does_not_depend_on_who_is_checked_with_it():
    pairs = [("I love this town", "I adore this city"), ("I am sad", "I am so very gloomy"), ("Good day", "Fine day")]
    server = EmbeddingsServer(SentenceEncoder)
    assert check_all(pairs, server=server) == [check(*pair, server=server) for pair in pairs]


def test_python_costs_less_than_a_millisecond_per_check():
    with PAIRS.open(encoding="utf-8", newline="") as stream:
        pairs = [(row["original"], row["perturbed"]) for row in csv.DictReader(stream)]
    check_all(pairs)  # lexicons and caches that are made once
    rounds = []
    for number in range(3):
        fresh = [(f"{original} {number}", f"{perturbed} {number}") for original, perturbed in pairs]
        started = time.process_time()
        check_all(fresh)
        rounds.append((time.process_time() - started) / len(pairs))
    assert min(rounds) < 0.003, "three times the aim, since machines differ"


def test_most_pairs_made_for_tuning_are_judged_rightly():
    """A guard against breakage only: docs/validity.md reports the other half."""
    with PAIRS.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["split"] == "tune"]
    found = check_all([(row["original"], row["perturbed"]) for row in rows])
    right = sum(one.valid is (row["keeps_emotion"] == "yes") for one, row in zip(found, rows, strict=True))
    assert right / len(rows) > 0.9


def test_the_pairs_are_as_described():
    with PAIRS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({(row["original"], row["perturbed"]) for row in rows}) == len(rows)
    for keeps in ("yes", "no"):
        assert sum(row["keeps_emotion"] == keeps for row in rows) >= 120
    assert sum(row["language"] == "en" for row in rows) >= 200
    assert sum(row["language"] == "zh" for row in rows) >= 40
    assert {row["split"] for row in rows} == {"tune", "test"}


def test_a_judge_must_find_the_gold_emotion(tiny_model, victim):
    judge = Judge(tiny_model, victim_labels=victim.labels)
    checker = ValidityChecker(judge=judge)
    same, other = "The whole team is happy and said so!", "The whole team is happy and said so today!"
    assert check(same, other, ("joy",), checker=checker).valid is True
    assert check(same, other, ("anger",), checker=checker).reasons == (Reason.JUDGE,)
    assert checker.arguments()["judge_sha256"] == victim.sha256


def test_a_judge_alone_decides_in_other_languages(tiny_model, victim):
    checker = ValidityChecker(judge=Judge(tiny_model, victim_labels=victim.labels))
    verdicts = [check("Мне грустно", "Мне не весело", (label,), checker=checker).valid for label in victim.labels]
    assert sorted(verdicts) == [False, False, False, True]


def test_a_judge_is_silent_on_labels_it_does_not_know(tiny_model):
    judge = Judge(tiny_model, victim_labels=("joy", "trust"))
    assert judge.unknown == ("trust",)
    checker = ValidityChecker(judge=judge)
    assert check("Мне грустно", "Мне не весело", ("trust",), checker=checker).valid is None
    assert any("trust" in note for note in checker.notes())


def test_the_judge_reads_the_successes_of_many_examples_at_once(tiny_model, victim, monkeypatch):
    """And its verdicts do not depend on how many."""
    examples = [Example(f"e{i}", row["text"], (row["label"],)) for i, row in enumerate(emotion_rows(40, seed=8))]
    judge = Judge(tiny_model, victim_labels=victim.labels)
    sizes, logits = [], judge.model.logits_of_tokens

    def counted(encoded, **arguments):
        sizes[-1].append(len(encoded))
        return logits(encoded, **arguments)

    monkeypatch.setattr(judge.model, "logits_of_tokens", counted)
    found = []
    for pool in (1, 64):
        sizes.append([])
        engine = Engine(victim, judge=judge.model, pool=pool)
        attack, checker = plugins.load("attacks", "synonyms"), ValidityChecker(judge=judge)
        outcomes = attack_examples(engine, attack, examples, seed=0, validity=checker)
        found.append({outcome.example_id: outcome for outcome in outcomes})
    assert found[0] == found[1]
    wins = [outcome for outcome in found[0].values() if outcome.status is Status.SUCCEEDED]
    assert {reason for win in wins for reason in win.invalid_reasons} >= {Reason.JUDGE}
    assert sum(sizes[0]) == sum(sizes[1])  # every text once
    assert len(sizes[1]) < len(sizes[0]) / 2


def test_a_judge_without_common_labels_is_refused(tiny_model):
    with pytest.raises(InputError, match="shares no label"):
        Judge(tiny_model, victim_labels=("positive", "negative"))


@pytest.mark.parametrize(
    "argument",
    [{"min_similarity": 1.5}, {"min_characters_kept": -0.1}, {"max_flip": 3}, {"max_fade": -1}, {"max_noise": 2}],
)
def test_thresholds_outside_their_range_are_refused(argument):
    with pytest.raises(InputError, match=next(iter(argument))):
        ValidityChecker(**argument)


def test_thresholds_decide():
    pair = ("I am so happy today", "I am so hapy tdoay")
    assert check(*pair).valid is True
    assert check(*pair, checker=ValidityChecker(max_noise=0)).reasons == (Reason.READABILITY,)


def test_the_checker_describes_itself():
    checker = ValidityChecker(min_similarity=0.5)
    assert checker.problems() == []
    assert checker.arguments()["min_similarity"] == 0.5
    assert any("WordNet" in note for note in checker.notes()) is not has_wordnet()


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setattr("robust_emo.validity.checker.find_spec", lambda name: None)
    assert [problem.rpartition(": ")[2] for problem in ValidityChecker().problems()] == [
        "pip install vaderSentiment",
        "pip install pypinyin",
    ]
