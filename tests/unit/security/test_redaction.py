"""Secrets do not reach a log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.security.redaction import MASK, is_secret, redacted, without_password

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-010")]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "PASSWORD_HASH",
        "api_key",
        "apiKey",
        "X-Api-Key",
        "refresh-token",
        "client_secret",
        "mfa",
        "db_pwd",
        "sshPassphrase",
        "private-key",
        "SigningKey",
        "Proxy-Authorization",
        "Set-Cookie",
        "otp",
    ],
)
def test_names_of_secrets_are_known_in_any_spelling(name: str):
    assert is_secret(name)


@pytest.mark.parametrize("name", ["username", "symbol", "key", "commission_bps"])
def test_other_names_are_not_secret(name: str):
    assert not is_secret(name)


@given(json_values)
def test_nothing_under_a_secret_name_is_left_however_deep(value: object):
    hidden = redacted({"a": [{"password": ["canary", value]}, {"b": {"token": {"c": "canary"}}}]})
    assert hidden == {"a": [{"password": MASK}, {"b": {"token": MASK}}]}


@given(json_values)
def test_redacting_twice_is_redacting_once(value: object):
    assert redacted(redacted(value)) == redacted(value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://ada:canary@host/lts", f"postgresql://ada:{MASK}@host/lts"),
        ("postgresql://ada:can@ary@host/lts", f"postgresql://ada:{MASK}@host/lts"),
        ("postgresql://ada@host/lts", "postgresql://ada@host/lts"),
        ("see http://host:80/path", "see http://host:80/path"),
        ("https://host/a@b", "https://host/a@b"),
        ("postgresql://ada:canary space@host/lts", f"postgresql://ada:{MASK}@host/lts"),
        ("https://ada:can/ss@canary@host/lts", f"https://ada:{MASK}@host/lts"),
        ("https://ada x:canary@host/lts", f"https://{MASK}@host/lts"),
        ("https://ada/x:canary@host/lts", f"https://{MASK}@host/lts"),
        ("//ada:canary@host", f"//ada:{MASK}@host"),
        ("://" * 100_000, "://" * 100_000),
    ],
)
def test_the_password_of_a_url_is_masked(text: str, shown: str):
    assert without_password(text) == shown
    assert redacted({"url": text}) == {"url": shown}
