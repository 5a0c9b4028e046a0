"""The page on which a phone learns to trust this server, and the desk's page that leads there."""

import plistlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask

from shopfloor.cli.certificate import ensure_certificate
from shopfloor.cli.plain_http import OPEN, only_trust
from shopfloor.core import clock
from tests.browse import Browser
from tests.make import Factory


@pytest.fixture
def authority(one_app: Flask) -> x509.Certificate:
    """The authority of this server, as `serve` makes it."""
    one_app.config.update(TLS=True, GIVEN_CERTIFICATE="")
    folder = Path(one_app.instance_path, "tls")
    ensure_certificate(folder, ["localhost"], [], clock.now())
    return x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())


@pytest.fixture
def stranger(one_make: Factory, authority: x509.Certificate, one_app: Flask) -> Browser:
    """A phone that has never been here and comes without TLS."""
    one_app.wsgi_app = only_trust(one_app.wsgi_app)  # type: ignore[method-assign,assignment]  # as Werkzeug has it
    return Browser(one_app)


def test_a_phone_reads_in_plain_what_to_do_in_both_languages(
    stranger: Browser, authority: x509.Certificate
) -> None:
    """Torture 61."""
    english = stranger.get("/trust", headers={"Accept-Language": "en"})
    chinese = stranger.get("/trust?in=zh")
    mark = authority.fingerprint(SHA256()).hex(" ").upper()
    assert (english.status_code, chinese.status_code) == (200, 200)
    for page in (english, chinese):
        assert mark in page.text
        assert "/trust/shopfloor.crt" in page.text
        assert "https://localhost/" in page.text
        assert "<script" not in page.text
        assert "<form" not in page.text
        assert "Set-Cookie" not in page.headers
        assert "Strict-Transport-Security" not in page.headers
    assert "Certificate Trust Settings" in english.text
    assert "证书信任设置" in chinese.text


def test_android_gets_the_certificate_and_nothing_secret(
    stranger: Browser, authority: x509.Certificate
) -> None:
    given = stranger.get("/trust/shopfloor.crt")
    assert given.content_type == "application/x-x509-ca-cert"
    assert x509.load_der_x509_certificate(given.data) == authority
    assert b"PRIVATE" not in given.data


def test_an_iphone_gets_a_profile_with_the_certificate_alone(
    stranger: Browser, authority: x509.Certificate
) -> None:
    given = stranger.get("/trust/shopfloor.mobileconfig")
    assert given.content_type == "application/x-apple-aspen-config"
    assert "Content-Disposition" not in given.headers
    profile = plistlib.loads(given.data)
    (only,) = profile["PayloadContent"]
    assert only["PayloadType"] == "com.apple.security.root"
    assert x509.load_der_x509_certificate(only["PayloadContent"]) == authority
    again = plistlib.loads(stranger.get("/trust/shopfloor.mobileconfig").data)
    assert again["PayloadUUID"] == profile["PayloadUUID"], "a second one would stand beside it"


def test_everything_that_is_open_in_plain_exists(stranger: Browser) -> None:
    assert {stranger.get(path).status_code for path in OPEN} == {200}


def test_in_plain_there_is_nothing_else(stranger: Browser, one_make: Factory) -> None:
    """Torture 61: not even for somebody who brings a session."""
    for path in ("/", "/sign-in", "/connect", "/healthz", "/api/v1/openapi.json", "/trust/x"):
        answer = stranger.get(path, headers={"X-Forwarded-Proto": "https"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/trust")
    assert stranger.post("/sign-in", page="/trust", login="x").status_code == 403


def test_with_a_certificate_of_a_domain_there_is_nothing_to_install(
    one_make: Factory, authority: x509.Certificate, one_app: Flask
) -> None:
    one_app.config["GIVEN_CERTIFICATE"] = "chain.pem"
    client = Browser(one_app)
    page = client.get("/trust").text
    assert "nothing to install" in page
    assert "https://localhost/" in page
    assert client.get("/trust/shopfloor.crt").status_code == 404


def test_the_desk_shows_both_codes_and_the_fingerprint(
    one_make: Factory, authority: x509.Certificate, one_app: Flask
) -> None:
    one_app.config["PRINTED_URL"] = "https://192.168.1.20:8443/"
    page = Browser(one_app).sign_in(one_make.administrator).get("/connect").text
    assert authority.fingerprint(SHA256()).hex(" ").upper() in page
    assert "http://192.168.1.20:8443/trust<" in page
    assert "https://192.168.1.20:8443/<" in page
    assert page.count("<svg") - page.count('class="icon') >= 2


def test_without_an_authority_the_desk_shows_the_address_it_was_opened_by(
    one_make: Factory, one_app: Flask
) -> None:
    one_app.config.update(TLS=False, PRINTED_URL="http://10.0.0.5:8080/")
    page = Browser(one_app).sign_in(one_make.administrator).get("/connect").text
    assert "10.0.0.5" not in page
    assert "fingerprint" not in page


def test_only_who_may_edit_the_plant_connects_phones(one_make: Factory, one_app: Flask) -> None:
    assert Browser(one_app).sign_in(one_make.operator).get("/connect").status_code == 403
