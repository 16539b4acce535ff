"""The speller's manners: negations stay, names and slang stay, words stay apart; what an attacker does is mended."""

import random

import pytest

from robust_emo.defences.everyday_words import CONTRACTIONS, NEGATIONS, slang, with_apostrophe
from robust_emo.defences.foreign import is_foreign
from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.spelling import Spelling
from robust_emo.defences.word_model import WordModel

NEGATED = sorted(word for word in CONTRACTIONS if with_apostrophe(word) != word)
WORDS = WordModel({})
PLAIN = (
    "happy", "angry", "think", "should", "would", "there", "people", "friend", "always", "really", "wonder",
    "something", "mother", "notice", "parent", "haunted", "wanted", "silent", "moment", "tonight", "morning", "another",
)  # fmt: skip
TEXTS = (  # written for this test, in the manner of tweets
    "So the UK left the EU after Brexit and the GOP still dont get it #MAGA",
    "@user tbh Rihanna looked petty in that vid, cant lie lol",
    "luv u guys, u r gr8 :) #OCD #NHS",
    "Can't believe Zanele and Rahul got engaged!! omg 😍",
    "ffs CNN is on again. jk but idk why we retweet this",
    "That's a state-the left can't win, no offense.No bail.Laws matter",
    "My bday was meh, fb was down and nobody txt me 😔",
    "Watching ESPN w/ Santosh in NYC, the Cllrs are late again",
    "im fine, youre fine, theyre fine, whats the problem",
    "Werent you the one who didnt want to go? I havent a clue",
    "Heard that Afridi and Blitzer wont play, gutted tbh",
    "Dr.Pepper and an iPhone, a non-story for X-rated times",
    "two sharks and a toe nail walked in to a bar",
    "smh at the WH press briefing, POTUS aint happy",
    "Ich bin heute sehr traurig und habe keine Lust mehr auf die Arbeit",
    "Estoy muy triste porque no puedo estar con mi familia hoy",
    "J'ai passé une journée horrible avec le chien de ma soeur",
    "this weather is glum af but yall make me smile",
    "what a nightmare, couldnt sleep, shouldve stayed home",
    "I dread Mondays... Ugh. #mondayblues #sob",
)


@pytest.fixture(scope="module")
def right():
    return InputDefence([Spelling()]).text


def typos(word):
    """All spellings at one edit, the letters in it apart from a few."""
    for place in range(len(word) + 1):
        yield from (word[:place] + letter + word[place:] for letter in "aeox")
        if place < len(word):
            yield word[:place] + word[place + 1 :]
            yield from (word[:place] + letter + word[place + 1 :] for letter in "aeox")
        if place + 1 < len(word):
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def negates(word):
    plain = word.replace("'", "")
    return plain in NEGATIONS or plain.endswith("nt")


# --- negations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", sorted(CONTRACTIONS))
def test_contractions_are_words(right, word):
    for written in (word, word.upper(), word.capitalize(), with_apostrophe(word)):
        assert right(f"they said {written} today") == f"they said {written} today"


@pytest.mark.parametrize("word", NEGATED)
def test_a_typo_never_takes_a_negation_away(right, word):
    """It is read as a negation or left as it is, but where the typo is another word by itself."""
    read = {typo: right(typo) for typo in set(typos(word)) - {word}}
    lost = [typo for typo, found in read.items() if found != typo and not negates(found)]
    kept = sum(negates(found) and found != typo for typo, found in read.items())
    assert [typo for typo in lost if not WORDS.probability(typo)] == []
    assert kept > (0.3 if len(word) > 5 else 0.02) * len(read), read


