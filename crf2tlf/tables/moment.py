"""The moment that files say they were made: never the clock, so that equal builds are equal bytes."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from crf2tlf.errors import UsageError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of_build(default: datetime = EPOCH) -> datetime:
    """The moment of SOURCE_DATE_EPOCH (seconds since 1970, UTC), else the default. UsageError where it is no number."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not seconds:
        return default
    try:
        return EPOCH + timedelta(seconds=int(seconds))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is '{seconds}', not a number of seconds since 1970") from error
