"""The one way to ask Microsoft Graph: a GET that waits, asks again, and says nothing personal."""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import requests
import tenacity

from engagement_assets.microsoft365 import faults, redaction
from engagement_assets.microsoft365.clouds import Endpoints
from engagement_assets.microsoft365.faults import GraphError, TransientGraphError
from engagement_assets.microsoft365.places import Places
from engagement_assets.microsoft365.retry_budget import ATTEMPTS, RetryBudget, seconds_to_wait
from engagement_assets.microsoft365.sign_in import SignIn, SignInError
from engagement_assets.microsoft365.transport import TIMEOUT, Session

_log = logging.getLogger(__name__)

# seconds for one whole answer: a connection that trickles would pass every other timeout
LONGEST_ANSWER = 300.0

# bytes; a page of 999 messages with hundreds of recipients each stays below
LARGEST_ANSWER = 256 * 1024 * 1024

# new tokens for one request. One is enough, unless tokens are revoked again before it arrives
# (threads share them); a permission that is missing gives 403, so nothing is gained by more.
RENEWALS = 3

# what an overloaded or stumbling service answers, and sometimes one that a large page is too much
# for: where a smaller one can be asked for, it is, after so many attempts (seconds of waiting)
FEW_ATTEMPTS = frozenset({500, 502, 503})
ATTEMPTS_PER_SIZE = 3

_CHUNK = 256 * 1024

_STANDARD = json.JSONDecoder()


