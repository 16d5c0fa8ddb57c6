from collections.abc import Iterator

import pytest

from nudges.channels import conversation, smtp
from nudges.writers import openai_writer

from .http_server import Provider, running


@pytest.fixture(autouse=True)
def _fresh_model_server() -> Iterator[None]:
    """A server that failed in one test is not left alone in the next, and no connection outlives its test."""
    openai_writer.breaker_for.cache_clear()
    yield
    if openai_writer._network.cache_info().currsize:
        openai_writer._network().close()
        openai_writer._network.cache_clear()


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider over HTTP."""
    with running(Provider()) as server:
        yield server


@pytest.fixture(autouse=True)
def _no_line_is_kept() -> Iterator[None]:
    yield
    smtp.close_connections()
    conversation.close_connections()
