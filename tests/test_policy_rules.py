"""The rules of the network, by name and by address (docs/policy.md)."""

from __future__ import annotations

import pytest

from arazzo_runner.policy import Policy, Reach, host_of, is_allowed, kind_of, literal_of, literal_origins

ANY = Policy()


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("127.0.0.1", "private"),
        ("127.255.0.1", "private"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("0.0.0.0", "private"),
        ("0", "private"),
        ("224.0.0.1", "private"),
        ("255.255.255.255", "private"),
        ("2130706433", "private"),
        ("0x7f.1", "private"),
        ("0x7f000001", "private"),
        ("0177.0.0.1", "private"),
        ("127.1", "private"),
        ("[::1]", "private"),
        ("::", "private"),
        ("::ffff:127.0.0.1", "private"),
        ("::ffff:10.0.0.1", "private"),
        ("::127.0.0.1", "private"),
        ("2002:7f00:1::", "private"),
        ("64:ff9b::7f00:1", "private"),
        ("fd12:3456::1", "private"),
        ("fec0::1", "private"),
        ("ff02::1", "private"),
        ("169.254.1.1", "link-local"),
        ("169.254.169.254", "link-local"),
        ("2852039166", "link-local"),
        ("0xa9.0xfe.0xa9.0xfe", "link-local"),
        ("::ffff:169.254.169.254", "link-local"),
        ("64:ff9b::a9fe:a9fe", "link-local"),
        ("2002:a9fe:a9fe::", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fe80::1%25eth0", "link-local"),
        ("fd00:ec2::254", "link-local"),
        ("100.100.100.200", "link-local"),
        ("168.63.129.16", "link-local"),
        ("8.8.8.8", "public"),
        ("134744072", "public"),
        ("2606:4700::1111", "public"),
        ("::ffff:8.8.8.8", "public"),
        ("64:ff9b::808:808", "public"),
    ],
)
def test_an_address_is_known_in_every_form(host: str, kind: str):
    found = literal_of(host)

    assert found is not None
    assert kind_of(found) == kind


@pytest.mark.parametrize("host", ["example.com", "localhost", "1.2.3.4.5", "1.example", "0x.com", "", "256.1.1.1x"])
def test_a_name_is_no_address(host: str):
    assert literal_of(host) is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://EXAMPLE.com./", "example.com"),
        ("http://127%2e0.0.1:8/", "127.0.0.1"),
        ("http://１２７.0.0.1/", "127.0.0.1"),
        ("http://ⓛocalhost/", "localhost"),
        ("http://[::1]:8/", "::1"),
        ("http://b\u00fccher.example/", "xn--bcher-kva.example"),
    ],
)
def test_a_host_is_what_clients_make_of_it(url: str, host: str):
    assert host_of(url) == host


# -- where to -------------------------------------------------------------------------------------------------------

PRIVATE = ["http://127.0.0.1/", "http://localhost:8/", "http://10.0.0.1/", "http://[::1]/",
           "http://2130706433/", "http://nas.local/", "http://intranet/", "http://a.internal/", "http://127%2e0.0.1/",
           "http://0/"]  # fmt: skip
METADATA = ["http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://metadata.google.internal/",
            "http://metadata/", "http://[fe80::1%25eth0]/", "http://2852039166/"]  # fmt: skip


@pytest.mark.parametrize("url", PRIVATE)
def test_private_hosts_are_for_local_documents(url: str):
    assert ANY.check(url) is None
    refusal = ANY.check(url, remote=True)

    assert refusal is not None
    assert "only what came by URL names it" in refusal.message
    assert refusal.hint == f"--allow-host {host_of(url)} allows it"


@pytest.mark.parametrize("url", PRIVATE)
def test_private_hosts_are_refused_when_asked_for(url: str):
    refusal = Policy(deny_private=True).check(url)

    assert refusal is not None
    assert "--deny-private" in refusal.message


@pytest.mark.parametrize("url", METADATA)
def test_metadata_services_are_always_refused(url: str):
    refusal = ANY.check(url)

    assert refusal is not None
    assert "metadata" in refusal.message
    assert refusal.hint is not None
    assert "--allow-host" in refusal.hint


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/", "http://localhost/", "http://169.254.169.254/",
                                 "http://metadata.google.internal/"])  # fmt: skip
def test_a_host_that_is_named_may_be_anything(url: str):
    named = (host_of(url),)

    for policy in (Policy(allow_hosts=named), Policy(named_hosts=named), Policy(named_hosts=named, deny_private=True)):
        assert policy.check(url, remote=True) is None


def test_a_name_that_is_named_does_not_name_a_metadata_service():
    policy = Policy(allow_hosts=("api.example",))

    assert policy.check("http://api.example/", address="10.0.0.1", remote=True) is None
    refusal = policy.check("http://api.example/", address="169.254.169.254")
    assert refusal is not None
    assert refusal.message == "api.example is 169.254.169.254, a link-local or metadata address"
    assert refusal.hint == "--allow-host api.example --allow-host 169.254.169.254 allows it"
    both = Policy(allow_hosts=("api.example", "169.254.169.254"))
    assert both.check("http://api.example/", address="169.254.169.254") is None


