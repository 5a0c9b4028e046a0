"""What the server reads from its environment, and the reasons for which it will not start."""

import os
import pwd
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from shopfloor.cli.address import is_address, is_host_name
from shopfloor.cli.tls import load
from shopfloor.core.qr import host_problem
from shopfloor.core.settings import OWN_CERTIFICATE, PROXY_OFF, PROXY_ON, read_networks

ROOT = Path(__file__).resolve().parents[2]


class CannotStart(click.ClickException):
    """A reason not to start: shown as one sentence, exit 1, never a traceback."""


@dataclass(frozen=True)
class Settings:
    """Where the data is and how the server is reached."""

    instance: Path
    port: int
    tls: bool
    # A certificate somebody else has made, and its key; without it we are our own authority.
    given: tuple[Path, Path] | None = None
    # Names and addresses that phones use and this machine does not know of.
    hosts: tuple[str, ...] = ()

    @property
    def tls_folder(self) -> Path:
        """Return the folder of the keys and certificates."""
        return self.instance / "tls"

    @property
    def certificate_files(self) -> tuple[Path, Path]:
        """Return the files of the certificate and of its key; our own are one file."""
        own = self.instance.joinpath(*OWN_CERTIFICATE)
        return self.given or (own, own)

    @property
    def own_authority(self) -> bool:
        """Say whether phones must be taught to trust this server."""
        return self.tls and self.given is None


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read where the data is, how the server is reached, and what labels lead to.

    An odd value is refused.
    """
    switch = environment.get("SHOPFLOOR_TLS", "").lower()
    if switch not in {"", "on", "off"}:
        raise CannotStart(f"SHOPFLOOR_TLS is '{switch}'. Set it to 'on' or 'off', or leave it out.")
    if environment.get("SHOPFLOOR_PROXY", "") not in PROXY_ON | PROXY_OFF:
        raise CannotStart("Set SHOPFLOOR_PROXY to '1' behind a proxy, or leave it out.")
    for name in ("SHOPFLOOR_PUBLIC_URL", "SHOPFLOOR_LABEL_URL"):
        url = environment.get(name, "")
        if url and (problem := host_problem(url)):
            raise CannotStart(f"{name} cannot stand on labels: {problem}")
    try:
        read_networks(environment.get("SHOPFLOOR_WEBHOOK_NETWORKS", ""))
    except ValueError as error:
        raise CannotStart(
            f"SHOPFLOOR_WEBHOOK_NETWORKS: {error}. Name networks such as 10.1.0.0/16."
        ) from None
    tls = switch != "off"
    port = environment.get("SHOPFLOOR_PORT") or ("8443" if tls else "8080")
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise CannotStart(f"SHOPFLOOR_PORT is '{port}'. Set it to a number from 1 to 65535.")
    named = environment.get("SHOPFLOOR_INSTANCE")
    return Settings(
        Path(named).absolute() if named else ROOT / "instance",
        int(port),
        tls,
        _given(environment) if tls else None,
        _hosts(environment),
    )


def _given(environment: Mapping[str, str]) -> tuple[Path, Path] | None:
    named = [environment.get(name, "") for name in ("SHOPFLOOR_TLS_CERT", "SHOPFLOOR_TLS_KEY")]
    if not any(named):
        return None
    if not all(named):
        raise CannotStart(
            "Set both SHOPFLOOR_TLS_CERT and SHOPFLOOR_TLS_KEY to files, or neither of them."
        )
    files = Path(named[0]).absolute(), Path(named[1]).absolute()
    try:
        load(*files)
    except FileNotFoundError:
        missing = next(file for file in files if not file.exists())
        raise CannotStart(f"The certificate cannot be used: {missing} does not exist.") from None
    except (OSError, ValueError) as error:
        # Plain HTTP instead would be worse than no server.
        raise CannotStart(
            f"The certificate {files[0]} cannot be used with the key {files[1]}: {error}."
        ) from None
    return files


def _hosts(environment: Mapping[str, str]) -> tuple[str, ...]:
    hosts = environment.get("SHOPFLOOR_HOST", "").lower().replace(",", " ").split()
    for host in hosts:
        if not is_address(host) and not is_host_name(host):
            raise CannotStart(
                f"SHOPFLOOR_HOST is '{host}'. Set it to the names or addresses of this server, "
                "such as shopfloor.lan or 192.168.1.20."
            )
    return tuple(hosts)


def open_data_folder(folder: Path, *, may_create: bool) -> None:
    """Check that everything in the data folder can be written by us, or say why not.

    A folder that somebody named but that is not there is refused: it is more often a disk that
    was not mounted than a wish for a second, empty factory.
    """
    try:
        if may_create:
            folder.mkdir(mode=0o700, exist_ok=True)
        _check_folder(folder)
    except FileNotFoundError:
        raise CannotStart(
            f"The data folder {folder} does not exist. Is its disk mounted? "
            f"For a new factory create it first: mkdir -p {folder}"
        ) from None
    except (NotADirectoryError, FileExistsError):
        raise CannotStart(
            f"The data folder {folder} is not a folder. Set SHOPFLOOR_INSTANCE to a folder."
        ) from None
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} cannot be written: {error.strerror}. "
            "Nothing was started and nothing was stored elsewhere."
        ) from None


def _check_folder(folder: Path) -> None:
    _check_owner(folder, folder)
    # A file left by another user (often root, after one careless start) stops the database later,
    # in the middle of a shift.
    for path in folder.iterdir():
        # The database's own short-lived files may be gone by now.
        with suppress(FileNotFoundError):
            _check_owner(path, folder)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"probe")


def _check_owner(path: Path, folder: Path) -> None:
    us = _user(os.geteuid())
    if path.stat().st_uid != os.geteuid():
        owner = _user(path.stat().st_uid)
        raise CannotStart(
            f"{path} belongs to user '{owner}', but this is user '{us}'. "
            f"Start as '{owner}', or hand the folder over: chown -R {us} {folder}"
        )
    if path.is_file() and not os.access(path, os.R_OK | os.W_OK):
        raise CannotStart(f"User '{us}' may not read and write {path}. Allow it: chmod u+rw {path}")


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
