"""robust-emo: the audit that an emotion model must pass before it ships."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # torch is heavy, and `import robust_emo` must stay light
    from robust_emo.emotion_pipeline import EmotionPipeline

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
