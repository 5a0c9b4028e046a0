"""Our own certificate authority as phones meet it: its file, its profile, its fingerprint."""

import hashlib
import plistlib
import ssl
import uuid
from pathlib import Path

# All identifiers of the profile come from it, so that a phone replaces what it has installed.
_OURS = uuid.uuid5(uuid.NAMESPACE_DNS, "shopfloor.invalid")


def authority_of(instance: Path) -> bytes | None:
    """Return the certificate of the authority as DER; None where there is none."""
    try:
        return ssl.PEM_cert_to_DER_cert((instance / "tls" / "ca.crt").read_text())
    except OSError:
        return None


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 fingerprint as phones show it: pairs, in capitals."""
    return hashlib.sha256(certificate).digest().hex(" ").upper()


def profile(certificate: bytes, name: str, description: str) -> bytes:
    """Return a configuration profile of Apple's with which an iPhone or iPad installs it."""
    mark = uuid.uuid5(_OURS, hashlib.sha256(certificate).hexdigest())
    root = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"shopfloor.authority.{mark}",
        "PayloadUUID": str(mark).upper(),
        "PayloadDisplayName": name,
        "PayloadDescription": description,
        "PayloadCertificateFileName": "shopfloor.crt",
        "PayloadContent": certificate,
    }
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": "shopfloor.authority",
            "PayloadUUID": str(uuid.uuid5(mark, "profile")).upper(),
            "PayloadDisplayName": name,
            "PayloadDescription": description,
            "PayloadRemovalDisallowed": False,
            "PayloadContent": [root],
        }
    )
