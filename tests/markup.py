"""A page as a tree, read strictly: an element that is not closed in order is an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "input", "br", "hr"}


@dataclass
class Element:
    """`texts` are its own and those of what it holds, in order."""

    name: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return (self.attributes.get("class") or "").split()

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def __iter__(self) -> Iterator[Element]:
        """Every element within, itself included."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    def all(self, name: str | None = None, *classes: str, **attributes: str) -> list[Element]:
        return [
            each
            for each in self
            if (name is None or each.name == name)
            and set(classes) <= set(each.classes)
            and all(
                each.attributes.get(key.rstrip("_").replace("_", "-")) == value for key, value in attributes.items()
            )
        ]

    def one(self, name: str | None = None, *classes: str, **attributes: str) -> Element:
        (found,) = self.all(name, *classes, **attributes)
        return found

    def where(self, holds: Callable[[Element], bool]) -> list[Element]:
        return [each for each in self if holds(each)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in <{tag}>"
        element = Element(tag, dict(attrs))
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].name == tag, f"</{tag}> closes <{self._open[-1].name}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def done(self) -> Element:
        self.close()
        assert self._open == [self.root], f"<{self._open[-1].name}> is not closed"
        return self.root


def read_page(text: str) -> Element:
    """The tree of an HTML page, or of SVG."""
    reader = _Reader()
    reader.feed(text)
    return reader.done()
