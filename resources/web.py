"""HTTP. Nothing else speaks it.

For now one way out: the webhook an authority configures for refusals. Reading sources over HTTP
comes with the real connectors.
"""

from collections.abc import Mapping

import httpx


class Web:
    """An HTTP client that follows no redirect and ignores the machine's proxy variables."""

    def __init__(self, transport: httpx.BaseTransport | None = None, timeout_s: float = 10) -> None:
        self._client = httpx.Client(
            transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False
        )

    def post_json(self, url: str, content: Mapping[str, object]) -> None:
        """Send one JSON document.

        Raises:
            ConnectionError: no answer, or an answer that is not a success.
        """
        try:
            self._client.post(url, json=dict(content)).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The address may hold a secret: only the kind of error is told.
            raise ConnectionError(f"webhook: {type(error).__name__}") from None
