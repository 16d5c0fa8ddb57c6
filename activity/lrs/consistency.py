"""Until when nothing is missing: X-Experience-API-Consistent-Through, of the record and of what waits in the stream."""

from datetime import datetime

from ..store.consistency import MILLISECOND, recorded_through
from ..streaming.pending import oldest_pending


def consistent_through() -> datetime:
    """Every statement stored at or before this time can be read by now, and none can appear later."""
    pending = oldest_pending()  # before the record: what is not in the stream by now is there
    through = recorded_through()
    return through if pending is None else min(through, pending - MILLISECOND)
