"""Chinese characters that express an emotion by themselves."""

EMOTIONAL_CHARACTERS = frozenset(
    "喜乐欢悦愉爱恋甜笑哀悲伤愁泪哭苦痛惨怨怒恨骂烦恼愤恶厌憎贱蠢恐怕惧惊吓慌死杀奇讶忧虑悔愧羞耻嫌妒嫉畏怯欣"
)
"""Not written in place of another character, since that would tell the reader of an emotion the text does not have."""
