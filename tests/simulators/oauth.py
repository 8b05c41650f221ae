"""An OAuth 2.0 server for the vendors' simulators: RFC 6749, and RFC 7636 where a client uses it.

A vendor's simulator mounts one: it hands every request to `answer()` first, which is None for paths
that are not the server's, and asks `is_authorized()` about the others.
"""

import base64
import hashlib
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus, urlencode

from simulators.http_server import Response, json_response

PAGE = b"<!DOCTYPE html><html><body><h1>Internal Server Error</h1></body></html>"
CODE_LIFE = 60
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass
class Code:
    """What an authorization code was given for."""
    redirect_uri: str
    challenge: str
    ends: float


class Refused(Exception):
    """What RFC 6749, 5.2 calls an error response."""

    def __init__(self, error, text, status=400):
        super().__init__(text)
        self.error, self.status = error, status


def challenge_of(verifier):
    """The S256 challenge of a verifier."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


class OAuthServer:
    """Issues tokens, and enforces how they are asked for. Tokens live in real time.

    `grants` are the ways in: "client_credentials" (HTTP Basic of id and secret) or "authorization_code"
    with its "refresh_token". A client without a secret is public: it names itself in the body.
    """

    def __init__(self, token_path, grants, client_id, client_secret="", authorize_path=None, scope="",
                 token_life=3600, types=(FORM, JSON)):
        self.token_path, self.authorize_path, self.grants = token_path, authorize_path, tuple(grants)
        self.client_id, self.client_secret, self.scope = client_id, client_secret, scope
        self.token_life = token_life  # seconds; None: the answer does not say so
        self.types = list(types)  # of the token request's body; another one is answered 400
        self.rotate = False  # every refresh gives another refresh token, and the old one ends
        self.omit_refresh_token = False  # a refresh does not repeat the refresh token
        self.deny = None  # the error that the person's sign-in ends with ("access_denied")
        self.token_answers = []  # the next token answers: {"status", "kind": "html" | "empty" | "not_json", "times"}
        self.codes, self.tokens, self.refresh_tokens = {}, {}, set()
        self.issued = {"code": 0, "access": 0, "refresh": 0}
        self.asked = []  # the grant types of all token requests, in order

    # ---- HTTP --------------------------------------------------------------------------------

    def answer(self, request, note):
        """The answer to a request of this server's, None for another's; `note` as in the simulators."""
        if self.authorize_path and request.path == self.authorize_path:
            return self.authorize(request, note)
        if request.path == self.token_path:
            return self.token(request, note)
        if request.path.rstrip("/") == self.token_path.rstrip("/"):
            note(f"the token's path is {self.token_path}")
            return Response(301, headers={"Location": self.token_path})
        return None

    def is_authorized(self, request, note):
        """Whether the request carries a token that is alive."""
        authorization = request.headers.get("authorization", "")
        if not authorization.startswith("Bearer "):
            note("authorization is not 'Bearer <token>'")
            return False
        return self.tokens.get(authorization[7:], 0) > time.time()

    def authorize(self, request, note):
        """Signs the person in at once, as if the page's form had been filled in."""
        query = request.query
        redirect = query.get("redirect_uri", "")
        if request.method != "GET" or query.get("client_id") != self.client_id or not redirect:
            note("a sign-in is a GET with client_id and redirect_uri")
            return error_answer("invalid_request", "client_id and redirect_uri")
        back = {"state": query["state"]} if "state" in query else {}
        if not query.get("state"):
            note("a sign-in without state")
        if query.get("response_type") != "code":
            return sent_back(redirect, {"error": "unsupported_response_type", **back})
        if query.get("scope", "") != self.scope:
            return sent_back(redirect, {"error": "invalid_scope", **back})
        if "code_challenge" in query and query.get("code_challenge_method") != "S256":
            return sent_back(redirect, {"error": "invalid_request", **back})
        if self.deny:
            return sent_back(redirect, {"error": self.deny, **back})
        code = self.next("code")
        self.codes[code] = Code(redirect, query.get("code_challenge", ""), time.time() + CODE_LIFE)
        return sent_back(redirect, {"code": code, **back})

    def token(self, request, note):
        try:
            form = self.form(request)
            self.asked.append(form.get("grant_type"))
            if spoiled := self.spoiled():
                return spoiled
            return json_response(self.granted(request, form, note), Cache_Control="no-store")
        except Refused as refused:
            note(str(refused))
            return error_answer(refused.error, str(refused), refused.status)

    def form(self, request):
        """The members of a token request."""
        if request.method != "POST":
            raise Refused("invalid_request", "a token request is a POST")
        kind = request.content_type()
        if kind not in self.types:
            raise Refused("invalid_request", f"content type '{kind}'")
        if request.raw_query:
            raise Refused("invalid_request", "a token request has no query")
        try:
            body = request.body.decode("utf-8")
            pairs = [] if kind == JSON else parse_qsl(body, keep_blank_values=True, strict_parsing=True)
            form = request.json() if kind == JSON else dict(pairs)
        except ValueError as wrong:
            raise Refused("invalid_request", "the body is not of its content type") from wrong
        if not isinstance(form, dict) or not all(isinstance(each, str) for each in form.values()):
            raise Refused("invalid_request", "the members are texts")
        return form

    def spoiled(self):
        """The next spoiled answer, if one was ordered."""
        if not self.token_answers:
            return None
        order = self.token_answers[0]
        order["times"] = order.get("times", 1) - 1
        if order["times"] <= 0:
            self.token_answers.pop(0)
        status, kind = order.get("status", 200), order.get("kind", "html")
        if kind == "empty":
            return Response(status)
        if kind == "not_json":
            return Response(status, b'{"access_token": ')
        if kind == "wrong_json":
            return json_response({"token": 1}, status)
        return Response(status, PAGE, content_type="text/html; charset=utf-8")

    # ---- the grants --------------------------------------------------------------------------

    def granted(self, request, form, note):
        grant = form.get("grant_type")
        way = "authorization_code" if grant == "refresh_token" else grant
        self.check_client(request, form, note)
        if way not in self.grants:
            raise Refused("unsupported_grant_type", f"grant_type '{grant}'")
        if grant == "client_credentials":
            return self.new_token()
        if grant == "refresh_token":
            return self.refreshed(form)
        self.redeem(form)
        return {**self.new_token(), "refresh_token": self.new_refresh_token()}

    def check_client(self, request, form, note):
        """A confidential client proves itself by HTTP Basic, a public one has nothing to prove."""
        authorization = request.headers.get("authorization", "")
        if not self.client_secret:
            if authorization or "client_secret" in form:
                note("a public client has no secret to send")
            if form.get("client_id") != self.client_id:
                raise Refused("invalid_client", "client_id", 401)
            return
        if not authorization.startswith("Basic "):
            raise Refused("invalid_client", "the client proves itself by HTTP Basic", 401)
        if client_of(authorization) != (self.client_id, self.client_secret):
            raise Refused("invalid_client", "the client is not known", 401)

    def redeem(self, form):
        """A code is good once, with the redirect_uri and the verifier it was asked for with."""
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or code.ends < time.time():
            raise Refused("invalid_grant", "the code is not known, was used, or is too old")
        if form.get("redirect_uri") != code.redirect_uri:
            raise Refused("invalid_grant", "redirect_uri differs from the sign-in's")
        if code.challenge and challenge_of(form.get("code_verifier", "")) != code.challenge:
            raise Refused("invalid_grant", "code_verifier does not fit code_challenge")

    def refreshed(self, form):
        token = form.get("refresh_token", "")
        if token not in self.refresh_tokens:
            raise Refused("invalid_grant", "the refresh token is not known")
        answer = self.new_token()
        if self.rotate:
            self.refresh_tokens.discard(token)
            token = self.new_refresh_token()
        if self.rotate or not self.omit_refresh_token:
            answer["refresh_token"] = token
        return answer

    def new_token(self):
        token = self.next("access")
        life = 3600 if self.token_life is None else self.token_life
        self.tokens[token] = time.time() + life
        answer = {"access_token": token, "token_type": "Bearer", "scope": self.scope}
        return answer if self.token_life is None else {**answer, "expires_in": life}

    def new_refresh_token(self):
        token = self.next("refresh")
        self.refresh_tokens.add(token)
        return token

    def next(self, kind):
        self.issued[kind] += 1
        return f"simulated-{kind}-{self.issued[kind]:06d}"

    # ---- control -----------------------------------------------------------------------------

    def change(self, wish):
        """Changes the server: see README.md."""
        for name in ("client_id", "client_secret", "scope", "token_life", "types", "rotate", "omit_refresh_token",
                     "deny", "token_answers"):
            setattr(self, name, wish.get(name, getattr(self, name)))
        if wish.get("expire_tokens"):
            self.tokens.clear()
        if wish.get("revoke_consent"):
            self.tokens.clear()
            self.refresh_tokens.clear()

    def state(self):
        return {"asked": self.asked, "issued": self.issued, "tokens": list(self.tokens),
                "refresh_tokens": sorted(self.refresh_tokens)}


def client_of(authorization):
    """Id and secret of an HTTP Basic header, each form-encoded as RFC 6749, 2.3.1 wants it."""
    try:
        name, _, secret = base64.b64decode(authorization[6:], validate=True).decode("utf-8").partition(":")
    except ValueError:
        return None
    return unquote_plus(name), unquote_plus(secret)


def error_answer(error, text, status=400):
    response = json_response({"error": error, "error_description": text}, status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Basic"
    return response


def sent_back(redirect_uri, query):
    """The browser goes on to the client's own address."""
    mark = "&" if "?" in redirect_uri else "?"
    return Response(302, headers={"Location": redirect_uri + mark + urlencode(query)})
