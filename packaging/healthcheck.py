"""Asks the server on this machine whether it and its database answer; exit 0 if they do."""

import os
import ssl
import sys
import urllib.request

TLS = os.environ.get("SHOPFLOOR_TLS", "").lower() != "off"
PORT = os.environ.get("SHOPFLOOR_PORT") or ("8443" if TLS else "8080")

# It asks whether the server lives and not who it is: the certificate is for other names.
trust = ssl.create_default_context()
trust.check_hostname = False
trust.verify_mode = ssl.CERT_NONE
url = f"{'https' if TLS else 'http'}://127.0.0.1:{PORT}/healthz"
try:
    with urllib.request.urlopen(url, timeout=4, context=trust) as answer:  # noqa: S310 - our own server
        sys.exit(answer.status != 200)
except OSError as error:
    sys.exit(f"{url}: {error}")
