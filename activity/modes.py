"""How statements are kept safe: settings.ETL_MODE."""

from enum import StrEnum


class Mode(StrEnum):
    INCREMENTAL = "incremental"
    STREAMING = "streaming"
