"""Secrets: how they are made, hashed and compared; nothing here touches the database."""

import base64
import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shopfloor.core.codes import ALPHABET

BADGE_PREFIX = "ZZ"
BADGE_LENGTH = 22
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)  # OWASP's second choice
# Checked when nobody has that login, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody")


def hash_word(word: str) -> str:
    """Return the argon2id hash of a password or PIN; slow on purpose, so never in a transaction."""
    return _hasher.hash(word)


def word_matches(stored: str | None, word: str) -> bool:
    """Compare a password or PIN with its hash, in the same time when there is none."""
    try:
        _hasher.verify(stored or _NOBODY, word)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def new_token() -> str:
    """Return a random key of 256 bits for a cookie, a link or a program."""
    return secrets.token_urlsafe(32)


def new_badge_code() -> str:
    """Return the text of a badge: a prefix of its own, never a kind letter's length."""
    return BADGE_PREFIX + "".join(
        secrets.choice(ALPHABET) for _ in range(BADGE_LENGTH - len(BADGE_PREFIX))
    )


def repeatable(key: str, purpose: str, action_id: str) -> bytes:
    """Return 32 bytes that look random and are the same for the same key and action.

    A double tap sends one action twice: both answers must show the same badge or token, although
    only its hash is kept. The key therefore is known to the browser and to nobody's database.
    """
    return hmac.digest(key.encode(), f"{purpose}\n{action_id}".encode(), "sha256")


def badge_code(random: bytes) -> str:
    """Return the text of a badge made of random bytes."""
    return BADGE_PREFIX + "".join(
        ALPHABET[byte % 32] for byte in random[: BADGE_LENGTH - len(BADGE_PREFIX)]
    )


def token_text(random: bytes) -> str:
    """Return 256 random bits as the text of a key."""
    return base64.urlsafe_b64encode(random).decode().rstrip("=")


def read_badge(text: str) -> str | None:
    """Return a badge's text in its printed form, or None when it is no badge."""
    code = text.strip().upper()
    right = len(code) == BADGE_LENGTH and code.startswith(BADGE_PREFIX)
    return code if right and all(letter in ALPHABET for letter in code) else None


def digest(token: str) -> str:
    """Return what is kept of a random key: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()
