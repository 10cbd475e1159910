"""An identity provider that speaks ThaiD's endpoints, as a process: `python -m tests.support.thaid_provider`.

Keys are made at its start; its tokens are made by hand, with nothing of the library that the server checks them with.
Prints its address. `POST /test/switch` with {"cheat": …} makes it misbehave; `GET /test/seen` tells what it was sent.

cheats: nonce, audience, issuer, none, key, expired, long_life, hs256, at_hash, unknown_kid, crit, no_id_token,
two_numbers, sloppy_codes, sloppy_redirect, token_500, token_html, token_slow, token_401, discovery_issuer, no_nonce
"""

import hashlib
import hmac
import json
import secrets
import socket
import sys
import time
from base64 import b64decode, urlsafe_b64encode
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

LIFE = 900
CLAIMS_IN_ID_TOKEN, CLAIMS_BESIDE, CLAIMS_IN_USERINFO = "id_token", "token", "userinfo"


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """One ES256 key with a name."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.kid = secrets.token_hex(4)

    def jwk(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        x, y = (b64(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid, "x": x, "y": y}

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


class Provider:
    """Everything it knows and how it behaves."""

    def __init__(self, client_id: str, client_secret: str, redirect_uri: str, person: dict[str, Any]) -> None:
        self.client = (client_id, client_secret)
        self.redirect_uri = redirect_uri
        self.person = person
        self.issuer = ""
        self.keys = [Key()]
        self.published = self.keys
        self.codes: dict[str, dict[str, str]] = {}
        self.access: dict[str, dict[str, str]] = {}
        self.switches: dict[str, Any] = {"cheat": "", "claims": CLAIMS_IN_ID_TOKEN, "pkce": True, "discovery": True}
        self.seen: list[dict[str, Any]] = []

    def cheats(self, name: str) -> bool:
        return bool(self.switches["cheat"] == name)

    def claims_for(self, scope: str) -> dict[str, Any]:
        granted = scope.split()
        return {name: value for name, value in self.person.items() if name in granted}

    def id_token(self, grant: dict[str, str], access_token: str) -> str:
        now = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "iss": self.issuer, "aud": self.client[0], "sub": grant["sub"], "iat": now, "exp": now + LIFE,
            "auth_time": now, "at_hash": b64(half), "version": "1", "nonce": grant["nonce"],
        }  # fmt: skip
        if self.switches["claims"] == CLAIMS_IN_ID_TOKEN:
            claims |= self.claims_for(grant["scope"])
        return self.signed(self.twisted(claims))

    def twisted(self, claims: dict[str, Any]) -> dict[str, Any]:
        """The claims as a cheat would make them."""
        now = claims["iat"]
        return claims | {
            "nonce": {"nonce": "another-nonce"},
            "audience": {"aud": "another-client"},
            "issuer": {"iss": "https://imauth.example.org"},
            "expired": {"iat": now - 1000, "exp": now - 100},
            "long_life": {"exp": now + 86_400},
            "at_hash": {"at_hash": b64(b"0" * 16)},
        }.get(self.switches["cheat"], {})

    def signed(self, claims: dict[str, Any]) -> str:
        key = self.keys[-1]
        header = {"alg": "ES256", "typ": "JWT", "kid": key.kid}
        if self.cheats("no_nonce"):
            claims.pop("nonce")
        if self.cheats("none"):
            header["alg"] = "none"
        if self.cheats("hs256"):
            header["alg"] = "HS256"
        if self.cheats("unknown_kid"):
            header["kid"] = "nobody"
        if self.cheats("crit"):
            header["crit"] = ["exp"]
        message = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
        return f"{message}.{b64(self.signature(key, message.encode()))}"

    def signature(self, key: Key, message: bytes) -> bytes:
        if self.cheats("none"):
            return b""
        if self.cheats("hs256"):
            return hmac.digest(key.public_pem(), message, hashlib.sha256)
        return (Key() if self.cheats("key") else key).sign(message)

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint to a form."""
        if not self.is_client(authorization) or self.cheats("token_401"):
            return 401, {"error": "invalid_client"}
        grant = self.codes.get(form.get("code", ""))
        if form.get("grant_type") != "authorization_code" or grant is None:
            return 400, {"error": "invalid_grant"}
        if not self.cheats("sloppy_codes"):
            del self.codes[form["code"]]
        if form.get("redirect_uri") != grant["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if grant["challenge"] and not self.cheats("sloppy_codes"):
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if b64(digest) != grant["challenge"]:
                return 400, {"error": "invalid_grant"}
        return 200, self.tokens(grant)

    def tokens(self, grant: dict[str, str]) -> dict[str, Any]:
        access = secrets.token_urlsafe(24)
        self.access[access] = grant
        answer: dict[str, Any] = {
            "access_token": access, "refresh_token": secrets.token_urlsafe(24), "token_type": "Bearer",
            "expires_in": int(time.time()) + LIFE, "scope": grant["scope"],
        }  # fmt: skip
        if not self.cheats("no_id_token"):
            answer["id_token"] = self.id_token(grant, access)
        if self.switches["claims"] == CLAIMS_BESIDE:
            answer |= self.claims_for(grant["scope"])
        if self.cheats("two_numbers"):
            answer["pid"] = "3100600000005"
        return answer

    def is_client(self, authorization: str) -> bool:
        given = b64decode(authorization.removeprefix("Basic ")).decode()
        return hmac.compare_digest(given, ":".join(self.client))


def create_app(provider: Provider) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_discovery(app, provider)
    _add_consent(app, provider)
    _add_tokens(app, provider)
    _add_switches(app, provider)
    return app


def _add_discovery(app: FastAPI, provider: Provider) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        if not provider.switches["discovery"]:
            return HTMLResponse("<h1>Not Found</h1>", 404)
        root = f"{provider.issuer}/api/v2/oauth2"
        document = {
            "issuer": "https://imauth.example.org" if provider.cheats("discovery_issuer") else provider.issuer,
            "authorization_endpoint": f"{root}/auth/",
            "token_endpoint": f"{root}/token/",
            "userinfo_endpoint": f"{root}/userinfo/",
            "jwks_uri": f"{provider.issuer}/jwks/",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }
        if provider.switches["pkce"]:
            document["code_challenge_methods_supported"] = ["S256"]
        return JSONResponse(document)

    @app.get("/jwks/")
    def jwks() -> dict[str, Any]:
        return {"keys": [key.jwk() for key in provider.published]}


def _add_consent(app: FastAPI, provider: Provider) -> None:
    @app.get("/api/v2/oauth2/auth/")
    def auth(request: Request) -> Response:
        asked = dict(request.query_params)
        provider.seen.append({"auth": asked})
        registered = asked.get("redirect_uri") == provider.redirect_uri or provider.cheats("sloppy_redirect")
        if asked.get("client_id") != provider.client[0] or not registered or asked.get("response_type") != "code":
            return HTMLResponse("<h1>Bad data request</h1>", 400)
        hidden = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in asked.items())
        return HTMLResponse(
            f"""<!doctype html><meta charset="utf-8"><title>ThaiD (ทดสอบ)</title><h1>ระบบยืนยันตัวตนทดสอบ</h1>
<form method="post" action="/api/v2/oauth2/consent/">{hidden}
<button id="allow" name="answer" value="allow">อนุญาต</button>
<button id="deny" name="answer" value="deny">ไม่อนุญาต</button></form>"""
        )

    @app.post("/api/v2/oauth2/consent/")
    async def consent(request: Request) -> Response:
        form = await _form(request)
        query = {"state": form.get("state", "")}
        if form["answer"] != "allow":
            query["error"] = form["answer"] if form["answer"] != "deny" else "access_denied"
        else:
            query["code"] = secrets.token_urlsafe(24)
            provider.codes[query["code"]] = {
                "redirect_uri": form["redirect_uri"],
                "scope": form.get("scope", ""),
                "nonce": form.get("nonce", ""),
                "challenge": form.get("code_challenge", ""),
                "sub": secrets.token_hex(8),
            }
        return RedirectResponse(f"{form['redirect_uri']}?{urlencode(query)}", 303)


