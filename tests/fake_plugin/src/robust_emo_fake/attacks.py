"""Attacks of a third party: a harmless one, one that crashes now and then, one that cheats, one that lacks a part."""

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget


class Base:
    budget = AttackBudget()

    def problems(self):
        return ()

    def arguments(self):
        return {}

    def notes(self):
        return ()


class Shout(Base):
    """Writes one word after the other in capitals and asks for the gradients, too."""

    spec = PluginSpec(name="shout", version="1", summary="capitals")

    async def perturb(self, example, query, *, goal, budget, rng):
        gradients = await query.gradients([example.text], [goal.target()])
        assert len(gradients[0].spans) == len(gradients[0].values)
        words = example.text.split()
        for index in range(len(words)):
            words[index] = words[index].upper()
            text = " ".join(words)
            if goal.reached((await query.scores([text]))[0]):
                return text
        return None


class Moody(Base):
    """Crashes on some examples; asks the model for something that breaks the tokenizer on others."""

    spec = PluginSpec(name="moody", version="1", summary="crashes")

    async def perturb(self, example, query, *, goal, budget, rng):
        await query.scores([example.text + "!"])
        if "happy" in example.text:
            raise RuntimeError("not in the mood")
        if "glad" in example.text:
            await query.scores(["\ud800"])
        if "delighted" in example.text:
            await query.fill_mask(example.text, [(0, 1)], model="nowhere")
        return


class Cheat(Base):
    """Claims success with the original text, with garbage over budget, or with a text that changes nothing."""

    spec = PluginSpec(name="cheat", version="1", summary="cheats")
    budget = AttackBudget(max_queries=3, max_words=1)

    async def perturb(self, example, query, *, goal, budget, rng):
        kind = len(example.text) % 4
        if kind == 0:
            return example.text
        if kind == 1:
            return "completely different words that surely change everything about this sentence"
        if kind == 2:
            return example.text + " "
        return "   "


class Unready(Base):
    spec = PluginSpec(name="unready", version="1", summary="lacks a word list")

    def problems(self):
        return ("unready needs the word list: pip install words",)


class Learner(Base):
    """Learns which examples it saw, and refuses to meet one of them again."""

    spec = PluginSpec(name="learner", version="1", summary="learns")

    def __init__(self, *, seen=frozenset()):
        self.seen = seen

    async def learn(self, examples, query, *, goals, rng):
        assert len(goals) == len(examples)
        await query.scores([example.text for example in examples])
        return Learner(seen=frozenset(example.id for example in examples))

    def learnt(self):
        return [("<b>all</b>", f"{len(self.seen)} examples")]

    async def perturb(self, example, query, *, goal, budget, rng):
        if not self.seen or example.id in self.seen:
            raise RuntimeError("met an example that was learnt from")
        return


class Dunce(Learner):
    spec = PluginSpec(name="dunce", version="1", summary="cannot learn")

    async def learn(self, examples, query, *, goals, rng):
        raise ValueError("too hard")
