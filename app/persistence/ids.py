"""Row ids that sort by the time they were made."""

import secrets
from uuid import UUID

_MILLISECOND = 1_000_000
_RANDOM_BYTES = 10


def uuid7(now_ns: int, randomness: bytes | None = None) -> UUID:
    """Return a version 7 UUID (RFC 9562, 5.7) of that UTC time in nanoseconds, kept to the millisecond.

    `randomness` is ten bytes, drawn from the system where none are given. Raises ValueError for another
    length, or a time outside of 1970 to 10889.
    """
    noise = secrets.token_bytes(_RANDOM_BYTES) if randomness is None else randomness
    if len(noise) != _RANDOM_BYTES:
        raise ValueError(f"ten random bytes are needed, not {len(noise)}")
    milliseconds = now_ns // _MILLISECOND
    if not 0 <= milliseconds < 1 << 48:
        raise ValueError(f"{now_ns} ns is outside of what a version 7 UUID can say")
    number = milliseconds << 80 | int.from_bytes(noise, "big")
    number = number & ~(0xF << 76) | 7 << 76
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)
