"""The ID token: who signed it, for whom, when, and for which sign-in. Everything is checked, or nothing is used.

OpenID Connect Core 1.0, section 3.1.3.7 and 3.1.3.6 (at_hash); RFC 8725 (one algorithm, keys of one kind).
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from sync.server.thaid.fetch import Trouble
from sync.server.thaid.provider import Provider
from sync.server.thaid.settings import Settings

ALGORITHM = "ES256"
LEEWAY = 60
"""Seconds by which two clocks may differ."""
LONGEST_LIFE = 15 * 60
"""ThaiD's tokens live 15 minutes; one that claims more is not one of them."""
LONGEST_TOKEN = 64 * 1024
REGISTRY = JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)


def verified(
    token: object, provider: Provider, settings: Settings, nonce: str, access_token: str, now: float
) -> dict[str, Any]:
    """The claims of a token that passes every check. Raises Trouble with the code of the first that failed."""
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN or not token.isascii():
        raise Trouble("thaid_token")
    key = _key(provider, _header(token))
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM], registry=REGISTRY).claims
    except (JoseError, ValueError, RecursionError):
        raise Trouble("thaid_signature") from None
    if claims.get("iss") != provider.issuer:
        raise Trouble("thaid_issuer")
    _check_audience(claims, settings.client_id)
    _check_times(claims, now)
    _check_nonce(claims, nonce, settings.nonce_required)
    _check_access_token(claims, access_token)
    return claims


def _header(token: str) -> dict[str, Any]:
    """The header, and no more than is needed to find the key: algorithm and `kid`. "crit" is not understood here."""
    parts = token.split(".")
    try:
        header = json.loads(urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, RecursionError):
        raise Trouble("thaid_token") from None
    if len(parts) != 3 or not isinstance(header, dict) or "crit" in header:
        raise Trouble("thaid_token")
    if header.get("alg") != ALGORITHM:
        raise Trouble("thaid_algorithm")
    return header


def _key(provider: Provider, header: Mapping[str, Any]) -> ECKey:
    """The provider's own key of that name; keys inside the token are never looked at."""
    kid = header.get("kid")
    found = provider.key(kid) if isinstance(kid, str) and kid else None
    if found is None or found.get("kty") != "EC" or found.get("crv") != "P-256":
        raise Trouble("thaid_key")
    if found.get("use", "sig") != "sig" or found.get("alg", ALGORITHM) != ALGORITHM:
        raise Trouble("thaid_key")
    try:
        return ECKey.import_key({name: str(found[name]) for name in ("kty", "crv", "x", "y")})
    except (JoseError, KeyError, ValueError):
        raise Trouble("thaid_key") from None


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    if client_id not in several:
        raise Trouble("thaid_audience")
    if (len(several) > 1 or "azp" in claims) and claims.get("azp") != client_id:
        raise Trouble("thaid_audience")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    issued, expires, begins = (_instant(claims.get(name)) for name in ("iat", "exp", "nbf"))
    if issued is None or expires is None:
        raise Trouble("thaid_token_expired")
    if expires <= now - LEEWAY or issued > now + LEEWAY or issued < now - LONGEST_LIFE - LEEWAY:
        raise Trouble("thaid_token_expired")
    if not 0 < expires - issued <= LONGEST_LIFE:
        raise Trouble("thaid_token_expired")
    if "nbf" in claims and (begins is None or begins > now + LEEWAY):
        raise Trouble("thaid_token_expired")


def _instant(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _check_nonce(claims: Mapping[str, Any], nonce: str, required: bool) -> None:
    if "nonce" not in claims and not required:
        return
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise Trouble("thaid_nonce")


def _check_access_token(claims: Mapping[str, Any], access_token: str) -> None:
    """`at_hash` ties the access token to this ID token; OpenID Connect lets a provider leave it out."""
    if "at_hash" not in claims:
        return
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    expected = urlsafe_b64encode(half).rstrip(b"=")
    given = claims["at_hash"]
    if not isinstance(given, str) or not hmac.compare_digest(given.rstrip("=").encode(), expected):
        raise Trouble("thaid_at_hash")
