"""Answers recorded once and given again from memory, where the tap expects the network."""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from requests import Response
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from requests import PreparedRequest


class Recording:
    """Answers by address, with their bodies unpacked."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[int, dict[str, str], bytes]] = {}

    @property
    def bodies(self) -> list[bytes]:
        """All bodies that say something."""
        return [body for _, _, body in self._answers.values() if body]

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Keep what comes from the network."""
        send = HTTPAdapter.send

        def keep(adapter: HTTPAdapter, request: PreparedRequest, **options: Any) -> Response:  # noqa: ANN401 - passed on
            answer = send(adapter, request, **options)
            headers = {
                name: value
                for name, value in answer.headers.items()
                if name.lower() not in {"content-encoding", "content-length"}
            }
            self._answers[request.url or ""] = (answer.status_code, headers, answer.content)
            return self._response(request)

        with _sending(keep):
            yield

    @contextmanager
    def replaying(self) -> Iterator[None]:
        """Answer from memory; what was not recorded is an error."""

        def give(_: HTTPAdapter, request: PreparedRequest, **__: object) -> Response:
            return self._response(request)

        with _sending(give):
            yield

    def _response(self, request: PreparedRequest) -> Response:
        status, headers, body = self._answers[request.url or ""]
        response = Response()
        response.status_code = status
        response.headers = CaseInsensitiveDict(headers)
        response.request = request
        response.url = request.url or ""
        response.raw = HTTPResponse(
            BytesIO(body), headers=headers, status=status, preload_content=False
        )
        return response


@contextmanager
def _sending(send: Callable[..., Response]) -> Iterator[None]:
    original = HTTPAdapter.send
    HTTPAdapter.send = send  # type: ignore[method-assign] # to stand in for the network
    try:
        yield
    finally:
        HTTPAdapter.send = original  # type: ignore[method-assign] # as it was
