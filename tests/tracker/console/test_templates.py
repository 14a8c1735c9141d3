"""What the templates must hold so that every page works without JavaScript and under the policy."""

import re
from importlib.resources import files

import pytest

TEMPLATES = {
    file.name: file.read_text("utf-8")
    for file in files("tracker.console").joinpath("templates").iterdir()
}


def tags(name: str, *wanted: str) -> list[str]:
    """The opening tags of a template, its own marks left out of the way."""
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "…", TEMPLATES[name], flags=re.DOTALL)
    return re.findall(rf"<(?:{'|'.join(wanted)})\b[^>]*>", plain)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_form_and_every_swapped_link_works_without_the_script(name: str) -> None:
    for form in tags(name, "form"):
        assert re.search(r'\bmethod="(get|post)"', form), form
        assert re.search(r'\baction="[^"]+"', form), form
    for swapped in (tag for tag in tags(name, r"\w+") if "data-swap" in tag):
        needed = {"a": "href", "form": "action"}.get(swapped[1:].split()[0], "formaction")
        assert re.search(rf'\b{needed}="[^"]+"', swapped), swapped


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_form_that_writes_carries_the_token_and_no_tag_a_script_or_a_style(name: str) -> None:
    for form in re.findall(r'<form[^>]*method="post".*?</form>', TEMPLATES[name], re.DOTALL):
        assert re.search(r"csrf|start\(\)", form) or 'action="/login"' in form, form
    for tag in tags(name, r"\w+"):
        assert not re.search(r'\s(on\w+|style)="', tag), tag
    assert "|safe" not in TEMPLATES[name]
