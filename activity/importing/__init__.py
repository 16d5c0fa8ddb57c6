"""History into the record: a file of statements, of any size, that goes on where it was broken off."""

from .reading import HistoryUnreadable
from .service import ImportReport, Refused, import_statements

__all__ = ["HistoryUnreadable", "ImportReport", "Refused", "import_statements"]
