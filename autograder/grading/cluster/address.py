"""Which addresses of a cluster may be used: solutions and the secret travel to them."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from autograder.sandbox.isolation import LEVELS, Isolation

ENCRYPTED = "tls"
PLAIN = "tcp"
UNENCRYPTED = (
    "{address}: solutions and the secret would travel unencrypted, and everybody who reaches that port "
    "could run code; use tls:// (Dask's own settings name the certificates), or a cluster on this machine "
    "alone, tcp://127.0.0.1:PORT"
)
REACHABLE = (
    "{address}: student code might reach the cluster, because isolation is {level} ({missing}); use "
    "tls://, which asks for a certificate"
)


class UnsafeAddress(Exception):
    """Raised when no course may travel there; the text says why and what to do."""


def check_address(address: str) -> str:
    """An address with its protocol (Dask takes tcp where none is given). Raises UnsafeAddress."""
    whole = address if "://" in address else f"{PLAIN}://{address}"
    if not (is_encrypted(whole) or _is_on_loopback(whole)):
        raise UnsafeAddress(UNENCRYPTED.format(address=address))
    return whole


def check_members(addresses: Iterable[str]) -> None:
    """Check the addresses of a scheduler and of its graders. Raises UnsafeAddress."""
    for address in addresses:
        check_address(address)


def check_isolation(address: str, isolation: Isolation) -> None:
    """Check that no student code reaches a cluster without certificates. Raises UnsafeAddress."""
    if not is_encrypted(address) and isolation.level != LEVELS[-1]:
        missing = "; ".join(isolation.missing)
        raise UnsafeAddress(
            REACHABLE.format(address=address, level=isolation.level, missing=missing)
        )


def is_encrypted(address: str) -> bool:
    """Return whether messages to it are encrypted, and both ends show certificates."""
    return address.startswith(f"{ENCRYPTED}://")


def _is_on_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        return parts.scheme == PLAIN and (
            host == "localhost" or ipaddress.ip_address(host).is_loopback
        )
    except ValueError:
        return False
