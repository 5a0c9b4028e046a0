"""Keeps our own certificate good: at every start, each day, and when the machine's address changes.

Run as a program by the loop, so that the loop need not carry a library for it all year.
"""

import logging
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import TypeVar

from shopfloor.cli.address import host_names, is_address, lan_addresses
from shopfloor.cli.settings import ROOT, CannotStart, Settings, read_settings
from shopfloor.core import clock

LOOKS_EVERY = timedelta(days=1)
log = logging.getLogger("shopfloor.work")
T = TypeVar("T")


@dataclass
class Renewal:
    """What the loop knows of the certificate: when it was seen to, and for which addresses."""

    settings: Settings
    seen_at: datetime | None = None
    addresses: list[IPv4Address] = field(default_factory=list)

    def due(self, now: datetime) -> bool:
        """Say whether it must be seen to; once said, that counts as done."""
        addresses = lan_addresses()
        same = addresses == self.addresses
        if same and self.seen_at and self.seen_at <= now < self.seen_at + LOOKS_EVERY:
            return False
        self.seen_at, self.addresses = now, addresses
        return True

    def run_due(self, now: datetime) -> None:
        """Renew the certificate if it is time; the web server then finds the new file by itself."""
        if self.settings.own_authority and self.due(now):
            ended = subprocess.run(
                [sys.executable, "-m", "shopfloor.cli.renewal"],
                cwd=ROOT,
                capture_output=True,
                text=True,
            )
            for line in (ended.stdout + ended.stderr).splitlines():
                log.info("%s", line)
            if ended.returncode:
                # Phones would meet an expired certificate: try again at the next waking.
                self.seen_at = None


def renew(settings: Settings, now: datetime) -> list[str]:
    """Make or renew the certificate if needed; return the names and addresses it is made out to."""
    from shopfloor.cli.certificate import UnreadableAuthorityError, ensure_certificate, made_out_to

    names = [*host_names(), *(host for host in settings.hosts if not is_address(host))]
    addresses = [
        *lan_addresses(),
        *(IPv4Address(host) for host in settings.hosts if is_address(host)),
    ]
    try:
        path = ensure_certificate(settings.tls_folder, _once(names), _once(addresses), now)
    except UnreadableAuthorityError as error:
        raise CannotStart(
            f"The key of the certificates, {error}, is damaged. Bring it back from a backup, or "
            "delete it: a new one is made, which every phone must install again."
        ) from None
    except OSError as error:
        raise CannotStart(f"{error.filename} cannot be used: {error.strerror}.") from None
    return made_out_to(path)


def _once(things: list[T]) -> list[T]:
    return list(dict.fromkeys(things))


if __name__ == "__main__":
    try:
        renew(read_settings(), clock.now())
    except CannotStart as reason:
        sys.exit(reason.message)
