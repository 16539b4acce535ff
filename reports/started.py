"""When an audit started, as formats want it that know only one way to write a time."""

from datetime import UTC, datetime

from robust_emo.errors import RobustEmoError
from robust_emo.types import AuditReport


def started(report: AuditReport) -> datetime:
    """In UTC, to the second.

    Raises:
        RobustEmoError: what the audit says is no time.
    """
    text = report.run.cost.started_at
    try:
        at = datetime.fromisoformat(text)
        return (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise RobustEmoError(f"the audit says that it started at {text!r:.80}; expected a time in ISO 8601") from None
