"""A setting is declared once: whatever repeats it follows from the declaration."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from singer_sdk.about import AboutFormatter

from tap_bigcommerce.problems import problems
from tap_bigcommerce.settings import DECLARATIONS
from tap_bigcommerce.tap import TapBigCommerce
from tools import docs
from tools.domains import DOMAINS, MODULES

ROOT = Path(__file__).parents[2]
EXTRACTOR = yaml.safe_load((ROOT / "meltano.yml").read_text())["plugins"]["extractors"][0]


@pytest.mark.parametrize("name", docs.GENERATED)
def test_nothing_that_is_generated_lags(name):
    """Mended by `python3 dev.py docs`."""
    current, wanted = docs.generated(name)
    assert current == wanted


@pytest.mark.parametrize("name", ["meltano.yml", "README.md"])
def test_a_change_by_hand_is_noticed(name):
    current, wanted = docs.generated(name)
    generate = docs.GENERATED[name]
    assert generate(current.replace("max_concurrency", "max_concurency", 1)) == wanted
    with pytest.raises(ValueError, match="markers"):
        generate("a file that lost its markers")


def test_no_page_is_about_what_is_no_more():
    """Mended by `python3 dev.py docs`."""
    assert docs.left_over() == []


def test_a_page_that_nothing_generates_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    (tmp_path / docs.PAGES).mkdir(parents=True)
    for name in ("README.md", "of_old.md"):
        (tmp_path / docs.PAGES / name).write_text("")
    assert docs.left_over() == [f"{docs.PAGES}/of_old.md"]


def test_every_module_of_streams_is_in_a_domain():
    """Mended in `tools/domains.py`."""
    listed = [module for modules in DOMAINS.values() for module in modules]
    assert sorted(listed) == sorted(MODULES)


DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#:]*)#?([^):]*)\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_links_to_is_there(document):
    """A file, and in it the heading: as GitHub writes them in addresses, the first of its kind."""
    for name, anchor in LINK.findall(document.read_text()):
        target = document.parent / name if name else document
        assert target.exists(), name
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            anchors = [re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings]
            assert anchors.count(anchor) == 1, f"{name}#{anchor}"


@pytest.mark.parametrize("form", sorted(AboutFormatter.formats))
def test_about_tells_every_setting_in_every_form(form, capsys):
    TapBigCommerce.print_about(output_format=form)
    told = capsys.readouterr().out
    assert [it.name for it in DECLARATIONS if it.name not in told] == []


def test_about_gives_each_setting_a_title_a_sentence_and_its_default():
    properties = TapBigCommerce.config_jsonschema["properties"]
    for it in DECLARATIONS:
        assert properties[it.name]["title"] == it.title
        assert properties[it.name]["description"] == it.description
        assert properties[it.name].get("default") == it.default
        assert it.description.endswith(".")
        assert it.description[0].isupper() or it.description.split()[0] in it.choices


def test_the_sample_configuration_is_accepted_as_it_is():
    assert problems(json.loads((ROOT / "sample_config.json").read_text())) == []


def test_meltano_s_configuration_is_accepted_as_it_is():
    assert problems(EXTRACTOR["config"]) == []


def test_meltano_s_defaults_are_accepted_too():
    defaults = {it["name"]: it["value"] for it in EXTRACTOR["settings"] if "value" in it}
    assert problems({**defaults, **EXTRACTOR["config"]}) == []


def test_meltano_keeps_every_secret_to_itself():
    sensitive = {it["name"] for it in EXTRACTOR["settings"] if it.get("sensitive")}
    assert sensitive == {it.name for it in DECLARATIONS if it.is_secret}


def test_meltano_knows_the_capabilities_that_the_tap_has():
    assert set(EXTRACTOR["capabilities"]) <= {it.value for it in TapBigCommerce.capabilities}
