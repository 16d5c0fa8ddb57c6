"""Learners from a CSV file: read it, stage it, refuse what is wrong, store the rest in one statement."""

from .reading import ImportRefused
from .report import BadCell, Change, ImportReport
from .service import import_learners, preview_import

__all__ = ["BadCell", "Change", "ImportRefused", "ImportReport", "import_learners", "preview_import"]
