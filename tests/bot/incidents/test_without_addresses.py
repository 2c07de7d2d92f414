"""What a custom action's own call answered, without what may be an address or a credential."""

import pytest

from bot.incidents.messages.actions.custom_action import without_addresses


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("connection refused", "connection refused"),
        ("the agent answered 502", "the agent answered 502"),
        ("v1.2.3 is not installed, see README.md", "v1.2.3 is not installed, see README.md"),
        ("Post https://user:pw@ops.example.com/run?token=abc: refused", "Post … refused"),
        ("dial tcp 10.0.0.7:443: refused", "dial tcp …: refused"),
        ("dial tcp [fe80::1%eth0]:443: refused", "dial tcp …: refused"),
        ("lookup ops.example.com: no such host", "lookup … no such host"),
        ("ops.example.com:8443 is down", "… is down"),
        ("hooks.example.com/services/T0/B0/abc answered 404", "… answered 404"),
        ("Authorization: Bearer abc.def was refused", "… was refused"),
        ("bad x-api-key: abc123", "bad …"),
        ('{"app_key":"abc123"}', '{"…"}'),
        ("token=abc&region=eu", "…&region=eu"),
        ("the token is not valid", "the token is not valid"),
    ],
)
def test_addresses_and_credentials__are_left_out(said, left):
    assert without_addresses(said) == left


@pytest.mark.parametrize("said", ["a" * 500_000, "a." * 250_000, "1." * 250_000, "token" * 100_000, "[:" * 250_000])
def test_a_long_answer__is_cut_before_it_is_searched(said):
    assert len(without_addresses(said)) <= 2_000
