"""Words that people write and dictionaries lack: contractions without their apostrophe, slang of the internet."""

from functools import cache

_NEGATED = {  # about how often they are written among the words of informal English
    "dont": 2e-4, "cant": 1e-4, "didnt": 8e-5, "wont": 5e-5, "isnt": 5e-5, "doesnt": 5e-5, "wasnt": 4e-5, "aint": 3e-5,
    "havent": 3e-5, "couldnt": 2e-5, "wouldnt": 2e-5, "arent": 2e-5, "shouldnt": 1e-5, "hasnt": 1e-5, "hadnt": 5e-6,
    "werent": 5e-6, "mustnt": 1e-6, "neednt": 1e-6, "shant": 1e-6, "mightnt": 5e-7, "oughtnt": 5e-7, "darent": 5e-7,
}  # fmt: skip
_OTHERS = {
    "im": 3e-4, "thats": 1e-4, "youre": 8e-5, "ive": 8e-5, "whats": 4e-5, "lets": 4e-5, "theyre": 3e-5, "hes": 3e-5,
    "shes": 2e-5, "theres": 2e-5, "youve": 1e-5, "youll": 1e-5, "weve": 5e-6, "theyve": 5e-6, "whos": 5e-6,
    "theyll": 3e-6, "wheres": 3e-6, "heres": 3e-6, "youd": 3e-6, "theyd": 2e-6, "itll": 2e-6, "yall": 2e-6,
    "hows": 2e-6, "couldve": 1e-6, "shouldve": 1e-6, "wouldve": 1e-6, "mustve": 5e-7, "thatll": 5e-7, "whyd": 2e-7,
}  # fmt: skip
CONTRACTIONS = _NEGATED | _OTHERS
"""Probabilities of contractions, by their spelling without an apostrophe."""

NEGATIONS = frozenset(_NEGATED) | {
    "no", "not", "never", "none", "nor", "neither", "nobody", "nothing", "nowhere", "cannot", "without", "nope", "nah",
    "noone",
}  # fmt: skip
"""Words that deny, in small letters and without an apostrophe."""

_SLANG = """
    af afaik afk ama app apps asap atm awhile aww awww bae bb bby bc bday bestie bff bih blog blogs brb brexit bro
    bros bruh bts btw cba convo cos coulda coz cus cuz dae dafuq dat deets dem dis diy dm dms dr dunno dw em emoji
    emojis fam fb ffs finna flotus fml fomo ftw fwiw fyi gd gf ggs gimme goin gon gonna gotcha gotta gr8 grl gtg
    haha hahaha hashtag hashtags hehe hella hmm hmu hubby icymi idc idek idgaf idk ig ikr ily imho imma imo inbox
    insta irl jk kinda kk l8r legit lemme lil livestream lmao lmaooo lmk lol lolol lulz luv m8 mah meh meme memes mf
    mfs mhm mins mr mrs ms msg msgs mum mums musta nada nbd netflix ngl nm no1 np nsfw nvm obv obvs omfg omg oml omw
    ootd op outta phd pic pics pls plz pm podcast potus ppl prob probs prolly pt retweet retweeted retweeting
    retweets rly rn rofl roflmao rt rts scotus selfie selfies shoulda sis smfh smh sms snapchat sorta soz spotify
    srsly sry stfu tbf tbh tbt tfw tgif tho thru thx til tl tldr tmi tmrw tmw tomoz tryna ttyl tv tweet tweeting
    tweets txt txts tysm u ugh unfollow unfollowed uni ur urs vibe vibes vid vids vlog vs wanna wassup wbu whatcha
    wifi woah woulda wtf wth xoxo yas yass yay yea yeah yep yo yolo youtube youtuber yup yw
"""


@cache
def slang() -> frozenset[str]:
    """Slang, in small letters; the digits in it stand for sounds."""
    return frozenset(_SLANG.split())


def with_apostrophe(word: str) -> str:
    """A negated contraction of :data:`CONTRACTIONS` as grammars write it: didn't."""
    return f"{word[:-1]}'t" if word in _NEGATED else word
