"""Goals: what they ask, of which examples, how near a text is, and which way gradients lead."""

import numpy as np
import pytest

from robust_emo.engine.goal_choice import GoalChoice
from robust_emo.errors import InputError
from robust_emo.types import Example, Task

LABELS = ("anger", "joy", "sadness")
SINGLE, MULTI = Task.SINGLE_LABEL, Task.MULTI_LABEL


def bound(text, gold, task):
    return GoalChoice.parse(text).bind(Example("x", "x", tuple(gold.split())), LABELS, task)


def row(*logits):
    return np.asarray(logits, dtype=np.float32)


@pytest.mark.parametrize(
    "text", ["untargeted", "targeted:joy", "added", "added:joy", "dropped", "dropped:a:b", "crossed:joy@0.3"]
)
def test_a_goal_is_read_as_it_is_written(text):
    assert str(GoalChoice.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "joy", "targeted", "targeted:", "untargeted:joy", "Added"),
        *("crossed:joy", "crossed:joy@", "crossed:@0.5"),
    ],
)
def test_anything_else_is_one_clear_line(text):
    with pytest.raises(InputError, match=r"^goal '.*' is not understood: expected untargeted, [^\n]+$"):
        GoalChoice.parse(text)


@pytest.mark.parametrize("number", ["0", "1", "1.5", "-0.2", "nan"])
def test_a_probability_lies_between_0_and_1(number):
    with pytest.raises(InputError, match=rf"the probability must lie between 0 and 1, got {number}$"):
        GoalChoice.parse(f"crossed:joy@{number}")


def test_a_goal_must_fit_the_model():
    with pytest.raises(InputError, match="knows no emotion 'hope'; it knows anger, joy, sadness"):
        GoalChoice.parse("targeted:hope").check(LABELS, SINGLE)
    with pytest.raises(InputError, match="use targeted:LABEL"):
        GoalChoice.parse("added").check(LABELS, SINGLE)
    GoalChoice.parse("added:joy").check(LABELS, MULTI)
    GoalChoice.parse("crossed:joy@0.9").check(LABELS, SINGLE)


@pytest.mark.parametrize(
    ("text", "concerned", "others"),
    [
        ("untargeted", ["joy", "anger joy", ""], []),
        ("targeted:joy", ["anger", "anger sadness", ""], ["joy", "anger joy"]),
        ("added:joy", ["anger", ""], ["joy", "anger joy"]),
        ("added", ["joy", ""], ["anger joy sadness"]),
        ("dropped:joy", ["joy", "anger joy"], ["anger", ""]),
        ("dropped", ["joy", "anger joy"], [""]),
        ("crossed:joy@0.9", ["joy", "anger", ""], []),
    ],
)
def test_gold_labels_alone_say_whether_a_goal_makes_sense(text, concerned, others):
    """And where it makes none it never applies, whatever the model says."""
    goal = GoalChoice.parse(text)
    for gold in concerned:
        assert goal.concerns(gold.split(), LABELS)
    for gold in others:
        assert not goal.concerns(gold.split(), LABELS)
        right = row(*(5 if label in gold.split() else -5 for label in LABELS))
        assert not bound(text, gold, MULTI).applies(right)
        assert not bound(text, gold, MULTI).applies(-right)


@pytest.mark.parametrize(
    ("text", "gold", "before", "after", "applies", "reached"),
    [
        ("untargeted", "joy", (0, 2, 1), (0, 2, 3), True, True),
        ("untargeted", "joy", (3, 2, 1), (0, 2, 3), False, True),
        ("targeted:anger", "joy", (0, 2, 1), (0, 2, 3), True, False),
        ("targeted:anger", "joy", (0, 2, 1), (4, 2, 3), True, True),
        ("targeted:joy", "joy", (0, 2, 1), (0, 2, 1), False, True),
        ("targeted:anger", "joy", (3, 2, 1), (3, 2, 1), False, True),  # wrong before: nothing to attack
        ("crossed:joy@0.9", "joy", (0, 5, 0), (0, 2, 0), True, True),  # 0.987, then 0.787
        ("crossed:joy@0.9", "joy", (0, 2, 0), (0, 1, 0), False, True),
        ("crossed:joy@0.1", "anger", (9, 0, 0), (2, 0, 0), True, True),
    ],
)
def test_goals_of_single_label_models(text, gold, before, after, applies, reached):
    goal = bound(text, gold, SINGLE)
    assert goal.applies(row(*before)) == applies
    assert goal.reached(row(*after)) == reached
    assert goal.name == text


@pytest.mark.parametrize(
    ("text", "gold", "before", "after", "applies", "reached"),
    [
        ("untargeted", "joy", (-1, 1, -1), (-1, 1, 1), True, True),
        ("untargeted", "joy", (1, 1, -1), (1, 1, -1), False, True),
        ("added", "joy", (-1, 1, -1), (-1, -1, -1), True, False),  # a lost emotion is none added
        ("added", "joy", (-1, 1, -1), (-1, -1, 1), True, True),
        ("added:anger", "joy", (-1, 1, -1), (-1, 1, 1), True, False),
        ("targeted:anger", "joy", (-1, 1, -1), (1, 1, -1), True, True),
        ("added:joy", "joy", (-1, 1, -1), (-1, 1, -1), False, False),
        ("dropped", "joy sadness", (-1, 1, 1), (1, 1, 1), True, False),
        ("dropped", "joy sadness", (-1, 1, 1), (-1, 1, -1), True, True),
        ("dropped:joy", "joy sadness", (-1, 1, 1), (-1, 1, -1), True, False),
        ("dropped", "", (-1, -1, -1), (-1, -1, -1), False, False),
        ("crossed:joy@0.9", "joy", (-1, 4, -1), (-1, 2, -1), True, True),
        ("crossed:joy@0.9", "joy", (-1, 4, -1), (-1, 3, 5), True, False),
    ],
)
def test_goals_of_multi_label_models(text, gold, before, after, applies, reached):
    goal = bound(text, gold, MULTI)
    assert goal.applies(row(*before)) == applies
    assert goal.reached(row(*after)) == reached


@pytest.mark.parametrize("task", [SINGLE, MULTI])
@pytest.mark.parametrize("text", ["untargeted", "targeted:anger", "crossed:joy@0.9", "crossed:sadness@0.2"])
def test_progress_rises_towards_the_goal_and_gradients_lead_there(text, task):
    """A small step up the loss of the target must bring progress, and enough progress must be success."""
    import torch

    goal = bound(text, "joy", task)
    logits = torch.tensor([-1.0, 3.5, -2.5], dtype=torch.float64)
    found = [goal.progress(row(*logits.tolist())[None])[0]]
    for _ in range(400):
        logits.requires_grad_()
        wanted = torch.tensor(goal.target(), dtype=torch.float64)
        if task is MULTI:
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="sum")
        else:
            loss = torch.nn.functional.cross_entropy(logits, wanted)
        (gradient,) = torch.autograd.grad(loss, logits)
        logits = (logits + 0.05 * gradient / gradient.norm()).detach()
        found.append(goal.progress(row(*logits.tolist())[None])[0])
    assert found == sorted(found)
    assert goal.reached(row(*logits.tolist()))
