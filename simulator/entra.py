"""Entra's part: discovery, tokens for client credentials, and the administrator's consent page."""

from datetime import UTC, datetime
from html import escape
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from simulator.registration import Registration

_SHARED = ("common", "organizations", "consumers")
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Entra:
    """The endpoints of one tenant.

    Args:
        registration: the application and its consent.
        domains: the tenant's verified domains; they name it as its id does.
        region: `tenant_region_scope` of the discovery document: NA, EU, AS and so on.
    """

    def __init__(self, registration: Registration, domains: frozenset[str], region: str) -> None:
        self._registration = registration
        self._domains = domains
        self._region = region

    def routes(self) -> list[Route]:
        """The routes, for the server."""
        discovery = "/.well-known/openid-configuration"
        return [
            Route("/{tenant}" + discovery, self._discovery),
            Route("/{tenant}/v2.0" + discovery, self._discovery),
            Route("/{tenant}/discovery/v2.0/keys", self._keys),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
            Route("/{tenant}/adminconsent", self._consent_page, methods=["GET"]),
            Route("/{tenant}/v2.0/adminconsent", self._consent_page, methods=["GET"]),
            Route("/{tenant}/adminconsent", self._decision, methods=["POST"]),
            Route("/{tenant}/v2.0/adminconsent", self._decision, methods=["POST"]),
        ]

    def _is_ours(self, tenant: str) -> bool:
        return tenant.lower() == self._registration.tenant_id.lower() or (
            tenant.lower() in self._domains
        )

    async def _discovery(self, request: Request) -> Response:
        tenant = request.path_params["tenant"]
        if not self._is_ours(tenant) and tenant not in _SHARED:
            return _refused(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
        host = str(request.base_url).rstrip("/")
        name = tenant if tenant in _SHARED else self._registration.tenant_id
        base = f"{host}/{name}"
        return JSONResponse(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "private_key_jwt",
                    "client_secret_basic",
                ],
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_types_supported": ["code", "id_token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "tenant_region_scope": self._region,
                "cloud_instance_name": "microsoftonline.com",
                "msgraph_host": "graph.microsoft.com",
            }
        )

    async def _keys(self, _request: Request) -> Response:
        # Nobody may verify tokens that are meant for another, so there are no keys to show.
        return JSONResponse({"keys": []})

    async def _token(self, request: Request) -> Response:
        tenant = request.path_params["tenant"]
        fields = await _form(request)
        refusal = self._refusal(tenant, fields, request)
        if refusal is not None:
            return refusal
        audience = fields["scope"].removesuffix("/.default").rstrip("/")
        issuer = f"{str(request.base_url).rstrip('/')}/{self._registration.tenant_id}/"
        life = self._registration.token_life
        token = self._registration.issue(audience, issuer)
        answer = {
            "token_type": "Bearer",
            "expires_in": life,
            "ext_expires_in": life,
            "access_token": token,
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def _refusal(self, tenant: str, fields: dict[str, str], request: Request) -> Response | None:
        """Why there is no token, in the order in which Entra looks."""
        app = self._registration
        client = fields.get("client_id", "")
        if fields.get("grant_type") != "client_credentials":
            return _refused(400, "unsupported_grant_type", 70003, "The grant type is unknown.")
        if tenant in _SHARED:
            text = f"The grant type is not supported over the /{tenant} endpoint."
            return _refused(400, "invalid_request", 9001023, text)
        if not self._is_ours(tenant):
            return _refused(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
        if client != app.client_id or not app.exists:
            text = f"Application with identifier '{client}' was not found in the directory."
            return _refused(400, "unauthorized_client", 700016, text)
        return (
            self._wrong_credential(fields)
            or self._unusable()
            or _wrong_scope(fields.get("scope", ""), request)
        )

    def _unusable(self) -> Response | None:
        app = self._registration
        if app.disabled:
            text = f"Application '{app.client_id}' is disabled."
            return _refused(400, "unauthorized_client", 7000112, text)
        if not app.principal:
            text = f"The client application {app.client_id} is missing service principal."
            return _refused(401, "invalid_client", 7000229, text)
        return None

    def _wrong_credential(self, fields: dict[str, str]) -> Response | None:
        app = self._registration
        if "client_assertion" in fields:
            accepted = fields.get("client_assertion_type") == _ASSERTION and app.certificate
            if accepted and app.accepts_assertion(fields["client_assertion"]):
                return None
            return _refused(
                401, "invalid_client", 700027, "The certificate used to sign it is not registered."
            )
        if app.secret_expired:
            return _refused(
                401, "invalid_client", 7000222, "The provided client secret keys are expired."
            )
        if not app.secret or fields.get("client_secret") != app.secret:
            return _refused(401, "invalid_client", 7000215, "Invalid client secret provided.")
        return None

    async def _consent_page(self, request: Request) -> Response:
        problem = self._consent_problem(request)
        if problem is not None:
            return problem
        asked = "".join(f"<li>{escape(role)}</li>" for role in self._registration.requested)
        return HTMLResponse(
            "<!doctype html><html lang='en'><title>Permissions requested</title>"
            "<h1>Permissions requested</h1><p>Review for your organization</p>"
            f"<ul>{asked}</ul><form method='post'>"
            "<button name='decision' value='accept'>Accept</button> "
            "<button name='decision' value='cancel'>Cancel</button></form></html>"
        )

    async def _decision(self, request: Request) -> Response:
        """The administrator pressed a button; consent replaces what was granted before."""
        problem = self._consent_problem(request)
        if problem is not None:
            return problem
        accepted = (await _form(request)).get("decision") == "accept"
        is_v2 = "/v2.0/" in request.url.path
        query = request.query_params
        answer = {} if "state" not in query else {"state": query["state"]}
        if accepted:
            self._registration.withdraw()
            self._registration.grant(self._registration.requested)
            answer = {"admin_consent": "True", "tenant": self._registration.tenant_id, **answer}
            if is_v2:
                answer["scope"] = query["scope"]
        elif is_v2:
            # Said even when it was refused: whoever looks at this first is deceived.
            answer = {
                "admin_consent": "True",
                "error": "consent_required",
                "error_description": "AADSTS65004: User declined to consent to access the app.",
                **answer,
            }
        else:
            answer = {
                "error": "permission_denied",
                "error_description": "The admin canceled the request",
                **answer,
            }
        address = query.get("redirect_uri") or self._registration.reply_address
        if not address:
            # The decision counts; only then the older page finds out that it leads nowhere.
            return _trouble("AADSTS500113: No reply address is registered for the application.")
        separator = "&" if "?" in address else "?"
        return RedirectResponse(f"{address}{separator}{urlencode(answer)}", status_code=302)

    def _consent_problem(self, request: Request) -> Response | None:
        query = request.query_params
        tenant = request.path_params["tenant"]
        is_v2 = "/v2.0/" in request.url.path
        if not self._is_ours(tenant) and tenant != "organizations":
            text = f"AADSTS90002: Tenant '{tenant}' not found."
        elif query.get("client_id") != self._registration.client_id:
            text = "AADSTS700016: Application was not found in the directory."
        elif is_v2 and not query.get("redirect_uri"):
            text = "AADSTS50011: The redirect URI is missing."
        elif is_v2 and not query.get("scope", "").endswith("/.default"):
            text = "AADSTS90014: The required field 'scope' is missing."
        else:
            return None
        return _trouble(text)


def _trouble(text: str) -> Response:
    return HTMLResponse(f"<h1>Sorry, but we're having trouble</h1><p>{escape(text)}</p>", 400)


async def _form(request: Request) -> dict[str, str]:
    # Starlette's own reader needs one more package.
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def _wrong_scope(scope: str, request: Request) -> Response | None:
    audience = scope.removesuffix("/.default").rstrip("/")
    known = {"https://graph.microsoft.com", str(request.base_url).rstrip("/")}
    if not scope.endswith("/.default"):
        return _refused(
            400, "invalid_scope", 1002012, f"The provided value for scope {scope} is not valid."
        )
    if audience not in known:
        return _refused(
            400,
            "invalid_resource",
            500011,
            f"The resource principal named {audience} was not found.",
        )
    return None


def _refused(status: int, error: str, code: int, text: str) -> Response:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    trace, correlation = str(uuid4()), str(uuid4())
    return JSONResponse(
        {
            "error": error,
            "error_description": f"AADSTS{code}: {text}\r\nTrace ID: {trace}\r\n"
            f"Correlation ID: {correlation}\r\nTimestamp: {now}",
            "error_codes": [code],
            "timestamp": now,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={code}",
        },
        status,
    )
