"""A setting is declared once: whatever repeats it follows from the declaration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from singer_sdk.about import AboutFormatter

from tap_bigcommerce.settings import DECLARATIONS, NOT_YET_AVAILABLE, problems
from tap_bigcommerce.tap import TapBigCommerce
from tools import docs

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
        assert it.words.endswith(".")
        assert it.words[0].isupper() or it.words.split()[0] in it.choices


def test_no_setting_says_that_a_missing_feature_exists():
    names = {it.name: it for it in DECLARATIONS}
    for name, value in NOT_YET_AVAILABLE:
        assert value != names[name].default


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
