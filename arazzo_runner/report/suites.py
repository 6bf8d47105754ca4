"""JUnit XML: what its reports have in common."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, indent, tostring

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text without the characters that XML has no form for (XML 1.0, 2.2)."""
    return _NOT_XML.sub("�", text)


def written(root: Element) -> str:
    """The document of a `testsuites` element, whose counts and times are filled in."""
    for suite in [*root.findall("testsuite"), root]:
        _count(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _count(suite: Element) -> None:
    suite.set("tests", str(len(list(suite.iter("testcase")))))
    for plural, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(plural, str(len(list(suite.iter(tag)))))
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in suite.iter('testcase')):.3f}")
