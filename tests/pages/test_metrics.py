"""What a monitor asks: how long phones will trust the server's certificate."""

from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from flask import Flask

from shopfloor.cli.certificate import ensure_certificate
from shopfloor.core import clock
from tests.browse import Browser
from tests.people.devices import move_clock

NAME = "shopfloor_certificate_seconds_left"
LAN = [IPv4Address("192.168.1.20")]


def told(app: Flask) -> float | None:
    """Return what a monitor hears of the certificate."""
    said = Browser(app).get("/metrics").text
    assert said.endswith("\n")
    lines = [line.split() for line in said.splitlines() if line.startswith(NAME)]
    return float(lines[0][1]) if lines else None


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """The file of a domain's certificate, with the one behind it."""
    folder = tmp_path / "acme"
    server = ensure_certificate(folder, ["shopfloor.example.com"], LAN, clock.now()).read_bytes()
    file = tmp_path / "chain.pem"
    file.write_bytes((folder / "ca.crt").read_bytes() + server)
    return file


def test_a_monitor_hears_how_long_the_own_certificate_lasts(
    one_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_app.config.update(TLS=True, GIVEN_CERTIFICATE="")
    ensure_certificate(Path(one_app.instance_path, "tls"), ["localhost"], LAN, clock.now())
    left = told(one_app)
    assert left
    assert 30 < left / 86400 < 400
    move_clock(monkeypatch, timedelta(days=30))
    later = told(one_app)
    assert later
    assert abs(left - later - 30 * 86400) < 60


def test_of_a_domains_chain_the_first_end_counts_and_a_past_one_is_below_zero(
    one_app: Flask, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torture 61: the authority of this chain lasts for years, the certificate does not."""
    one_app.config.update(TLS=True, GIVEN_CERTIFICATE=str(chain))
    left = told(one_app)
    assert left
    assert 30 < left / 86400 < 400
    move_clock(monkeypatch, timedelta(seconds=left + 3600))
    assert -3700 < (told(one_app) or 0) < -3500


@pytest.mark.parametrize("content", [None, b"", b"half a certif"])
def test_what_cannot_be_read_raises_the_alarm(
    one_app: Flask, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "odd.pem"
    if content is not None:
        file.write_bytes(content)
    one_app.config.update(TLS=True, GIVEN_CERTIFICATE=str(file))
    assert told(one_app) == float("-inf")


def test_where_tls_is_a_proxys_nothing_is_said_of_it(one_app: Flask) -> None:
    one_app.config.update(TLS=False, GIVEN_CERTIFICATE="")
    assert told(one_app) is None
