"""The certificates of a factory without a domain."""

import stat
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from shopfloor.cli.certificate import UnreadableAuthorityError, ensure_certificate

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NAMES = ["localhost", "factory", "factory.local"]
ADDRESSES = [IPv4Address("127.0.0.1"), IPv4Address("192.168.1.20")]


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def trusts(folder: Path, name: x509.DNSName | x509.IPAddress, now: datetime = NOW) -> bool:
    """Ask as a phone does that has installed ca.crt."""
    store = Store([load(folder / "ca.crt")])
    verifier = PolicyBuilder().store(store).time(now).build_server_verifier(name)
    try:
        verifier.verify(load(folder / "server.pem"), [])
    except VerificationError:
        return False
    return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ensure_certificate(tmp_path / "tls", NAMES, ADDRESSES, NOW)
    return tmp_path / "tls"


def test_a_phone_with_the_authority_trusts_every_name_and_address(folder: Path) -> None:
    for name in NAMES:
        assert trusts(folder, x509.DNSName(name))
    for address in ADDRESSES:
        assert trusts(folder, x509.IPAddress(address))


def test_it_vouches_for_nobody_else(folder: Path) -> None:
    assert not trusts(folder, x509.DNSName("bank.example"))
    assert not trusts(folder, x509.IPAddress(IPv4Address("192.168.1.21")))


def test_the_authority_is_limited_to_the_host_name_and_private_ranges(folder: Path) -> None:
    certificate = load(folder / "ca.crt")
    limits = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    allowed = {str(name.value) for name in limits.value.permitted_subtrees or ()}
    assert limits.critical
    assert {*NAMES, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} <= allowed
    assert not {name for name in allowed if name.startswith(("0.", "::/"))}


def test_an_address_that_is_not_private_is_vouched_for_alone(tmp_path: Path) -> None:
    addresses = [*ADDRESSES, IPv4Address("203.0.113.7")]
    ensure_certificate(tmp_path, NAMES, addresses, NOW)
    assert trusts(tmp_path, x509.IPAddress(addresses[-1]))
    # A name or an address from outside would spoil the whole certificate, so it is left out.
    ensure_certificate(tmp_path, [*NAMES, "moved"], [*ADDRESSES, IPv4Address("203.0.113.8")], NOW)
    assert trusts(tmp_path, x509.DNSName("factory"))
    assert not trusts(tmp_path, x509.IPAddress(IPv4Address("203.0.113.8")))


def test_keys_are_for_our_eyes_only(folder: Path) -> None:
    for name in ("ca.pem", "server.pem"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert b"PRIVATE KEY" not in (folder / "ca.crt").read_bytes()


def test_the_server_certificate_lives_397_days(folder: Path) -> None:
    certificate = load(folder / "server.pem")
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert life == timedelta(days=397)


def test_a_second_start_changes_nothing(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ensure_certificate(folder, NAMES, ADDRESSES, NOW + timedelta(days=365))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_it_is_renewed_within_30_days_of_its_end_and_phones_notice_nothing(folder: Path) -> None:
    later = NOW + timedelta(days=367)
    authority, server = (folder / "ca.crt").read_bytes(), (folder / "server.pem").read_bytes()
    ensure_certificate(folder, NAMES, ADDRESSES, later)
    assert (folder / "ca.crt").read_bytes() == authority
    assert (folder / "server.pem").read_bytes() != server
    assert trusts(folder, x509.DNSName("factory"), later + timedelta(days=300))


def test_a_new_address_gets_a_new_certificate_from_the_same_authority(folder: Path) -> None:
    authority = (folder / "ca.crt").read_bytes()
    ensure_certificate(folder, NAMES, [*ADDRESSES, IPv4Address("10.0.0.9")], NOW)
    assert trusts(folder, x509.IPAddress(IPv4Address("10.0.0.9")))
    assert (folder / "ca.crt").read_bytes() == authority


def test_an_authority_at_its_end_is_made_anew(folder: Path) -> None:
    later = NOW + timedelta(days=3640)
    ensure_certificate(folder, NAMES, ADDRESSES, later)
    assert trusts(folder, x509.DNSName("factory"), later + timedelta(days=60))


def test_a_damaged_server_certificate_is_made_again(folder: Path) -> None:
    (folder / "server.pem").write_text("half a")
    ensure_certificate(folder, NAMES, ADDRESSES, NOW)
    assert trusts(folder, x509.DNSName("factory"))


def test_a_damaged_authority_is_never_replaced_in_silence(folder: Path) -> None:
    (folder / "ca.pem").write_text("half a")
    with pytest.raises(UnreadableAuthorityError):
        ensure_certificate(folder, NAMES, ADDRESSES, NOW)
    assert (folder / "ca.pem").read_text() == "half a"
