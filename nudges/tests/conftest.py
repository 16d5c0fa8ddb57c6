from collections.abc import Iterator

import pytest

from nudges.writers import openai_writer


@pytest.fixture(autouse=True)
def _fresh_model_server() -> Iterator[None]:
    """A server that failed in one test is not left alone in the next, and no connection outlives its test."""
    openai_writer.breaker_for.cache_clear()
    yield
    if openai_writer._network.cache_info().currsize:
        openai_writer._network().close()
        openai_writer._network.cache_clear()
