"""What our own clients are made with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from ...errors import UsageError
from ...policy import is_allowed

Certificate: TypeAlias = "str | tuple[str, str]"
"""The file of a client certificate, with the file of its key where that is another one."""


@dataclass(frozen=True, kw_only=True)
class ClientOptions:
    """`insecure` skips TLS checks; `proxy` is a URL; `cert` a client certificate's file, or (file, key file).

    Certificates may also go by host (`host`, `host:port` or `*.domain`; "" for any other host).

    `resolve` gives the addresses of a host and port where these are checked; None for the system's resolver.
    """

    insecure: bool = False
    proxy: str | None = None
    cert: Certificate | Mapping[str, Certificate] | None = None
    resolve: Callable[[str, int], Sequence[str]] | None = None

    def cert_for(self, url: str) -> Certificate | None:
        """The certificate that the host of a URL is shown, None for none, and for `http:`."""
        if self.cert is None or url[:6].lower() != "https:":
            return None
        if not isinstance(self.cert, Mapping):
            return self.cert
        named = (certificate for host, certificate in self.cert.items() if host and is_allowed(url, (host,)))
        return next(named, self.cert.get(""))

    def tls(self, cert: Certificate | None = None) -> Any:
        """The TLS context, made for the first https request only: reading the authorities takes 25 ms.

        `cert` is what the other side is shown.

        Raises:
            UsageError: a certificate that cannot be loaded.
        """
        import ssl

        if self.insecure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        else:
            context = _trusted(ssl)
        if cert is not None:
            file, key = cert if isinstance(cert, tuple) else (cert, None)
            try:
                context.load_cert_chain(file, key)
            except OSError as error:
                raise UsageError(
                    f"the certificate {file} cannot be loaded: {error}", hint="--cert [HOST=]FILE[,KEY]"
                ) from None
        return context

    @property
    def names_authorities(self) -> bool:
        """Whether variables name the authorities to trust."""
        return bool(os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"))

    def proxy_for(self, url: str) -> str | None:
        """The proxy of a URL: the given one, else what HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say."""
        if self.proxy is not None:
            return self.proxy
        if not self._environment:
            return None
        from urllib.request import proxy_bypass

        parts = urlsplit(url)
        if proxy_bypass(parts.netloc):
            return None
        found = self._environment.get(parts.scheme.lower()) or self._environment.get("all")
        return found if found is None or "://" in found else f"http://{found}"

    def proxies(self) -> tuple[str, ...]:
        """The proxies that may be used: the given one, else those of the environment."""
        return (self.proxy,) if self.proxy is not None else tuple(self._environment.values())

    @cached_property
    def _environment(self) -> dict[str, str]:
        if sys.platform not in ("darwin", "win32") and not any(n.lower().endswith("_proxy") for n in os.environ):
            return {}  # urllib.request takes 20 ms to load, and would find nothing
        from urllib.request import getproxies

        return {name: url for name, url in getproxies().items() if name in ("http", "https", "all") and url}


def _trusted(ssl: Any) -> Any:
    file, folder = os.environ.get("SSL_CERT_FILE") or None, os.environ.get("SSL_CERT_DIR") or None
    if file or folder:
        try:
            return ssl.create_default_context(cafile=file, capath=folder)
        except OSError as error:
            raise UsageError(f"the authorities in {file or folder} cannot be loaded: {error}") from None
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
