"""The start of a server: checks, database, first answer, certificate, address, then supervision."""

import os
import signal
import socket
import ssl
import sys
import time
from pathlib import Path
from typing import Literal

import click
from flask import Flask
from flask.cli import ScriptInfo, pass_script_info
from sqlalchemy.exc import DatabaseError

from shopfloor.cli.address import main_address, show_address
from shopfloor.cli.renewal import renew
from shopfloor.cli.settings import ROOT, CannotStart, Settings, open_data_folder, read_settings
from shopfloor.core import clock
from shopfloor.core.authority import fingerprint
from shopfloor.core.refusals import Refused

Answer = Literal["demo", "empty"]
SUPERVISOR = Path(__file__).with_name("supervisor.py")
# A server that was killed outright needs a moment to let go of its port.
PORT_SECONDS = 8.0


@click.command("serve")
@click.option("--demo", "answer", flag_value="demo", help="First start: load the demo factory.")
@click.option("--empty", "answer", flag_value="empty", help="First start: an empty factory.")
@pass_script_info
def serve(info: ScriptInfo, answer: Answer | None) -> None:
    """Serve the product and run its loop until stopped."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    settings = read_settings()
    # Everything in the data folder is ours alone: the database, the files, the keys.
    os.umask(0o077)
    open_data_folder(settings.instance, may_create=not os.environ.get("SHOPFLOOR_INSTANCE"))
    wait_for_port(settings.port)
    url = base_url(settings)
    prepare(info.load_app(), answer, url)
    show_address(url)
    if settings.own_authority:
        show_trust(settings, url)
    # A label printed at the server's own screen leads there, and not to `localhost`.
    os.environ["SHOPFLOOR_PRINTED_URL"] = url
    supervise(settings)


def base_url(settings: Settings) -> str:
    """Return the address that a phone in the same network opens."""
    usual = 443 if settings.tls else 80
    port = "" if settings.port == usual else f":{settings.port}"
    host = settings.hosts[0] if settings.hosts else main_address()
    return f"{'https' if settings.tls else 'http'}://{host}{port}/"


def wait_for_port(port: int) -> None:
    """Refuse a port that another program keeps, before anything is written."""
    deadline = time.monotonic() + PORT_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                return probe.bind(("0.0.0.0", port))  # noqa: S104 - phones come from the network
            except PermissionError:
                raise CannotStart(
                    f"Port {port} needs more rights. Set SHOPFLOOR_PORT above 1023."
                ) from None
            except OSError as error:
                if time.monotonic() > deadline:
                    raise CannotStart(
                        f"Port {port} cannot be used: {error.strerror}. "
                        "Stop the other program or set SHOPFLOOR_PORT to another number."
                    ) from None
        time.sleep(0.5)


def prepare(app: Flask, answer: Answer | None, url: str) -> None:
    """Bring the database up to date and, at the first start, fill it as asked."""
    from shopfloor.cli.first_start import settle_first_start
    from shopfloor.core.migrate import prepare_database

    try:
        prepare_database(app)
        settle_first_start(app, answer, url)
    except Refused as refused:
        raise CannotStart(f"{refused} {refused.hint}".strip()) from None
    except DatabaseError as error:
        reason = (str(error.orig).strip() or "unknown reason").splitlines()[0]
        raise CannotStart(
            f"The database cannot be used: {reason}. Nothing was changed or stored elsewhere. "
            "How a backup is brought back is in docs/install.md."
        ) from None


def show_trust(settings: Settings, url: str) -> None:
    """Make or renew our own certificate, and say how a phone learns to trust it."""
    for host in set(settings.hosts) - set(renew(settings, clock.now())):
        click.echo(
            f"The certificate is not made out to {host}: the authority in {settings.tls_folder} "
            "was made before that name was known. Delete the folder to make a new one, which "
            "every phone must install again."
        )
    trust = f"{url.replace('https://', 'http://')}trust"
    show_address(trust, "A phone that warns about it opens this first")
    authority = ssl.PEM_cert_to_DER_cert((settings.tls_folder / "ca.crt").read_text())
    click.echo("The certificate it is given there has the SHA-256 fingerprint")
    click.echo(f"  {fingerprint(authority)}\n")


def supervise(settings: Settings) -> None:
    """Become the supervisor: it must not carry the app and its connections for months."""
    os.environ["SHOPFLOOR_INSTANCE"] = str(settings.instance)
    # A stop that comes between the two programs waits for the second one.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-P", str(SUPERVISOR)])


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)
