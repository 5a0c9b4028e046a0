"""Our own certificate while the server runs: torture 61, with a moved clock."""

import ssl
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509

from shopfloor.cli import renewal
from shopfloor.cli.certificate import ensure_certificate
from shopfloor.cli.renewal import Renewal, renew
from shopfloor.cli.settings import CannotStart, Settings
from shopfloor.core import clock
from tests.cli.test_web_worker import HOST, Web, read, secure, web

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LAN = [IPv4Address("127.0.0.1"), IPv4Address("192.168.1.20")]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path, 8443, True)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the programs that a Renewal starts; the exit code of each is the last element."""
    codes = [0]

    def run(*_a: object, **_k: object) -> subprocess.CompletedProcess[str]:
        codes.insert(0, 0)
        return subprocess.CompletedProcess([], codes[-1], "", "")

    monkeypatch.setattr(renewal, "lan_addresses", lambda: list(LAN))
    monkeypatch.setattr("subprocess.run", run)
    return codes


def test_it_is_seen_to_once_a_day(settings: Settings, runs: list[int]) -> None:
    watch = Renewal(settings)
    for hours in (0, 1, 23, 24, 25, 49):
        watch.run_due(NOW + timedelta(hours=hours))
    assert len(runs) - 1 == 3


def test_it_is_seen_to_at_once_when_the_address_changes(
    settings: Settings, runs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Renewal(settings)
    watch.run_due(NOW)
    monkeypatch.setattr(renewal, "lan_addresses", lambda: [*LAN, IPv4Address("10.0.0.9")])
    watch.run_due(NOW + timedelta(seconds=30))
    watch.run_due(NOW + timedelta(seconds=60))
    assert len(runs) - 1 == 2


def test_it_is_tried_again_after_a_failure(settings: Settings, runs: list[int]) -> None:
    runs[-1] = 1
    watch = Renewal(settings)
    watch.run_due(NOW)
    watch.run_due(NOW + timedelta(seconds=30))
    assert len(runs) - 1 == 2


def test_a_clock_that_goes_back_does_not_stop_it(settings: Settings, runs: list[int]) -> None:
    watch = Renewal(settings)
    watch.run_due(NOW + timedelta(days=4000))
    watch.run_due(NOW)
    assert len(runs) - 1 == 2


def test_a_certificate_of_somebody_else_is_never_renewed_by_us(
    tmp_path: Path, runs: list[int]
) -> None:
    Renewal(Settings(tmp_path, 8443, True, (tmp_path / "c", tmp_path / "k"))).run_due(NOW)
    Renewal(Settings(tmp_path, 8080, False)).run_due(NOW)
    assert len(runs) - 1 == 0


def test_names_that_only_the_network_knows_are_in_it(tmp_path: Path) -> None:
    known = Settings(tmp_path, 8443, True, hosts=("shopfloor.lan", "192.168.77.5"))
    assert {"shopfloor.lan", "192.168.77.5", "localhost", "127.0.0.1"} <= set(renew(known, NOW))


def test_a_name_the_authority_does_not_vouch_for_is_told_apart(tmp_path: Path) -> None:
    renew(Settings(tmp_path, 8443, True), NOW)
    later = Settings(tmp_path, 8443, True, hosts=("shopfloor.lan", "192.168.77.5"))
    assert set(later.hosts) - set(renew(later, NOW)) == {"shopfloor.lan"}


def test_a_certificate_from_the_future_is_made_again(tmp_path: Path, settings: Settings) -> None:
    """The machine's clock was wrong at its first start."""
    renew(settings, NOW + timedelta(days=900))
    renew(settings, NOW)
    for name in ("ca.crt", "server.pem"):
        certificate = x509.load_pem_x509_certificate((tmp_path / "tls" / name).read_bytes())
        assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc


def test_an_authority_that_ends_is_kept_beside_the_new_one(
    tmp_path: Path, settings: Settings
) -> None:
    """If only the clock was wrong, the phones trust the old one."""
    renew(settings, NOW)
    old = (tmp_path / "tls/ca.pem").read_bytes()
    renew(settings, NOW + timedelta(days=4000))
    (kept,) = (tmp_path / "tls").glob("ca-until-*.pem")
    assert kept.read_bytes() == old
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_damaged_authority_is_a_sentence(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls/ca.pem").write_text("half a")
    with pytest.raises(CannotStart, match="damaged"):
        renew(settings, NOW)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Web]:
    with web(tmp_path, "on") as started:
        yield started


def serial(server: Web) -> str:
    """Return the serial number that a new connection is shown, trusting our authority alone."""
    connection = secure(server)
    assert isinstance(connection, ssl.SSLSocket)
    certificate = connection.getpeercert()
    connection.close()
    assert certificate
    return str(certificate["serialNumber"])


def ensure(server: Web, now: datetime, *more: str) -> None:
    addresses = [IPv4Address(address) for address in (HOST, *more)]
    ensure_certificate(server.folder / "tls", ["localhost"], addresses, now)


@pytest.mark.processes
def test_a_renewed_certificate_is_served_without_a_restart(tmp_path: Path) -> None:
    """Torture 61: nobody is disconnected, and the authority that phones trust stays."""
    with web(tmp_path, "on", days_old=380) as server:
        before, open_meanwhile = serial(server), secure(server)
        ensure(server, clock.now())
        wait_for_change(server, before)
        open_meanwhile.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read(open_meanwhile) == b"https / -"
        open_meanwhile.close()


@pytest.mark.processes
def test_a_changed_address_is_served_without_a_restart(server: Web) -> None:
    """Torture 61."""
    before = serial(server)
    ensure(server, clock.now(), "192.168.77.5")
    wait_for_change(server, before)


@pytest.mark.processes
def test_an_expired_certificate_is_refused_by_phones_and_nothing_falls_back(tmp_path: Path) -> None:
    """Torture 61: plain HTTP leads to the page about trust, which says nothing else."""
    with web(tmp_path, "on", days_old=400) as server:
        wait_for(server, "expired")
        assert server.get("/")[0] == 302


@pytest.mark.processes
def test_another_server_in_its_place_is_refused(server: Web) -> None:
    """Torture 61: the self-signed certificate changed."""
    authority = (server.folder / "tls/ca.crt").read_bytes()
    for path in (server.folder / "tls").iterdir():
        path.unlink()
    ensure(server, clock.now())
    (server.folder / "tls/ca.crt").write_bytes(authority)
    wait_for(server, "verify failed")


@pytest.mark.processes
def test_half_a_certificate_is_not_used(server: Web) -> None:
    before = serial(server)
    (server.folder / "tls/server.pem").write_text("half a")
    assert "cannot be used" in wait_for_log(server)
    assert {serial(server) for _ in range(6)} == {before}


def wait_for_change(server: Web, before: str) -> None:
    deadline = clock.now() + timedelta(seconds=10)
    while clock.now() < deadline:
        if before not in {serial(server) for _ in range(6)}:
            return
    pytest.fail("the old certificate is still served")


def wait_for(server: Web, reason: str) -> None:
    deadline = clock.now() + timedelta(seconds=10)
    while clock.now() < deadline:
        try:
            secure(server).close()
        except ssl.SSLCertVerificationError as error:
            if reason in str(error):
                return
    pytest.fail(f"it is still trusted, or not for being '{reason}'")


def wait_for_log(server: Web) -> str:
    deadline = clock.now() + timedelta(seconds=10)
    said = ""
    while not said and clock.now() < deadline:
        secure(server).close()
        said = (server.folder / "log").read_text()
    return said
