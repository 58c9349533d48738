"""What a visitor of the app does: open a page, press, upload, read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
LANGUAGES = ("de", "en")
PAGES = ("start", "global", "local", "counterfactuals", "whatif")

Visit = Callable[..., AppTest]


def go(visitor: AppTest, page: str) -> AppTest:
    """To another page, as if its link in the navigation was clicked."""
    return visitor.switch_page(f"pages/{page}.py").run()


def said(visitor: AppTest) -> str:
    """Everything that is written on the page."""
    return "\n".join(element.value for element in (*visitor.title, *visitor.header, *visitor.markdown))


def stills(visitor: AppTest) -> list[str]:
    """The figures that are part of the page, as HTML."""
    return [element.proto.body for element in visitor.get("html") if 'class="still"' in element.proto.body]


def press(visitor: AppTest, key: str) -> AppTest:
    return visitor.button(key=key).click().run()


def upload(visitor: AppTest, role: str, name: str, content: bytes) -> AppTest:
    found = next(uploader for uploader in visitor.file_uploader if uploader.key.startswith(f"upload_{role}"))
    return found.upload(name, content).run()


def demo_file(name: str) -> bytes:
    return (ROOT / "models" / name).read_bytes()


def assert_whole(visitor: AppTest) -> None:
    """No exception box, and nothing that went wrong unexpectedly."""
    assert not visitor.exception
    assert ":material/error:" not in said(visitor)
