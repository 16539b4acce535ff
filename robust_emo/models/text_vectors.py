"""One vector for a text from a classifier: what its encoder hands on, as a service that shares embeddings would."""

from torch import Tensor, nn

from robust_emo.models.mean_pooling import mean_pooled


def text_vectors(classifier: nn.Module, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    """(rows, width): the mean over the tokens of the last layer's vectors, of length 1, whatever the head reads.

    Of a head on frozen encoders its features, which are such means.

    Args:
        classifier: a transformers model with a classification head.
        input_ids: (rows, tokens).
        attention_mask: likewise.
    """
    from robust_emo.models.pooled_head import PooledHeadForSequenceClassification

    if isinstance(classifier, PooledHeadForSequenceClassification):
        return classifier.features(input_ids, attention_mask)
    encoder: nn.Module = classifier.base_model  # type: ignore[assignment]  # as every transformers model has it
    return mean_pooled(encoder, input_ids, attention_mask)
