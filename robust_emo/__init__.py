"""robust-emo: the audit that an emotion model must pass before it ships."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # torch is heavy, and `import robust_emo` must stay light
    from robust_emo.emotion_pipeline import EmotionPipeline
    from robust_emo.explaining import HeatMaps

__version__ = "0.1.0"


def pipeline(model: str | Path, *, device: str = "cpu") -> "EmotionPipeline":
    """Load a model directory for use, its input defence included.

    Args:
        model: directory made by `robust-emo train` or `harden`, or by save_pretrained.
        device: torch device.

    Raises:
        InputError: see :func:`~robust_emo.models.loading.load_classifier`.
    """
    from robust_emo.emotion_pipeline import EmotionPipeline

    return EmotionPipeline(model, device=device)


def explain(
    model: str | Path,
    texts: str | Sequence[str],
    *,
    method: str = "integrated-gradients",
    target: str | None = None,
    against: str | None = None,
    seed: int = 0,
    show_raw: bool = False,
    device: str = "cpu",
) -> "HeatMaps":
    """What moved a model, word by word, and whether that may be believed; a notebook shows the result as heat maps.

    Args:
        model: directory made by `robust-emo train` or `harden`, or by save_pretrained.
        texts: one or several.
        method: see `robust-emo list methods`.
        target: the emotion to explain; None: the most probable one of each text.
        against: explained is why the target rather than this emotion.
        seed: of methods that draw samples, and of the checks.
        show_raw: leave personal data in the texts of the result.
        device: torch device.

    Raises:
        InputError: see :func:`~robust_emo.models.loading.load_classifier`; an unknown method or emotion, a blank text,
            or a method that does not apply to the model.
    """
    from robust_emo.explaining import Question
    from robust_emo.explaining import explain as explain_texts

    question = Question(method, target, against, seed=seed, show_raw=show_raw)
    return explain_texts(model, texts, question, device=device)
