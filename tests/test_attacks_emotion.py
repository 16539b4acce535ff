"""What emotion's own attacks promise about their texts."""

import random
import re

import numpy as np
import pytest
from robust_emo_attacks.elongation import Elongation
from robust_emo_attacks.emoji import EmojiSwap
from robust_emo_attacks.emoji_table import EMOJI, EMOTICON, GROUPS, NEUTRAL, group_of, stand_ins
from robust_emo_attacks.emotion_words import ADJECTIVES
from robust_emo_attacks.hashtags import Hashtags
from robust_emo_attacks.intensifiers import Intensifiers
from robust_emo_attacks.letter_spacing import SEPARATORS, LetterSpacing
from robust_emo_attacks.negation import Negation
from robust_emo_attacks.negation_table import ADJECTIVES as DENIED
from robust_emo_attacks.profanity_masking import ProfanityMasking
from robust_emo_attacks.segmentation import segments

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.types import AttackBudget, Example, Status
from robust_emo.words import Words, words_changed

TEXTS = (
    "I am so happy today :) #SoHappy 😊",
    "so fucking angry, @shit look http://fuck.co/happy 😡👍🏽",
    "我今天很生气哈哈，真的啊！😡",
    "#开心#今天去了公园👨‍👩‍👧🇩🇪",
    "a very sad day &amp; a bad one",
)
KEPT = re.compile(r"https?://\S+|@\w+|&amp;")


def signs(text: str) -> list[str]:
    found = [*EMOJI.finditer(text), *EMOTICON.finditer(text)]
    return [match.group() for match in sorted(found, key=lambda match: match.start())]


class _Asked(Query):
    """Keeps what an attack asks; every text is as far from the goal, except those with more changes."""

    def __init__(self, original: str):
        super().__init__(max_queries=None, unknown_token="[UNK]")
        self.original, self.texts = original, []

    async def scores(self, texts):
        self.texts += texts
        return np.array([[1, words_changed(self.original, text) / 1000] for text in texts], dtype=np.float32)


class _Never:
    name = "never"

    def progress(self, logits):
        return logits[:, 1].astype(float)

    def reached(self, logits):
        return False

    def target(self):
        return (1.0, 0.0)


def asked(attack, text: str) -> list[str]:
    """Texts that the attack tries, without the questions which word matters."""
    query = _Asked(text)
    coroutine = attack.perturb(
        Example("x", text, ("a",)), query, goal=_Never(), budget=AttackBudget(), rng=random.Random(1)
    )
    with pytest.raises(StopIteration):
        coroutine.send(None)
    return [found for found in query.texts if "[UNK]" not in found]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    "attack",
    [Elongation(), EmojiSwap(), Hashtags(), Intensifiers(), LetterSpacing(), Negation(), ProfanityMasking()],
    ids=lambda attack: attack.spec.name,
)
def test_addresses_users_and_emoji_are_left_alone(attack, text):
    for found in asked(attack, text):
        assert KEPT.findall(found) == KEPT.findall(text)
        if attack.spec.name != "emoji":
            assert signs(found) == signs(text)
        if attack.spec.name not in ("emoji", "hashtags"):
            assert re.findall(r"#\w+", found) == re.findall(r"#\w+", text)


def test_every_sign_has_one_group_and_is_one_sign():
    members = [sign for group in GROUPS.values() for sign in group]
    assert len(set(members)) == len(members)
    for sign in members:
        assert EMOJI.fullmatch(sign) or EMOTICON.fullmatch(sign)
        assert sign in GROUPS[group_of(sign)]


@pytest.mark.parametrize("unit", ["👍🏽", "👨‍👩‍👧", "🏳️‍🌈", "🇩🇪", "❤️", "🤦🏽‍♀️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☹"])
def test_an_emoji_is_one_unit(unit):
    assert signs(f"oh {unit}{unit} no") == [unit, unit]


def test_an_emoticon_in_a_word_or_address_is_none():
    assert signs("http://a.b ok:) GOT_T x :(( 10:P T_T ^_^") == [":)", ":((", "T_T", "^_^"]
    assert group_of(":((") == "sadness"


@pytest.mark.parametrize("text", ["so 😡 :(", "❤️💕", "气死😡了", "👍🏽 ok", "🤦🏽‍♀️ 😅", "just words", "😂", "it :) is"])
def test_emoji_are_only_exchanged_within_their_group(text):
    for found in EmojiSwap().variants(text):
        before, after = signs(text), signs(found)
        assert re.sub(r"\s+", "", EMOTICON.sub("", EMOJI.sub("", found))) == re.sub(
            r"\s+", "", EMOTICON.sub("", EMOJI.sub("", text))
        )
        if len(after) > len(before):
            assert {*after[:1], *after[-1:]} & {*NEUTRAL}
        elif len(after) == len(before):
            changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
            assert [group_of(a) for a, _ in changed] == [group_of(b) for _, b in changed]
        else:
            assert len(after) == len(before) - 1
        assert found.strip()


