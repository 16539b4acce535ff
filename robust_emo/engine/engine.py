"""The engine: a scheduler with the servers of one victim model."""

from collections.abc import Iterable, Iterator, Sequence

from robust_emo.arrays import FloatArray, TokenGradients
from robust_emo.engine.cache import QueryCache
from robust_emo.engine.flips import FlipsServer
from robust_emo.engine.masked_lm import FillMaskServer
from robust_emo.engine.requests import (
    EmbeddingsRequest,
    ExactScoresRequest,
    FillMaskRequest,
    FlipsRequest,
    GradientsRequest,
    JudgeScoresRequest,
    ScoresRequest,
)
from robust_emo.engine.scheduler import Finished, Job, Result, Scheduler
from robust_emo.engine.servers import EmbeddingsServer, GradientsServer, ScoresServer, Server
from robust_emo.models.encoder import SentenceEncoder
from robust_emo.models.victim import Victim


class Engine:
    """Answers the questions of many attacks on one victim.

    Args:
        victim: the model under audit.
        cache: logits on disk in the victim's precision, or None.
        exact_cache: logits on disk in fp32, or None; not used where the victim's precision is fp32 itself.
        judge: classifier that emotion validity asks, or None; runs in its own precision, its rows are not cached.
        pool: examples attacked at the same time.
    """

    def __init__(
        self,
        victim: Victim,
        *,
        cache: QueryCache | None = None,
        exact_cache: QueryCache | None = None,
        judge: Victim | None = None,
        pool: int = 256,
    ) -> None:
        self.victim = victim
        self._scores = ScoresServer(victim, cache)
        exact = victim.batched.precision == "fp32"
        self._exact = self._scores if exact else ScoresServer(victim, exact_cache, precision="fp32")
        self._gradients = GradientsServer(victim)
        self._flips = FlipsServer(victim)
        device = str(victim.batched.device)
        servers: dict[type, Server] = {
            ScoresRequest: self._scores,
            ExactScoresRequest: self._exact,
            GradientsRequest: self._gradients,
            FlipsRequest: self._flips,
            EmbeddingsRequest: EmbeddingsServer(lambda: SentenceEncoder(device)),
            FillMaskRequest: FillMaskServer(device),
        }
        if judge is not None:
            servers[JudgeScoresRequest] = ScoresServer(judge)
        self._scheduler = Scheduler(servers, pool=pool)

    def run(self, jobs: Iterable[Job[Result]]) -> Iterator[Finished[Result]]:
        """See :meth:`Scheduler.run`."""
        return self._scheduler.run(jobs)

    def scores(self, texts: Sequence[str]) -> FloatArray:
        """Logits (len(texts), labels) in fp32, outside of any attack and its query count."""
        return self._exact.answer([ExactScoresRequest(tuple(texts))])[0]

    def gradients(self, texts: Sequence[str], targets: Sequence[Sequence[float]]) -> list[TokenGradients]:
        """As :meth:`~robust_emo.models.victim.Victim.gradients`, outside of any attack and its query count."""
        request = GradientsRequest(tuple(texts), tuple(map(tuple, targets)))
        return self._gradients.answer([request])[0]

    @property
    def physical_queries(self) -> int:
        """Texts that went through the victim so far, forward or backward."""
        scores = {self._scores, self._exact}
        return self._gradients.physical + self._flips.physical + sum(server.physical for server in scores)

    @property
    def cached_queries(self) -> int:
        """Texts answered from disk so far."""
        return sum(server.cached for server in {self._scores, self._exact})