def _add_tokens(app: FastAPI, provider: Provider) -> None:
    @app.post("/api/v2/oauth2/token/")
    async def token(request: Request) -> Response:
        form = await _form(request)
        provider.seen.append({"token": {**form, "authorization": request.headers.get("authorization", "")[:6]}})
        if provider.cheats("token_500"):
            return HTMLResponse("<h1>Internal Server Error</h1>", 500)
        if provider.cheats("token_html"):
            return HTMLResponse("<h1>ปิดปรับปรุงระบบ</h1>")
        if provider.cheats("token_slow"):
            time.sleep(float(provider.switches.get("slow", 3)))
        status, answer = provider.token(form, request.headers.get("authorization", ""))
        return JSONResponse(answer, status)

    @app.get("/api/v2/oauth2/userinfo/")
    def userinfo(request: Request) -> Response:
        grant = provider.access.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if grant is None:
            return JSONResponse({"error": "invalid_token"}, 400)
        sub = "somebody-else" if provider.cheats("userinfo_subject") else grant["sub"]
        return JSONResponse({"sub": sub, **provider.claims_for(grant["scope"])})

    @app.post("/api/v2/oauth2/introspect/")
    async def introspect(request: Request) -> Response:
        grant = provider.access.get((await _form(request)).get("token", ""))
        return JSONResponse({"active": grant is not None, **({"sub": grant["sub"]} if grant else {})})

    @app.post("/api/v2/oauth2/revoke/")
    async def revoke(request: Request) -> Response:
        form = await _form(request)
        provider.seen.append({"revoke": bool(provider.access.pop(form.get("token", ""), None))})
        return JSONResponse({"message": "success"})


def _add_switches(app: FastAPI, provider: Provider) -> None:
    @app.post("/test/switch")
    async def switch(request: Request) -> dict[str, Any]:
        changes = json.loads(await request.body())
        if changes.pop("rotate", False):
            provider.keys = provider.published = [*provider.keys, Key()][-1:]
        provider.person |= changes.pop("person", {})
        provider.switches |= changes
        return provider.switches

    @app.get("/test/seen")
    def seen() -> list[dict[str, Any]]:
        return provider.seen


async def _form(request: Request) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs((await request.body()).decode()).items()}


def main() -> None:
    """Settings as JSON on stdin: client_id, client_secret, redirect_uri, person."""
    provider = Provider(**json.loads(sys.stdin.readline()))
    listener = socket.create_server(("127.0.0.1", 0))
    provider.issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(create_app(provider), log_level="warning", access_log=False))
    print(provider.issuer, flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