def test_an_address_that_is_named_with_a_port_is_named_for_that_port():
    policy = Policy(named_hosts=("127.0.0.1:8000", "[::1]:8000"))

    for url in ("http://127.0.0.1:8000/", "http://[::1]:8000/"):
        assert policy.check(url, remote=True) is None
    assert policy.check("http://a.example:8000/", address="127.0.0.1", remote=True) is None
    for url in ("http://127.0.0.1/", "http://127.0.0.1:6379/", "http://[::1]:6379/"):
        assert policy.check(url, remote=True) is not None
    assert policy.check("http://a.example:6379/", address="127.0.0.1", remote=True) is not None


def test_an_address_is_judged_beside_the_name():
    refusal = ANY.check("https://api.example/", address="::ffff:10.0.0.1", remote=True)

    assert refusal is not None
    assert refusal.message.startswith("api.example is ::ffff:")
    assert ANY.check("https://api.example/", address="8.8.8.8", remote=True) is None


def test_through_a_proxy_only_the_name_is_checked_and_the_message_says_so():
    refusal = ANY.check("http://nas.local/", remote=True, proxied=True)

    assert refusal is not None
    assert "through a proxy its address cannot be checked" in refusal.message
    assert ANY.check("http://api.example/", remote=True, proxied=True) is None


def test_what_a_local_document_names_may_be_private_although_a_source_names_it_too():
    policy = Policy(local_hosts=("127.0.0.1:8000",))

    assert policy.check("http://127.0.0.1:8000/x", remote=True) is None
    assert policy.check("http://127.0.0.1:6379/x", remote=True) is not None
    assert Policy(local_hosts=("127.0.0.1:8000",), deny_private=True).check("http://127.0.0.1:8000/") is not None


def test_only_urls_that_say_where_they_lead_name_an_origin():
    urls = ["http://127.0.0.1:8000/a", "https://localhost/x", "http://[::1]/", "https://example.com/", "http://[bad"]

    assert list(literal_origins(urls)) == ["127.0.0.1:8000", "localhost:443", "[::1]:80"]
    assert is_allowed("http://[::1]/", ["[::1]:80"])


# -- which hosts ----------------------------------------------------------------------------------------------------


def test_the_hosts_are_those_of_the_descriptions_unless_others_are_named():
    default = Policy(default_hosts=("api.example", "auth.example"))

    assert default.check("https://auth.example/token") is None
    refusal = default.check("https://evil.example/?api.example")
    assert refusal is not None
    assert "evil.example is not allowed: the descriptions name api.example, auth.example" in refusal.message
    named = Policy(default_hosts=("api.example",), allow_hosts=("other.example",))
    assert named.check("https://other.example/") is None
    assert named.check("https://api.example/") is not None


def test_the_project_narrows_the_hosts_and_adds_none():
    policy = Policy(default_hosts=("a.example", "b.example"), within_hosts=("b.example", "c.example"))

    assert [policy.check(f"https://{host}.example/") is None for host in "abc"] == [False, True, False]


# -- what -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "get"])
def test_a_run_that_only_reads_reads(method: str):
    assert Policy(read_only=True).check("https://a.example/", method=method) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "COPY", "post"])
def test_a_run_that_only_reads_sends_nothing_else(method: str):
    refusal = Policy(read_only=True).check("https://a.example/", method=method)

    assert refusal is not None
    assert f"{method} is not sent" in refusal.message
    assert "--read-only" in refusal.message
    assert Policy(read_only=True).for_tokens().check("https://a.example/", method=method) is None


def test_methods_can_be_listed():
    policy = Policy(methods=("GET", "POST"))

    assert policy.check("https://a.example/", method="post") is None
    assert policy.check("https://a.example/", method="DELETE") is not None


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://a.example/", True),
        ("HTTPS://a.example/", True),
        ("http://127.0.0.1:8/", True),
        ("http://localhost/", True),
        ("http://dev.localhost/", True),
        ("http://[::1]/", True),
        ("http://a.example/", False),
        ("http://10.0.0.1/", False),
        ("http://localhost.example/", False),
    ],
)
def test_a_credential_goes_without_tls_to_this_machine_only(url: str, sent: bool):
    assert (ANY.check(url, signed=True) is None) is sent
    assert Policy(allow_http=True).check(url, signed=True) is None
    assert ANY.check(url) is None


def test_within_a_process_there_is_no_network_to_protect():
    assert Policy(deny_private=True).check("http://testserver/", signed=True, remote=True, network=False) is None
    assert Policy(read_only=True).check("http://testserver/", method="POST", network=False) is not None


def test_what_is_no_address_is_refused():
    assert Reach().refusal("a.example", "nonsense") is not None
