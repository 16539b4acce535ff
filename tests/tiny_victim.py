"""A tiny BERT that learns a few texts in a second, for tests of attacks."""

from collections.abc import Sequence

import torch

from robust_emo.engine.engine import Engine
from robust_emo.models.loading import LoadedClassifier
from robust_emo.models.scratch import make_scratch
from robust_emo.models.victim import Victim
from robust_emo.types import Task


def trained_engine(texts: Sequence[str], gold: Sequence[str], labels: tuple[str, ...], *, steps: int) -> Engine:
    """An engine over the model of :func:`trained_classifier`."""
    return Engine(Victim(trained_classifier(texts, gold, labels, steps=steps)))


def trained_classifier(
    texts: Sequence[str], gold: Sequence[str], labels: tuple[str, ...], *, steps: int
) -> LoadedClassifier:
    """A model that was trained on all `texts` at once, `steps` times."""
    torch.manual_seed(0)
    wanted = torch.tensor([labels.index(label) for label in gold])
    tokenizer, model = make_scratch("tiny", texts, num_labels=len(labels))
    batch = tokenizer(texts, padding=True, return_tensors="pt", return_token_type_ids=False)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.train()
    for _ in range(steps):
        torch.nn.functional.cross_entropy(model(**batch).logits, wanted).backward()
        optimiser.step()
        optimiser.zero_grad()
    return LoadedClassifier(
        model=model.eval(),
        tokenizer=tokenizer,
        labels=labels,
        task=Task.SINGLE_LABEL,
        max_length=128,
        positions=model.config.max_position_embeddings,
        architecture="BertForSequenceClassification",
        sha256="0" * 64,
    )
