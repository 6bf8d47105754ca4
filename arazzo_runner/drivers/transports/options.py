"""What our own clients are made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """`insecure` skips TLS checks; `proxy` is a URL; `cert` a client certificate's file, or (file, key file)."""

    insecure: bool = False
    proxy: str | None = None
    cert: str | tuple[str, str] | None = None

    def httpx(self, https: bool) -> dict[str, Any]:
        """Arguments of httpx.Client; the TLS context is made for https only (25 ms)."""
        return {
            "verify": self.tls() if https else False,
            "proxy": self.proxy,
            "trust_env": True,
            "follow_redirects": False,
        }

    def tls(self) -> Any:
        """The TLS context.

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
        if self.cert is not None:
            file, key = self.cert if isinstance(self.cert, tuple) else (self.cert, None)
            try:
                context.load_cert_chain(file, key)
            except (OSError, ssl.SSLError) as error:
                raise UsageError(
                    f"the certificate {file} cannot be loaded: {error}", hint="--cert FILE[,KEY]"
                ) from None
        return context


def _trusted(ssl: Any) -> Any:
    import os

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file, capath=folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
