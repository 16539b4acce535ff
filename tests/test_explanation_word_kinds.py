"""What kind of word each segment of a text is."""

import pytest
from explained_texts import attributed

from robust_emo.audits.explanation.segments import Segments
from robust_emo.audits.explanation.word_kinds import WordKind, bears_emotion, word_kinds
from robust_emo.audits.explanation.word_lists import words


def kinds(text: str) -> dict[str, str]:
    segments = Segments.of(text)
    return dict(zip(segments.words, word_kinds(segments), strict=True))


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("so happy today", "happy", "emotion"),
        ("so happy today", "so", "function"),
        ("soooo haaaappy", "haaaappy", "emotion"),
        ("what a #depressing day", "#depressing", "emotion"),
        ("it works well", "well", "function"),
        ("a table", "table", "other"),
        ("I don't care", "don't", "negation"),
        ("I can't wait", "can't", "function"),
        ("no doubt about it", "no", "function"),
        ("我不高兴", "不", "negation"),
        ("我不高兴", "高", "emotion"),
        ("我不高兴", "我", "function"),
        ("the lesbian couple", "lesbian", "identity"),
        ("two Muslims came", "Muslims", "identity"),
        ("black people came", "black", "identity"),
        ("a black car", "black", "other"),
        ("my old man", "man", "identity"),
        ("Polish food", "Polish", "identity"),
        ("please polish it", "polish", "other"),
        ("an African-American choir", "African-American", "identity"),
        ("她是日本人", "日", "identity"),
        ("Mary Smith called", "Mary", "name"),
        ("ask @bob_the_third", "@bob_the_third", "handle"),
        ("mail me at jo@example.com", "jo", "handle"),
        ("@user why", "@user", "artefact"),
        ("see http://example.com/x now", "example", "url"),
        ("see http now", "http", "artefact"),
        ("this &amp; that", "amp", "artefact"),
        (r"end.\n\nBut why", "n", "artefact"),
        (r"end.\n\nBut why", "nBut", "other"),
        ("RT @bob_the_third hi", "RT", "artefact"),
        ("hello [NAME]", "NAME", "artefact"),
        ("bold <br> text", "br", "artefact"),
        ("at 12 o'clock", "12", "number"),
        ("the #1 team", "#1", "number"),
        ("call 415-555-2671", "415-555-2671", "number"),
        ("really?!", "?!", "punctuation"),
        ("nice 😂", "😂", "emoji"),
        ("nice :D", "D", "emoji"),
    ],
)
def test_each_segment_has_one_kind(text, word, kind):
    assert kinds(text)[word] == kind


def test_hostile_texts_get_kinds_all_the_same():
    for text in ("<" * 3000, "&" * 3000, ":" * 3000, "\\" * 3000, "@" * 500, "no " * 500, "\u202e<script>x</script>"):
        segments = Segments.of(text)
        assert len(word_kinds(segments)) == len(segments)


def test_pictures_bear_emotion_where_they_show_a_face_or_a_heart():
    assert bears_emotion(WordKind.EMOJI, "😂")
    assert bears_emotion(WordKind.EMOJI, "🙄")
    assert bears_emotion(WordKind.EMOJI, "💚")
    assert bears_emotion(WordKind.EMOJI, "D")
    assert not bears_emotion(WordKind.EMOJI, "🚗")
    assert not bears_emotion(WordKind.NUMBER, "7")


def test_whatever_may_be_personal_is_shown_masked():
    text = attributed("Mary Smith and @bob_the_third were Happy", "joy", {})
    assert text.shown == ("[NAME]", "[NAME]", "and", "@user", "were", "happy")


def test_the_table_has_no_word_of_emotion_among_function_words():
    from robust_emo.validity.emotion_words import class_of_word

    assert {word for word in words("function") if class_of_word(word)} == set()
    assert not words("function") & words("identity")
