"""What the server reads from its environment, and the reasons for which it will not start."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from shopfloor.cli.certificate import ensure_certificate
from shopfloor.cli.settings import ROOT, CannotStart, open_data_folder, read_settings
from shopfloor.core import clock


def test_without_settings_it_serves_https_from_its_own_folder() -> None:
    settings = read_settings({})
    assert (settings.instance, settings.port, settings.tls) == (ROOT / "instance", 8443, True)


def test_without_tls_the_port_is_another() -> None:
    assert read_settings({"SHOPFLOOR_TLS": "off"}).port == 8080
    assert read_settings({"SHOPFLOOR_TLS": "off", "SHOPFLOOR_PORT": "9000"}).port == 9000


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "８443", "80.5"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(CannotStart, match="SHOPFLOOR_PORT"):
        read_settings({"SHOPFLOOR_PORT": port})


def test_a_misspelt_switch_is_refused_rather_than_guessed() -> None:
    with pytest.raises(CannotStart, match="SHOPFLOOR_TLS"):
        read_settings({"SHOPFLOOR_TLS": "no"})


def test_the_own_folder_is_made_and_closed_to_others(tmp_path: Path) -> None:
    open_data_folder(tmp_path / "instance", may_create=True)
    assert (tmp_path / "instance").stat().st_mode & 0o777 == 0o700


def test_a_named_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    """Torture 22."""
    with pytest.raises(CannotStart, match="does not exist"):
        open_data_folder(tmp_path / "gone", may_create=False)
    assert not (tmp_path / "gone").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    """Torture 22."""
    (tmp_path / "file").write_text("")
    for may_create in (True, False):
        with pytest.raises(CannotStart, match="is not a folder"):
            open_data_folder(tmp_path / "file", may_create=may_create)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand a file to somebody else")
@pytest.mark.parametrize("name", [".", "shopfloor.db"])
def test_a_folder_or_database_of_another_user_is_refused(tmp_path: Path, name: str) -> None:
    """Torture 22."""
    (tmp_path / "shopfloor.db").write_text("")
    os.chown(tmp_path / name, 65534, 65534)
    with pytest.raises(CannotStart, match="belongs to user"):
        open_data_folder(tmp_path, may_create=False)


@pytest.fixture
def pair(tmp_path: Path) -> dict[str, str]:
    """A certificate and its key in files, as another program leaves them."""
    both = ensure_certificate(tmp_path / "tls", ["localhost"], [], clock.now()).read_bytes()
    key, certificate = both.split(b"-----BEGIN CERTIFICATE-----")
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "chain.pem").write_bytes(b"-----BEGIN CERTIFICATE-----" + certificate)
    return {
        "SHOPFLOOR_TLS_CERT": str(tmp_path / "chain.pem"),
        "SHOPFLOOR_TLS_KEY": str(tmp_path / "key.pem"),
    }


def test_a_certificate_of_a_domain_is_used_as_it_is(pair: dict[str, str], tmp_path: Path) -> None:
    settings = read_settings(pair)
    assert settings.certificate_files == (tmp_path / "chain.pem", tmp_path / "key.pem")
    assert not settings.own_authority
    assert read_settings({}).own_authority


def test_half_a_pair_is_refused(pair: dict[str, str]) -> None:
    """Torture 61: never our own or none instead."""
    for name in pair:
        with pytest.raises(CannotStart, match="both"):
            read_settings({name: pair[name]})


def test_a_pair_that_cannot_be_used_is_refused(pair: dict[str, str], tmp_path: Path) -> None:
    """Torture 61: neither a missing file, nor another's key, nor one with a password."""
    with pytest.raises(CannotStart, match=r"gone.pem does not exist"):
        read_settings(pair | {"SHOPFLOOR_TLS_CERT": str(tmp_path / "gone.pem")})
    other = ensure_certificate(tmp_path / "other", ["localhost"], [], clock.now())
    with pytest.raises(CannotStart, match="cannot be used with the key"):
        read_settings(pair | {"SHOPFLOOR_TLS_KEY": str(other)})
    locked = serialization.load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    (tmp_path / "key.pem").write_bytes(
        locked.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(CannotStart, match="password"):
        read_settings(pair)


def test_hosts_that_only_the_network_knows_are_read() -> None:
    settings = read_settings({"SHOPFLOOR_HOST": "Shopfloor.lan, 192.168.1.20"})
    assert settings.hosts == ("shopfloor.lan", "192.168.1.20")
    for odd in ("http://x", "a b_c", "x:8443", "-x"):
        with pytest.raises(CannotStart, match="SHOPFLOOR_HOST"):
            read_settings({"SHOPFLOOR_HOST": odd})
