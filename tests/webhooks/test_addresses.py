"""Where webhooks may go: judged by what a name resolves to, never by how it is written."""

import socket

import pytest
from flask import Flask

from shopfloor.core.refusals import Malformed
from shopfloor.core.settings import read_networks
from shopfloor.webhooks.addresses import Unreachable, is_allowed, read_address, resolve
from shopfloor.webhooks.models import Failure
from tests.webhooks.receiver import names

NEVER = [
    "127.0.0.1", "127.1.2.3", "0.0.0.1", "::1", "::", "::ffff:127.0.0.1", "169.254.169.254",
    "::ffff:169.254.169.254", "::169.254.169.254", "fe80::1", "fe80::1%eth0", "fec0::1",
    "224.0.0.1", "255.255.255.255", "100.100.100.200", "fd00:ec2::254", "64:ff9b::a01:203",
    "2002:a01:203::1", "2001:0:a01:203::1", "::10.1.2.3", "168.63.129.16",
]  # fmt: skip
PRIVATE = ["10.1.2.3", "::ffff:10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd12::1"]
EVERYTHING = read_networks("0.0.0.0/0, ::/0")


@pytest.mark.parametrize("address", NEVER)
def test_this_machine_and_its_link_are_never_reached_whatever_is_allowed(address: str) -> None:
    """Torture 64."""
    assert not is_allowed(address, True, EVERYTHING)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_network_is_reached_only_when_it_is_allowed(address: str) -> None:
    """Torture 64."""
    assert not is_allowed(address, True, ())
    assert is_allowed(address, False, EVERYTHING)


def test_a_public_address_needs_tls() -> None:
    assert is_allowed("93.184.215.14", True, ())
    assert not is_allowed("93.184.215.14", False, ())


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0x7f.1", "127.1", "2130706433", "0177.0.0.1", "localhost", "[::1]"]
)
def test_odd_spellings_of_this_machine_are_refused_by_what_they_resolve_to(host: str) -> None:
    """Torture 64: the system's own resolver reads them."""
    with pytest.raises(Unreachable) as no:
        resolve(read_address(f"https://{host}/"), EVERYTHING)
    assert no.value.problem in (Failure.NOT_ALLOWED, Failure.NO_NAME)


def test_one_forbidden_address_among_several_refuses_them_all() -> None:
    def both(_host: str, port: int, **_how: object) -> list[object]:
        return [(0, 0, 0, "", (text, port)) for text in ("93.184.215.14", "127.0.0.1")]

    with pytest.raises(Unreachable):
        resolve(read_address("https://erp.example/"), (), both)


def test_a_name_that_is_not_known_is_said() -> None:
    def nobody(*_what: object, **_how: object) -> list[object]:
        raise socket.gaierror

    with pytest.raises(Unreachable) as no:
        resolve(read_address("https://erp.example/"), (), nobody)
    assert no.value.problem is Failure.NO_NAME


@pytest.mark.parametrize(
    "text",
    [
        "", "erp.example", "ftp://erp.example/", "file:///etc/passwd", "https://", "https:///x",
        "https://user:word@erp.example/", "https://erp.example@127.0.0.1/", "https://a b/",
        "https://erp.example/\r\nX-A: b", "https://erp.example/#a", "https://erp.example:0/",
        "https://erp.example:99999/", "https://erp.example:x/", "https://erp.exampl\u0435/",
        "https:\\\\erp.example\\x", "https://erp.example\\@127.0.0.1/", "gopher://erp.example/",
        "https://[::1/", "https://erp.example/" + "a" * 2000, "javascript:alert(1)",
        "https://erp.example%2f@127.0.0.1/",
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_no_address(one_app: Flask, text: str) -> None:
    """Torture 64."""
    with pytest.raises(Malformed) as no:
        read_address(text)
    assert no.value.field == "address"


def test_host_port_and_path_are_read_as_they_are_written() -> None:
    target = read_address("https://ERP.example:8443/a%20b?key=1&x=2")
    assert (target.host, target.port, target.path) == ("erp.example", 8443, "/a%20b?key=1&x=2")
    assert target.named == "erp.example:8443"
    assert read_address("http://[fd12::1]/").named == "[fd12::1]"
    assert resolve(read_address("http://erp/"), read_networks("10.0.0.0/8"), names("10.1.2.3")) == [
        "10.1.2.3"
    ]