def test_emoji_and_emoticons_stand_for_each_other():
    assert {"😊", ":-)"} <= set(stand_ins(":)"))
    assert "气死 >:( 了" in set(EmojiSwap().variants("气死😡了"))
    assert "👍🏿 ok" in set(EmojiSwap().variants("👍🏽 ok"))
    assert stand_ins("😅") == []
    assert "" not in set(EmojiSwap().variants("😂"))


def test_neutral_emoji_are_neutral():
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    judge = SentimentIntensityAnalyzer()
    assert [sign for sign in NEUTRAL if judge.polarity_scores(sign)["compound"] != 0] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("oh #SoHappy", {"oh So Happy", "oh #So #Happy", "oh SoHappy", "#SoHappy oh", "oh #SoHappy #monday"}),
        ("#sohappy", {"so happy", "#so #happy", "#SoHappy"}),
        ("feel so happy now", {"feel #SoHappy now", "feel #sohappy now", "feel so #happy now"}),
        ("#sad but true", {"sad but true", "but true #sad"}),
        ("#开心#今天", {"开心今天", "今天 #开心#", "#开心#今天 #周一#"}),
    ],
)
def test_hashtags(text, wanted):
    assert wanted <= set(Hashtags().variants(text))


@pytest.mark.parametrize("text", TEXTS)
def test_hashtags_keep_every_letter(text):
    for found in Hashtags().variants(text):
        kept = re.sub(
            r" ?#(monday|tuesday|today|morning|update|nowplaying|photo|news|video|work|city|home)$", "", found
        )
        kept = re.sub(r" ?#(今天|周一|早上|日常|记录|上班|城市|照片|新闻)#$", "", kept)
        letters = [sorted(c for c in t.lower() if not c.isspace() and c not in "#＃") for t in (kept, text)]
        assert letters[0] == letters[1]


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("firstworldproblems", ["first", "world", "problems"]),
        ("LOVEIT", ["LOVE", "IT"]),
        ("depression", ["depression"]),
        ("Be_Happy2Day", ["Be", "Happy", "2", "Day"]),
        ("MPSVT", ["MPSVT"]),
        ("开心", ["开心"]),
    ],
)
def test_segments(tag, words):
    assert segments(tag) == words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("i am happy", {"i am not unhappy"}),
        ("I feel so sad.", {"I feel far from happy.", "I feel anything but happy."}),
        ("an angry man", {"a not calm man", "an anything but calm man"}),
        ("I love it", {"I can't deny that I love it", "I can't say I don't love it"}),
        ("Always late", {"Never not late"}),
        ("Good idea", {"Not bad idea"}),
        ("the good news", {"the not bad news"}),
        ("Few came. I am happy", {"Few came. I am not unhappy"}),
        ("I do, I love it", {"I do, I can't deny that I love it"}),
    ],
)
def test_paraphrases_by_negation(text, wanted):
    assert wanted <= set(Negation().variants(text))


@pytest.mark.parametrize(
    "text",
    [
        "i am not happy",
        "never so sad",
        "I don't love it",
        "good morning",
        "happier than ever",
        "isn't it good",
        "as bad as",
        "My bad!",
        "you would be mad to go",
        "mad about you",
        "Do I like it?",
        "did I miss something",
        "Should I hate him for it?",
        "the good, the bad and the ugly",
        "take the good or the bad",
        "few people are happy",
        "if only we were all happy",
        "I wish that they were still happy",
        "he used to be always happy",
    ],
)
def test_what_is_denied_or_compared_already_stays(text):
    assert list(Negation().variants(text)) == []


def test_denied_opposites_contain_a_negation():
    markers = ("not ", "far from", "anything but", "nothing ", "without ", "no ")
    assert all(phrase.startswith(markers) for phrases in DENIED.values() for phrase in phrases)
    for word, phrases in DENIED.items():
        assert f"not {word}" not in phrases


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I feel sad", {"I feel very sad", "I feel a bit sad"}),
        ("so happy", {"happy", "really happy"}),
        ("a sad day", {"an extremely sad day"}),
        ("an angry man", {"a very angry man"}),
        ("I love it", {"I really love it"}),
        ("SO HAPPY", {"REALLY HAPPY"}),
        ("Happy now", {"So happy now"}),
        ("我很生气", {"我非常生气", "我有点生气"}),
        ("furious", {"absolutely furious"}),
        ("我不去，生气", {"我不去，很生气"}),
        ("别人生气", {"别人很生气"}),
    ],
)
def test_intensifiers(text, wanted):
    found = set(Intensifiers().variants(text))
    assert wanted <= found
    assert not any("very furious" in other for other in found)


