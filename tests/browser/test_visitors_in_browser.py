"""Links, reloading, and several visitors at once: everybody keeps their own language, model and case."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from xai.texts import catalogue


def codes(visitor) -> dict[str, str]:
    """What the address carries."""
    return {name: values[0] for name, values in parse_qs(urlsplit(visitor.page.url).query).items()}


def test_the_link_decides_the_language_not_the_browser_and_reloading_keeps_all(visit, server):
    visitor = visit(server, "en")
    visitor.language = "de"
    visitor.open("local", model="penguins", case="incomplete", lang="de")
    before = (visitor.answer(), codes(visitor))
    visitor.page.reload()
    visitor.wait("local")
    assert (visitor.answer(), codes(visitor)) == before
    assert before[1] | {"model": "penguins", "case": "incomplete", "lang": "de"} == before[1]


def test_a_link_to_what_does_not_exist_says_so_and_shows_something_else(visit, server):
    visitor = visit(server, "en")
    visitor.open("local", model="penguins", case="nobody", **{"class": "Emperor"})
    for note in ("unknown_case", "unknown_class"):
        assert visitor.page.get_by_text(catalogue("en").say(f"frame.note.{note}")).is_visible()
    assert visitor.answer()


def test_the_case_goes_along_from_page_to_page_and_into_the_other_language(visit, server):
    visitor = visit(server, "en")
    visitor.open("local", model="titanic", case="jack")
    assert "Jack" in visitor.answer()
    for page in ("counterfactuals", "whatif", "local"):
        visitor.go(page)
        assert codes(visitor)["case"] == "jack"
    assert "Jack" in visitor.answer()
    visitor.language = "de"
    visitor.part("language_choice").get_by_role("radio", name="DE").click()
    visitor.wait("local")
    assert "Jack" in visitor.answer()
    assert codes(visitor) | {"lang": "de", "case": "jack"} == codes(visitor)


def test_visitors_do_not_meet(visit, server):
    first, second = visit(server, "de"), visit(server, "en", "dark")
    first.open("local", model="titanic", case="rose")
    second.open("local", model="cars", case="heaviest")
    seen = first.answer(), second.answer()
    assert seen[0] != seen[1]
    for visitor, page in ((first, "whatif"), (second, "counterfactuals"), (first, "local"), (second, "local")):
        visitor.go(page)
    assert (first.answer(), second.answer()) == seen
    assert (codes(first)["model"], codes(second)["model"]) == ("titanic", "cars")
