"""The secret of a webhook and the signature of what is sent under it."""

import hashlib
import hmac

from flask import current_app

from shopfloor.people.secrets import digest, repeatable, token_text

HEADER = "Shopfloor-Signature"


def secret_of(salt: str) -> str:
    """Return the secret that hangs on this salt and on the key in the data folder.

    It is in no table, no event and no dump of the database.
    """
    return "whsec_" + token_text(repeatable(current_app.config["SECRET_KEY"], "webhook", salt))


def digest_of(salt: str) -> str:
    """Return what is kept to tell whether a secret is still the one that was shown."""
    return digest(secret_of(salt))


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the header's value: the time, and HMAC-SHA256 over "time.body" in hex."""
    mac = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"
