"""What the program reads from its environment and from its data folder."""

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
ROOT = Path(__file__).resolve().parents[2]
THREADS = 16
PROXY_ON, PROXY_OFF = frozenset({"1", "on"}), frozenset({"", "0", "off"})
MEGABYTE = 1_000_000
# In the data folder: when the last backup was taken.
LAST_BACKUP = "last_backup.json"
# In it too: the certificate that we have made ourselves, with its key.
OWN_CERTIFICATE = ("tls", "server.pem")


def instance_folder() -> Path:
    """Return the data folder: SHOPFLOOR_INSTANCE, or ./instance beside the program."""
    named = os.environ.get("SHOPFLOOR_INSTANCE")
    return Path(named).absolute() if named else ROOT / "instance"


def database_url() -> str:
    """Return DATABASE_URL with our PostgreSQL driver, or the SQLite file in the data folder."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return f"sqlite:///{instance_folder() / 'shopfloor.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def from_environment() -> dict[str, Any]:
    """Return the configuration of Flask and its extensions."""
    return {
        "SECRET_KEY": _secret_key(),
        "SQLALCHEMY_DATABASE_URI": database_url(),
        # One connection a thread and none beyond: a pool that overflows starves under load.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": THREADS, "max_overflow": 0},
        "TLS": os.environ.get("SHOPFLOOR_TLS", "").lower() != "off",
        # The file of somebody else's; without it a phone must be taught to trust ours.
        "GIVEN_CERTIFICATE": os.environ.get("SHOPFLOOR_TLS_CERT", ""),
        # Only a proxy of our own may say where a request came from: anybody can write its headers.
        "BEHIND_PROXY": os.environ.get("SHOPFLOOR_PROXY", "") in PROXY_ON,
        "PUBLIC_URL": os.environ.get("SHOPFLOOR_PUBLIC_URL", ""),
        "LABEL_URL": os.environ.get("SHOPFLOOR_LABEL_URL", ""),
        # Set by `serve` for its workers: what it has shown as its address.
        "PRINTED_URL": os.environ.get("SHOPFLOOR_PRINTED_URL", ""),
        "PRINTER_HOSTS": frozenset(
            os.environ.get("SHOPFLOOR_PRINTER_HOSTS", "").lower().replace(",", " ").split()
        ),
        # Networks of the factory's own into which a webhook may lead; public addresses need none.
        "WEBHOOK_NETWORKS": os.environ.get("SHOPFLOOR_WEBHOOK_NETWORKS", ""),
        "MAX_CONTENT_LENGTH": 25 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": MEGABYTE,
        "MAX_FORM_PARTS": 500,
        "WTF_CSRF_TIME_LIMIT": None,
        "SESSION_COOKIE_NAME": "shopfloor_form",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "shopfloor" / "translations"),
    }


def read_networks(text: str) -> tuple[Network, ...]:
    """Return the networks that a setting names, with commas or blanks; ValueError for another."""
    return tuple(ipaddress.ip_network(each) for each in text.replace(",", " ").split())


def _secret_key() -> str | None:
    try:
        return (instance_folder() / "secret_key").read_text().strip()
    except OSError:
        return None  # made by make_secret_key() before anything is served


def make_secret_key() -> str:
    """Make the key that signs form tokens, once per data folder, readable by us alone."""
    path = instance_folder() / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()