class Graph:
    """A client of one tenant's Graph. Threads may share it: each has its own connection."""

    def __init__(self, endpoints: Endpoints, sign_in: SignIn, places: Places | None = None) -> None:
        self.endpoints = endpoints
        self.sign_in = sign_in
        self.places = places or Places()
        self._local = threading.local()

    def get(
        self,
        where: str,
        query: Mapping[str, str] | None = None,
        *,
        retry_budget: RetryBudget,
        headers: Mapping[str, str] | None = None,
        is_divisible: bool = False,
    ) -> dict[str, Any]:
        """Return the JSON object that Graph answers.

        Args:
            where: a path behind the version (`/users/...`), or a whole next link, which is
                followed as it is.
            query: parameters; only with a path.
            retry_budget: what may be spent on waiting.
            headers: further headers.
            is_divisible: whether the same can be asked for in smaller pieces. Then a 504 is not
                worth another attempt, and what else may come of the size few of them.

        Raises:
            GraphError: when in the end the answer is not data.
            SignInError, ConsentError: when there is no token.
            RunBudgetSpentError, RunStoppedError: when the run may not go on.
        """
        url = self._url(where, query)
        attempts = 0

        def is_worth_another(error: BaseException) -> bool:
            nonlocal attempts
            if isinstance(error, SignInError):
                return error.transient
            if is_divisible and isinstance(error, GraphError):
                attempts += error.status in FEW_ATTEMPTS
                if error.status == 504 or attempts == ATTEMPTS_PER_SIZE:
                    return False
            return isinstance(error, TransientGraphError)

        return retrying(is_worth_another, retry_budget)(self._ask, url, headers or {}, retry_budget)

    def _url(self, where: str, query: Mapping[str, str] | None) -> str:
        if where.startswith("/"):
            text = urlencode(query or {}, quote_via=quote, safe="$,:/()'")
            return self.endpoints.graph + where + (f"?{text}" if text else "")
        if not self.endpoints.is_graph(where):
            # the token would go there too
            raise GraphError("a next link leads to another host than the configured one", where)
        return where

    def _ask(
        self, url: str, headers: Mapping[str, str], retry_budget: RetryBudget
    ) -> dict[str, Any]:
        retry_budget.run.check()
        token = self.sign_in.token()
        status, answered, body = self._send(url, headers, token)
        for _ in range(RENEWALS):
            if status != 401 or faults.is_of_the_tenant(body):
                break
            self.sign_in.renew(token)  # expired early, or revoked
            token = self.sign_in.token()
            status, answered, body = self._send(url, headers, token)
        if not 200 <= status < 300:
            raise faults.of_answer(status, answered, body, url)
        content = _json(body)
        if not isinstance(content, dict):
            raise TransientGraphError("the answer is not a JSON object", url, status=status)
        return content

    def _send(
        self, url: str, headers: Mapping[str, str], token: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send once; return status, headers and body.

        Raises:
            GraphError: transient ones, unless the other side's certificate is not trusted.
        """
        # raised behind the block, so that the exception of requests, which quotes the URL, is not
        # kept as the context of ours
        problem: GraphError
        try:
            with self.places.taken(url):
                answer = self._exchange(url, headers, token)
            self.places.note(url, answer[0])
        except _TooLongError as error:
            problem = TransientGraphError(str(error), url, status=504)
        except OSError as error:  # requests' own, and the ones that it lets through
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                problem = GraphError(
                    "its TLS certificate is not trusted",
                    url,
                    remedy="Name the authority's PEM file in source.ca_bundle.",
                )
            else:
                problem = TransientGraphError(f"no answer ({type(error).__name__})", url)
        else:
            return answer
        raise problem

    def _exchange(
        self, url: str, headers: Mapping[str, str], token: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        session = self._session()
        request = requests.Request(
            "GET",
            self.endpoints.graph,
            headers={
                "Accept": "application/json",
                "Authorization": f"Bearer {token}",
                "client-request-id": str(uuid.uuid4()),
                **headers,
            },
        )
        prepared = session.prepare_request(request)
        prepared.url = url  # a next link is opaque: requests would quote it anew
        settings = session.merge_environment_settings(
            url, proxies={}, stream=True, verify=None, cert=None
        )
        started = time.monotonic()
        with session.send(prepared, timeout=TIMEOUT, allow_redirects=False, **settings) as response:
            body = bytearray()
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > LARGEST_ANSWER or time.monotonic() - started > LONGEST_ANSWER:
                    raise _TooLongError("the answer does not end")
            _log.debug("GET %s: %d", redaction.url(url), response.status_code)
            return response.status_code, response.headers, bytes(body)

    def _session(self) -> Session:
        if not hasattr(self._local, "session"):
            self._local.session = Session(self.endpoints)
        session: Session = self._local.session
        return session


def retrying(
    is_worth_another: Callable[[BaseException], bool], retry_budget: RetryBudget
) -> tenacity.Retrying:
    """Return what sends a request again until it is answered or retry_budget is spent.

    Args:
        is_worth_another: tells after which exceptions the same request may succeed.
        retry_budget: what may be spent on waiting.
    """
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(is_worth_another),
        wait=_wait,
        stop=_Spent(retry_budget),
        before_sleep=_report,
        sleep=retry_budget.wait,
        reraise=True,
    )


class _TooLongError(Exception):
    """An answer that is better asked for in smaller pieces."""


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        # half of an emoji, cut off in a display name, is JSON but not Unicode: only the standard
        # library reads it
        content: object = _STANDARD.decode(body.decode("utf-8", errors="replace"))
    except (ValueError, RecursionError):
        return None
    return content


def _wait(state: tenacity.RetryCallState) -> float:
    return seconds_to_wait(state.attempt_number, getattr(_error(state), "retry_after", None))


class _Spent(tenacity.stop.stop_base):
    """Stops when a request was sent often enough, or its next wait cannot be afforded."""

    def __init__(self, retry_budget: RetryBudget) -> None:
        self._retry_budget = retry_budget

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return retry_state.attempt_number >= ATTEMPTS or not self._retry_budget.affords(
            retry_state.upcoming_sleep
        )


def _report(state: tenacity.RetryCallState) -> None:
    _log.info(
        "%s Asking again in %.0f s (attempt %d of %d).",
        _error(state),
        state.upcoming_sleep,
        state.attempt_number + 1,
        ATTEMPTS,
    )


def _error(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
