"""The hash of an audit record covers all of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.security.audit_chain import GENESIS, AuditRecord, digest

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-007"), pytest.mark.requirement("STC-12")]

RECORD = AuditRecord(
    time=datetime(2024, 5, 6, 7, 8, 9, 123456, UTC),
    actor="ada",
    action="portfolio.create",
    object="portfolio/1",
    before=None,
    after={"name": "größer", "capital": "100000.00"},
    address="127.0.0.1",
    request_id="r-1",
)


def test_the_hash_is_the_same_on_every_machine():
    canonical = (
        r'{"action":"portfolio.create","actor":"ada","address":"127.0.0.1",'
        r'"after":{"capital":"100000.00","name":"gr\u00f6\u00dfer"},"before":null,"object":"portfolio/1",'
        rf'"previous_hash":"{GENESIS}","request_id":"r-1","sequence":1,'
        r'"time":"2024-05-06T07:08:09.123456+00:00","writer":"host-1"}'
    )
    assert digest("host-1", 1, RECORD, GENESIS) == sha256(canonical.encode()).hexdigest()


def test_the_zone_in_which_a_time_is_told_does_not_matter():
    elsewhere = replace(RECORD, time=RECORD.time.astimezone(timezone(timedelta(hours=5, minutes=30))))
    assert digest("w", 1, elsewhere, GENESIS) == digest("w", 1, RECORD, GENESIS)


def test_the_order_of_keys_does_not_matter():
    swapped = replace(RECORD, after={"capital": "100000.00", "name": "größer"})
    assert digest("w", 1, swapped, GENESIS) == digest("w", 1, RECORD, GENESIS)


@given(st.sampled_from(["actor", "action", "object", "address", "request_id"]), st.text())
def test_changing_any_text_changes_the_hash(name: str, value: str):
    assume(getattr(RECORD, name) != value)
    assert digest("w", 1, replace(RECORD, **{name: value}), GENESIS) != digest("w", 1, RECORD, GENESIS)


def test_writer_place_and_predecessor_are_covered():
    variants = {
        digest("w", 1, RECORD, GENESIS),
        digest("v", 1, RECORD, GENESIS),
        digest("w", 2, RECORD, GENESIS),
        digest("w", 1, RECORD, "1" * 64),
        digest("w", 1, replace(RECORD, before={}), GENESIS),
        digest("w", 1, replace(RECORD, time=RECORD.time + timedelta(microseconds=1)), GENESIS),
    }
    assert len(variants) == 6


def test_what_is_not_json_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest("w", 1, replace(RECORD, after={"ratio": float("nan")}), GENESIS)
