"""The certificates of a factory without a domain: its own authority, and one for this server."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# All that a stolen key of ours could ever pretend to be.
PRIVATE_RANGES: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)
CA_LIFE = timedelta(days=3652)
# Phones refuse server certificates that live longer than 398 days.
SERVER_LIFE = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)
# A phone whose clock is a little behind must not see a certificate from the future.
BACKDATE = timedelta(days=1)


class UnreadableAuthorityError(Exception):
    """The authority's file is there but damaged; a new one would be trusted by no phone."""


@dataclass(frozen=True)
class Pair:
    """A certificate and the key that belongs to it."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey

    def to_pem(self) -> bytes:
        """Return key and certificate as one text, so that a crash never leaves half a pair."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return key + self.certificate.public_bytes(serialization.Encoding.PEM)


def ensure_certificate(
    folder: Path, names: Iterable[str], addresses: Iterable[IPv4Address], now: datetime
) -> Path:
    """Return the server's PEM (key, certificate), made or renewed if needed.

    `ca.crt` beside it is what company phones install once. The authority is kept for ten years;
    names and addresses it does not vouch for are left out, since one of them would spoil all.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    names, addresses = list(names), list(addresses)
    authority = _authority(folder, names, addresses, now)
    wanted = _vouched(authority.certificate, names, addresses)
    path = folder / "server.pem"
    if not _still_good(path, authority.certificate, wanted, now):
        _write(path, _sign_server(authority, wanted, now).to_pem(), 0o600)
    return path


def made_out_to(path: Path) -> list[str]:
    """Return the names and addresses of a certificate."""
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return [str(name.value) for name in _names(certificate)]


def _authority(folder: Path, names: list[str], addresses: list[IPv4Address], now: datetime) -> Pair:
    path = folder / "ca.pem"
    pair = _read(path) if path.exists() else None
    if pair is None or not _in_time(pair.certificate, now):
        if pair is not None:
            # If only the clock was wrong, this is the one that the phones trust.
            ends = pair.certificate.not_valid_after_utc
            path.replace(folder / f"ca-until-{ends:%Y-%m-%d}.pem")
        pair = _make_authority(names, addresses, now)
        _write(path, pair.to_pem(), 0o600)
    _write(folder / "ca.crt", pair.certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return pair


def _read(path: Path) -> Pair:
    pem = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise UnreadableAuthorityError(str(path)) from error
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise UnreadableAuthorityError(str(path))
    return Pair(certificate, key)


def _make_authority(names: list[str], addresses: list[IPv4Address], now: datetime) -> Pair:
    key = generate_key(SECP256R1())
    subject = _subject(f"Shopfloor CA of {names[-1]}")
    allowed: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    # Some factories use public addresses inside: then exactly ours are added.
    own = [ip_network(address) for address in addresses if not _private(address)]
    allowed += [x509.IPAddress(network) for network in (*PRIVATE_RANGES, *own)]
    builder = (
        _builder(subject, subject, key, now, now + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.NameConstraints(allowed, None), critical=True)
    )
    return Pair(builder.sign(key, hashes.SHA256()), key)


def _sign_server(authority: Pair, wanted: list[x509.GeneralName], now: datetime) -> Pair:
    key = generate_key(SECP256R1())
    issuer = authority.certificate
    ends = min(now - BACKDATE + SERVER_LIFE, issuer.not_valid_after_utc)
    builder = (
        _builder(_subject("Shopfloor server"), issuer.subject, key, now, ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()),
            critical=False,
        )
    )
    return Pair(builder.sign(authority.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    now: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Shopfloor"),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _vouched(
    authority: x509.Certificate, names: list[str], addresses: list[IPv4Address]
) -> list[x509.GeneralName]:
    extension = authority.extensions.get_extension_for_class(x509.NameConstraints)
    allowed = [name.value for name in extension.value.permitted_subtrees or ()]
    networks = [network for network in allowed if isinstance(network, IPv4Network)]
    vouched: list[x509.GeneralName] = [x509.DNSName(name) for name in names if name in allowed]
    vouched += [
        x509.IPAddress(address)
        for address in addresses
        if any(address in network for network in networks)
    ]
    return vouched


def _private(address: IPv4Address) -> bool:
    return any(address in network for network in PRIVATE_RANGES)


def _still_good(
    path: Path, authority: x509.Certificate, wanted: list[x509.GeneralName], now: datetime
) -> bool:
    if not path.exists():
        return False
    try:
        certificate = _read(path).certificate
        certificate.verify_directly_issued_by(authority)
    except (UnreadableAuthorityError, InvalidSignature, ValueError):
        return False  # ours to make again: no phone trusts this one by itself
    return set(_names(certificate)) == set(wanted) and _in_time(certificate, now)


def _names(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def _in_time(certificate: x509.Certificate, now: datetime) -> bool:
    """Say whether it begins before now (a clock may have been wrong) and lasts a while."""
    begun = certificate.not_valid_before_utc <= now
    return begun and certificate.not_valid_after_utc - now >= RENEW_BEFORE


def _write(path: Path, content: bytes, mode: int) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
