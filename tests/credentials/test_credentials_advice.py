"""What a 401 prints, where a value is there but was held back (interface, "Secrets"; decision 124)."""

from __future__ import annotations

from arazzo_runner.credentials import Credentials
from arazzo_runner.messages import Request, SecurityRequirement

BEARER = SecurityRequirement("bearerAuth", {"type": "http", "scheme": "bearer"}, source="shop")
REMOTE = Request("GET", "https://api.example:8443/x", security=((BEARER,),), remote=True)


def test_a_variable_that_was_held_back_is_named_with_the_option_that_sends_it():
    credentials = Credentials(env={"ARAZZO_AUTH_SHOP__BEARERAUTH": "secret-token"})

    advice = credentials.advice(REMOTE)

    assert advice is not None
    assert "ARAZZO_AUTH_SHOP__BEARERAUTH was not sent to api.example:8443" in advice
    assert "--allow-host api.example:8443" in advice
    assert "secret-token" not in advice


def test_without_a_value_the_advice_is_how_to_give_one():
    advice = Credentials().advice(REMOTE)

    assert advice == "'bearerAuth' (http bearer): --auth bearerAuth=TOKEN or ARAZZO_AUTH_BEARERAUTH=TOKEN"


def test_a_value_that_was_sent_is_not_called_held_back():
    credentials = Credentials(env={"ARAZZO_AUTH_BEARERAUTH": "secret-token"}, allow_hosts=("api.example",))

    assert "was not sent" not in (credentials.advice(REMOTE) or "")


def test_a_user_name_without_a_password_is_the_secret():
    basic = SecurityRequirement("basic", {"type": "http", "scheme": "basic"})

    signed = Credentials({"basic": "key-12345:"}).sign(Request("GET", "https://x/", security=((basic,),)))

    assert ("basic.username", "key-12345") in signed.secrets