@pytest.mark.parametrize(
    "text",
    [
        "not happy",
        "isn't very sad",
        "too angry",
        "good morning",
        "as sad as",
        "不开心",
        "happy birthday",
        "no words",
        "我没有生气",
        "我没有很生气",
        "他不是很开心",
        "我不会难过",
        "她并未生气",
        "别太难过",
        "我没那么生气",
    ],
)
def test_no_degree_where_it_would_change_the_meaning(text):
    assert list(Intensifiers().variants(text)) == []


def test_no_word_of_feeling_tells_two_emotions():
    words = [word for group in ADJECTIVES.values() for word in group]
    assert len(set(words)) == len(words)


def collapsed(text: str) -> str:
    """The text with every run of the same character brought back to one, and without ～."""
    return re.sub(r"(.)\1+", r"\1", text.replace("～", ""), flags=re.DOTALL)


@pytest.mark.parametrize("text", [*TEXTS, "sooooo happyyyy", "oh no哈哈哈", "好啊。"])
def test_elongation_collapses_to_the_original(text):
    tried = asked(Elongation(), text)
    assert all(collapsed(found) == collapsed(text) for found in tried)


def test_elongations_tried():
    assert {"saaad", "saddd"} <= set(asked(Elongation(), "sad"))
    assert {"soo", "so"} <= set(asked(Elongation(), "sooooo"))
    assert {"好啊啊啊。", "好啊～。"} <= set(asked(Elongation(), "好啊。"))
    assert asked(Elongation(repeats=(4,)), "x1 42 #no") == []


@pytest.mark.parametrize("text", ["feeling happy now", "such joyful people here today"])
def test_letters_set_apart_give_the_original_without_their_separators(text):
    tried = [found for found in asked(LetterSpacing(), text) if found != text]
    assert tried
    for found in tried:
        plain = found
        for separator in SEPARATORS:
            plain = plain.replace(separator, "")
        assert plain == text.replace(" ", "")
    assert any("-".join(word) in found for found in tried for word in ("feeling", "joyful"))


def test_no_more_words_are_set_apart_than_allowed():
    for found in asked(LetterSpacing(max_spaced=1), "awful horrible terrible"):
        assert sum(word in found for word in ("awful", "horrible", "terrible")) >= 2


@pytest.mark.parametrize(
    "text", ["what the fuck", "FUCKING shitty bitches", "pass the class, Hitchcock", "#shit @fuck f*ck"]
)
def test_masked_words_keep_length_and_first_letter(text):
    tried = list(ProfanityMasking().variants(text))
    assert bool(tried) == ("fuck" in text.lower() and "@" not in text)
    for found in tried:
        assert len(found) == len(text)
        for before, after in zip(text.split(), found.split(), strict=True):
            assert before[0] == after[0]


def test_masks_tried():
    assert {"f*ck", "f**k", "f***", "fvck"} <= set(ProfanityMasking().variants("fuck"))
    assert {"sh1t", "$hit"} & set(ProfanityMasking().variants("shit")) == {"sh1t"}


def test_a_real_model_is_attacked_within_three_words(victim):
    chosen = [
        Example(f"row-{i}", f"{start} {word} about the new house 😀 {i}", (label,))
        for i, (start, word, label) in enumerate(
            (start, word, label)
            for start in ("I feel", "Today I am")
            for word, label in [("furious", "anger"), ("scared", "fear"), ("happy", "joy"), ("sad", "sadness")]
        )
    ]
    engine, limit = Engine(victim), AttackBudget(max_words=3)
    for attack in (EmojiSwap(), Hashtags(), Intensifiers(), Elongation(), LetterSpacing(), Negation()):
        for outcome in attack_examples(engine, attack, chosen, seed=3, limit=limit):
            assert outcome.status is not Status.ERRORED
            if outcome.status is Status.SUCCEEDED:
                assert outcome.words_perturbed <= 3
                assert len(Words.of(outcome.perturbed)) <= len(Words.of(outcome.original)) + 3


@pytest.mark.parametrize(
    "make",
    [
        lambda: EmojiSwap(max_edits=0),
        lambda: Negation(max_edits=-1),
        lambda: Elongation(repeats=(2,)),
        lambda: Elongation(repeats=()),
        lambda: LetterSpacing(max_spaced=0),
    ],
)
def test_a_wrong_hyperparameter_is_one_clear_line(make):
    with pytest.raises(InputError, match=r"^attack [\w-]+: [^\n]+$"):
        make()
