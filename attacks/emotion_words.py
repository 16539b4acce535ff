"""English and Chinese words that tell an emotion, by part of speech."""

import re

from .word_list import word_list

ADJECTIVES: dict[str, tuple[str, ...]] = {
    "joy": word_list("""
happy glad cheerful delighted joyful joyous thrilled excited pleased amused proud grateful thankful hopeful optimistic
relieved blessed lucky relaxed calm peaceful good great nice lovely beautiful wonderful amazing awesome
fantastic brilliant excellent perfect funny hilarious adorable sweet cute delicious cool lively playful eager
confident satisfied ecstatic elated euphoric blissful overjoyed
"""),
    "sadness": word_list("""
sad unhappy lonely alone depressed depressing miserable gloomy heartbroken heartbreaking upset
disappointed disappointing hopeless helpless tearful sorry tired unfortunate tragic painful homesick
dull weary sorrowful mournful melancholy dismal bleak grim devastated devastating ashamed guilty
"""),
    "anger": word_list("""
angry mad furious annoyed annoying irritated irritating outraged outrageous bitter hateful offended offensive resentful
frustrated frustrating infuriating enraged livid hostile rude pissed grumpy fuming cranky jealous unfair
"""),
    "fear": word_list("""
afraid scared scary frightened frightening terrified terrifying fearful anxious nervous worried panicked
uneasy tense alarmed horrified horrifying creepy dreadful insecure shaky
"""),
    "disgust": word_list(
        "disgusted disgusting gross nasty awful horrible terrible horrid revolting sick bad ugly dirty vile foul"
    ),
    "surprise": word_list("surprised surprising shocked shocking amazed astonished astonishing stunned stunning"),
}
"""Emotion -> adjectives that take "very" or "so" before them or mean it already."""

VERBS: dict[str, tuple[str, ...]] = {
    "joy": word_list("love loved loves enjoy enjoyed enjoys adore adored like liked likes appreciate admire"),
    "sadness": word_list("miss missed misses regret regretted regrets"),
    "anger": word_list("hate hated hates despise despised detest resent dislike disliked dislikes"),
    "fear": word_list("fear feared fears dread dreaded"),
}
"""Emotion -> verbs of feeling that take "really" before them."""

CHINESE: dict[str, tuple[str, ...]] = {
    "joy": word_list(
        "高兴 开心 快乐 幸福 喜欢 满意 兴奋 激动 愉快 欣慰 感动 感谢 期待 温暖 可爱 漂亮 好看 好吃 好玩 搞笑"
    ),
    "sadness": word_list("难过 伤心 悲伤 痛苦 失望 孤独 寂寞 委屈 心疼 沮丧 郁闷 无奈 可怜 心酸 绝望 想念 后悔 遗憾"),
    "anger": word_list("生气 愤怒 讨厌 气愤 恼火 可恶 可恨 过分 无耻"),
    "fear": word_list("害怕 恐惧 担心 紧张 恐怖 可怕 着急 焦虑 不安"),
    "disgust": word_list("恶心 反感 厌恶"),
    "surprise": word_list("惊讶 吃惊 震惊 意外 惊喜"),
}
"""Emotion -> Chinese words of feeling that take 很 before them."""

SET_PHRASE = (
    r"(?:good|happy|great|nice|lovely)[ ]+(?:(?:mornings?|nights?|evening|afternoon|day|bye|luck|birthday|new|"
    r"christmas|xmas|easter|hour|holidays|anniversary|thing|job|riddance|\w+day)\b|[#@])"
)
"""Pattern of greetings and the like, in which an adjective of the table tells no emotion of its own."""

NEGATED_VERB = r"(?:do|does|did|is|are|was|were|ca|wo|has|have|had|would|could|should|ai)n['’]?t"
"""Pattern of an auxiliary with not, apostrophe or none; "want" and "different" are none."""

DEGREE_BEFORE = re.compile(r"\b(?:\w{2,}ly|so|very|much|all|just)[ ]+$", re.IGNORECASE)
"""An adverb right before an adjective, which leaves no room for another one."""
