"""English paraphrases by double negation or a negated opposite that keep the emotion."""

from .word_list import word_list

ADJECTIVES: dict[str, tuple[str, ...]] = {
    "happy": ("not unhappy", "anything but unhappy"),
    "glad": ("not unhappy", "far from unhappy"),
    "cheerful": ("not gloomy", "anything but gloomy"),
    "pleased": ("not displeased", "far from displeased"),
    "satisfied": ("not dissatisfied", "far from dissatisfied"),
    "thankful": ("not ungrateful", "far from ungrateful"),
    "grateful": ("not ungrateful", "far from ungrateful"),
    "hopeful": ("not without hope", "far from hopeless"),
    "optimistic": ("not without hope", "far from pessimistic"),
    "proud": ("not without pride", "not ashamed"),
    "excited": ("not unexcited", "anything but bored"),
    "amused": ("not unamused", "anything but bored"),
    "good": ("not bad", "not bad at all"),
    "great": ("not bad at all", "anything but bad"),
    "nice": ("not bad at all", "not unpleasant"),
    "pleasant": ("not unpleasant", "anything but unpleasant"),
    "wonderful": ("anything but bad", "nothing short of wonderful"),
    "amazing": ("anything but ordinary", "nothing short of amazing"),
    "awesome": ("anything but bad", "nothing short of awesome"),
    "fantastic": ("anything but bad", "nothing short of fantastic"),
    "brilliant": ("anything but bad", "nothing short of brilliant"),
    "beautiful": ("far from ugly", "nothing short of beautiful"),
    "lovely": ("not unlovely", "nothing short of lovely"),
    "funny": ("not unfunny", "anything but unfunny"),
    "hilarious": ("anything but unfunny", "nothing short of hilarious"),
    "interesting": ("not uninteresting", "far from boring"),
    "lucky": ("not unlucky", "far from unlucky"),
    "sad": ("not happy", "far from happy", "anything but happy"),
    "unhappy": ("not happy", "far from happy"),
    "miserable": ("anything but happy", "far from happy"),
    "gloomy": ("far from cheerful", "anything but cheerful"),
    "depressed": ("anything but happy", "far from cheerful"),
    "depressing": ("far from uplifting", "anything but uplifting"),
    "hopeless": ("not hopeful at all", "without any hope"),
    "disappointed": ("not satisfied", "far from satisfied"),
    "disappointing": ("not satisfying", "far from satisfying"),
    "lonely": ("not without loneliness", "nothing if not lonely"),
    "heartbroken": ("nothing short of heartbroken", "nothing if not heartbroken"),
    "sorry": ("not without regret",),
    "angry": ("not calm", "anything but calm", "not without anger"),
    "mad": ("not calm", "anything but calm", "not without anger"),
    "furious": ("anything but calm", "nothing short of furious"),
    "outraged": ("anything but calm", "nothing short of outraged"),
    "annoyed": ("not amused", "not unannoyed"),
    "annoying": ("not exactly pleasant", "nothing if not annoying"),
    "irritated": ("not amused", "nothing if not irritated"),
    "bitter": ("not without bitterness",),
    "offended": ("not without offence", "nothing if not offended"),
    "rude": ("not polite", "far from polite", "anything but polite"),
    "unfair": ("not fair", "far from fair", "anything but fair"),
    "hateful": ("not without hatred",),
    "afraid": ("not unafraid", "not without fear", "far from fearless"),
    "scared": ("not unafraid", "not without fear", "anything but fearless"),
    "frightened": ("not unafraid", "not without fear"),
    "terrified": ("anything but unafraid", "nothing short of terrified"),
    "nervous": ("not at ease", "anything but at ease"),
    "anxious": ("not at ease", "anything but at ease", "not without anxiety"),
    "worried": ("not unworried", "not at ease", "not without worry"),
    "scary": ("not unscary", "nothing if not scary"),
    "bad": ("not good", "far from good"),
    "awful": ("anything but good", "far from good"),
    "terrible": ("anything but good", "far from good"),
    "horrible": ("anything but good", "nothing short of horrible"),
    "disgusting": ("anything but appetising", "nothing short of disgusting"),
    "boring": ("not interesting", "far from interesting"),
    "surprised": ("not unsurprised", "nothing if not surprised"),
    "shocked": ("nothing short of shocked", "far from unmoved"),
    "serious": ("not unserious", "no joke"),
    "difficult": ("not easy", "far from easy"),
    "wrong": ("not right", "far from right"),
    "important": ("not unimportant", "far from unimportant"),
    "possible": ("not impossible",),
    "common": ("not uncommon", "far from uncommon"),
}
"""Adjective -> phrases that stand for it."""

ADVERBS: dict[str, tuple[str, ...]] = {
    "always": ("never not",),
    "often": ("not seldom", "not rarely"),
    "definitely": ("without a doubt",),
    "certainly": ("without a doubt",),
    "forgot": ("did not remember",),
}
"""Other word -> phrases that stand for it."""

VERBS = word_list("love like hate miss enjoy adore appreciate fear dread regret despise")
"""Verbs of feeling, as they stand behind "I" and behind "don't"."""

VERB_FRAMES = (
    "I can't deny that I {verb}",
    "I can't say I don't {verb}",
    "I won't pretend I don't {verb}",
    "there is no denying that I {verb}",
)
"""What "I love" becomes."""

BE_FRAMES = (
    "I can't deny that I am",
    "I can't say I am not",
    "I won't pretend I am not",
    "there is no denying that I am",
)
"""What "I am" becomes before a word of feeling."""