@pytest.mark.parametrize("word", PLAIN)
def test_a_typo_never_puts_a_negation_in(right, word):
    assert [found for typo in set(typos(word)) if (found := right(typo)) != typo and found in NEGATIONS] == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("dind't", "didn't"),
        ("did'nt", "didn't"),
        ("DOES'NT", "DOESN'T"),
        ("didnot", "didnt"),
        ("wuldnt", "wouldnt"),
        ("wouldn t", "wouldnt"),
        ("don t", "dont"),
        ("shoudlnt", "shouldnt"),
        ("nto", "not"),
        ("nohting", "nothing"),
        ("neever", "never"),
        ("no w", "no w"),  # perhaps "now", but it says no
        ("not ice", "not ice"),
    ],
)
def test_typos_of_negations(right, written, read):
    assert right(written) == read


# --- what is left alone ----------------------------------------------------------------------------------------------


def test_few_ordinary_texts_are_rewritten(right):
    changed = {text: read for text in TEXTS if (read := right(text)) != text}
    assert len(changed) <= 0.1 * len(TEXTS), changed


def test_slang_is_left_alone(right):
    for word in sorted(slang()):
        assert right(f"they say {word} now") == f"they say {word} now"


@pytest.mark.parametrize(
    "text",
    [
        "no offense.No bail.Laws",
        "a state-the left",
        "such a great!so nice",
        "I said one_two and three+four",
        "the UK, the EU and the GOP",
        "in the U.S.A. or in the U.A.E",
        "#OCD #MAGA #NYTimes #retweet",
        "#whitehouse #toomuch #thetalk #nofriends #moms",
        "three aarons and two arthurs",
        "we met Kalwar and Jeong there",
    ],
)
def test_words_stay_apart_and_names_stay(right, text):
    assert right(text) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hapyy.I am", "happy.I am"),
        ("she is h.a.p.p.y and h-a-p-p-y", "she is happy and happy"),
        ("so ha-ppy and mise_rable", "so happy and miserable"),
        ("we were so Agnry and Terifeid", "we were so Angry and Terifeid"),  # as a name, by two edits, it stays
        ("I AM SO SDA TODAY", "I AM SO SAD TODAY"),  # where all is shouted, capitals make no abbreviation
        ("#depresed and #hapy", "#depressed and #happy"),
        ("#deprezsed #wondreful", "#depressed #wonderful"),
        ("#eclpise #wrldlife", "#eclipse #wildlife"),
        ("I am so sads and angrys", "I am so sad and angry"),  # no plurals
        ("#tabl #wrdlifle", "#tabl #wrdlifle"),  # in a hashtag too short, or too far away
    ],
)
def test_what_an_attacker_does_is_still_mended(right, written, read):
    assert right(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("I am so asd today", "I am so sad today"),  # not as, with a d put in
        ("that viel woman", "that vile woman"),  # not view
        ("dont runi my day", "dont ruin my day"),  # not run
        ("he will loo at me", "he will look at me"),
        ("it coes to me", "it comes to me"),  # not does
    ],
)
def test_letters_lost_or_exchanged_are_likelier_than_letters_put_in(right, written, read):
    assert right(written) == read


@pytest.mark.parametrize(
    ("written", "example"), [("I was here agains", "(agains)"), ("I feel mad today", "(mad for sad)")]
)
def test_the_gaps_that_it_names_are_gaps(right, written, example):
    """Whoever closes one takes it from the list, and the other way round."""
    assert right(written) == written
    assert any(example in gap.text for gap in Spelling().known_gaps().gaps)


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("ich bin so happy und du", True),
        ("je suis triste pour toi", True),
        ("the die is cast und more", False),
        ("no me", False),
        ("", False),
        ("I love El Paso and Los Angeles, but not Der Spiegel", False),
    ],
)
def test_other_languages_are_told_by_little_words(text, foreign):
    assert is_foreign(text.lower().split()) is foreign


def test_single_edits_of_emotion_words_in_hashtags(right):
    rng, mended = random.Random(0), 0
    for word in ("happy", "angry", "miserable", "terrified", "depressed", "wonderful", "lonely", "anxious"):
        place = rng.randrange(1, len(word) - 1)
        mended += right(f"#{word[:place]}{word[place + 1 :]}") == f"#{word}"
    assert mended >= 6
