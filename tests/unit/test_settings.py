"""Settings are understood in every form people write them in, and refused in one clear sentence."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from importlib import metadata

import pytest

from tap_bigcommerce import settings
from tap_bigcommerce.problems import problems
from tap_bigcommerce.settings import CONFIG_JSONSCHEMA, DECLARATIONS, Settings

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECRET = "s3cr3tvalue0fthestore"
GOOD = {"store_id": "abc123", "auth_scheme": "PersonalAccessToken", "access_token": SECRET}


def complaints(**changes):
    """What is wrong with a good configuration after these changes."""
    return problems({**GOOD, **changes}, NOW)


def test_a_minimal_configuration_is_accepted():
    assert complaints() == []


def test_defaults_are_filled_in():
    parsed = Settings.from_config(GOOD)
    assert parsed.max_concurrency == 8
    assert parsed.page_size == 250
    assert parsed.api_url == "https://api.bigcommerce.com"
    assert parsed.start_date is None
    assert parsed.channel_ids == ()
    assert parsed.user_agent.startswith("tap-bigcommerce")


def test_every_default_is_a_value_that_the_setting_accepts():
    assert (
        complaints(**{it.name: it.default for it in DECLARATIONS if it.default is not None}) == []
    )


@pytest.mark.parametrize(
    "given_id",
    [
        "abc123",
        " abc123 ",
        "stores/abc123",
        "/stores/abc123/v3/",
        "https://api.bigcommerce.com/stores/abc123/v3/",
        "https://api.bigcommerce.com/stores/abc123",
        "api.bigcommerce.com/stores/abc123/v2/orders?limit=1",
        "https://store-abc123.mybigcommerce.com",
        "https://store-abc123.mybigcommerce.com/manage/settings",
        "store-abc123.mybigcommerce.com",
        "https://store-abc123-2.mybigcommerce.com/",
        "HTTPS://STORE-ABC123.MYBIGCOMMERCE.COM/manage",
    ],
)
def test_a_store_is_understood_in_every_form_it_is_copied_in(given_id):
    assert complaints(store_id=given_id) == []
    assert Settings.from_config({**GOOD, "store_id": given_id}).store_hash == "abc123"


def test_a_hash_of_digits_alone_may_be_a_json_number():
    assert Settings.from_config({**GOOD, "store_id": 4711}).store_hash == "4711"


@pytest.mark.parametrize(
    "given_id",
    [
        "https://www.example.com",
        "abc 123",
        "abc_123",
        "<store_id>",
        "your-store-hash",
        "$STORE",
        1.5,
    ],
)
def test_what_is_no_store_is_refused(given_id):
    (sentence,) = complaints(store_id=given_id)
    assert sentence.startswith("store_id ")


@pytest.mark.parametrize("absent", [None, "", "  ", "\n"])
@pytest.mark.parametrize("name", ["store_id", "auth_scheme", "access_token"])
def test_a_missing_required_setting_says_where_to_find_it(name, absent):
    (sentence,) = complaints(**{name: absent})
    assert sentence.startswith(f"{name} is missing: write ")


def test_nothing_configured_asks_for_exactly_the_required_settings():
    assert [sentence.split()[0] for sentence in problems({})] == [
        "store_id",
        "auth_scheme",
        "access_token",
    ]


@pytest.mark.parametrize(
    "placeholder",
    [
        "<access_token>",
        "your_access_token",
        "YOUR-TOKEN",
        "${BC_TOKEN}",
        "$BC_TOKEN",
        "%BC_TOKEN%",
        "{{ token }}",
        "xxxxxxxx",
        "********",
        "...",
        "changeme",
        "TODO",
        "access_token",
        "X-Auth-Token",
    ],
)
def test_a_placeholder_is_not_taken_for_a_token(placeholder):
    (sentence,) = complaints(access_token=placeholder)
    assert sentence.startswith("access_token still holds a placeholder")


@pytest.mark.parametrize("token", ["two words", f"{SECRET}\n", f" {SECRET}", "to\tken", "tokén"])
def test_a_token_that_was_copied_badly_is_refused(token):
    (sentence,) = complaints(access_token=token)
    assert sentence.startswith("access_token contains ")


def test_a_token_must_be_text():
    assert complaints(access_token=12345) == ["access_token must be text in quotes."]


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_the_client_secret_in_the_place_of_the_token_is_noticed(name):
    """BigCommerce shows three values at once, and people copy the wrong one."""
    (sentence,) = complaints(**{name: SECRET})
    assert sentence.startswith("access_token repeats the client ID or secret")


@pytest.mark.parametrize("written", ["oauth", "OAUTH", "oAuth"])
def test_a_scheme_in_the_wrong_case_is_told_the_right_one(written):
    assert complaints(auth_scheme=written) == ["auth_scheme must be spelled OAuth."]


def test_an_unknown_choice_is_told_all_of_them():
    assert complaints(decimal_type="float") == [
        "decimal_type must be number, string or x-singer.decimal."
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("acess_token", "access_token"), ("store_hash", "store_id"), ("Page_Size", "page_size")],
)
def test_a_misspelled_setting_is_told_the_right_name(written, meant):
    assert complaints(**{written: "1"}) == [f"{written} is not a setting: write {meant}."]


def test_an_unknown_setting_like_no_other_is_to_be_removed():
    (sentence,) = complaints(qqqqqq=1)
    assert sentence == "qqqqqq is not a setting: remove it; --about lists every setting."


def test_settings_of_the_sdk_are_known():
    assert (
        complaints(
            stream_maps={},
            stream_map_config={},
            faker_config={},
            flattening_enabled=True,
            flattening_max_depth=1,
            flattening_separator="__",
            flattening_max_key_length=60,
        )
        == []
    )


def test_batches_are_refused_because_they_ignore_the_selection():
    (sentence,) = complaints(batch_config={})
    assert sentence.startswith("batch_config is not supported")


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("max_concurrency", "16", 16),
        ("max_concurrency", 16.0, 16),
        ("page_size", " 50 ", 50),
        ("quota_share", "0.5", 0.5),
        ("quota_share", Decimal("0.5"), 0.5),  # so the SDK reads a file
        ("quota_share", 1, 1.0),
        ("lookback_s", 0, 0),
        ("emit_deletes", "false", False),
        ("emit_deletes", 0, False),
        ("channel_ids", "1,2", (1, 2)),
        ("channel_ids", "[1, 2]", (1, 2)),
        ("channel_ids", ["1", 2, 2], (1, 2)),
        ("channel_ids", 3, (3,)),
        ("channel_ids", [], ()),
        ("proxy_url", "", None),
        ("max_retries", None, 8),
    ],
)
def test_text_from_the_environment_is_read_as_what_it_means(name, written, expected):
    assert complaints(**{name: written}) == []
    assert getattr(Settings.from_config({**GOOD, name: written}), name) == expected


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("max_concurrency", 0),
        ("max_concurrency", 65),
        ("max_concurrency", 1.5),
        ("max_concurrency", True),
        ("max_concurrency", "eight"),
        ("max_concurrency", "1_0"),
        ("max_concurrency", [8]),
        ("page_size", 251),
        ("page_size", 10**400),
        ("quota_share", 0),
        ("quota_share", 1.01),
        ("quota_share", "nan"),
        ("quota_share", Decimal("NaN")),
        ("quota_share", Decimal("sNaN")),
        ("request_timeout", 0),
        ("request_timeout", "inf"),
        ("max_retries", -1),
        ("retry_budget_s", -1),
        ("lookback_s", -1),
        ("channel_ids", "one"),
        ("channel_ids", [0]),
        ("channel_ids", {"id": 1}),
        ("channel_ids", [[1]]),
        ("emit_deletes", "ture"),
        ("emit_deletes", []),
        ("user_agent", "two\nlines"),
        ("user_agent", 1),
        ("start_date", 1704067200),
        ("start_date", "yesterday"),
        ("start_date", "2024-13-01"),
        ("start_date", "0001-01-01T00:00:00+14:00"),
        ("proxy_url", "proxy.example.com:3128"),
        ("proxy_url", "socks5://proxy.example.com"),
        ("ca_bundle", "no/such/file.pem"),
        ("ca_bundle", "zero\0byte"),
        ("api_url", "api.bigcommerce.com"),
        ("api_url", "https://"),
        ("api_url", "https://api.example.com:port"),
        ("api_url", "https://api.example.com:99999"),
        ("api_url", "https://[::1"),
        ("api_url", "https://api.exam ple.com"),
        ("api_url", "https://api.bigcommerce.com/stores/abc123/v3"),
        ("api_url", "https://api.bigcommerce.com/stores"),
        ("api_url", "https://user:word@api.bigcommerce.com"),
        ("api_url", "https://api.bigcommerce.com?x=1"),
        ("api_url", "http://api.bigcommerce.com"),
        ("b2b_api_url", "http://10.0.0.1"),
        ("login_url", "ftp://login.bigcommerce.com"),
    ],
)
def test_an_impossible_value_is_refused_in_one_sentence_about_it(name, written):
    (sentence,) = complaints(**{name: written})
    assert sentence.startswith(f"{name} ")
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8765",
        "http://localhost:8765/",
        "http://[::1]:8765",
        "https://gateway.example.com/bigcommerce/",
    ],
)
def test_addresses_of_this_machine_need_no_encryption(url):
    assert complaints(api_url=url) == []
    assert Settings.from_config({**GOOD, "api_url": url}).api_url == url.rstrip("/")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-01-31", datetime(2024, 1, 31, tzinfo=UTC)),
        ("2024-01-31T12:00:00Z", datetime(2024, 1, 31, 12, tzinfo=UTC)),
        ("2024-01-31T12:00:00+02:00", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("2024-01-31 12:00:00", datetime(2024, 1, 31, 12, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_utc(written, expected):
    parsed = Settings.from_config({**GOOD, "start_date": written})
    assert parsed.start_date == expected
    assert parsed.start_date.tzinfo is UTC


def test_a_start_in_the_future_is_refused():
    (sentence,) = complaints(start_date="2026-11-23")
    assert sentence == (
        "start_date lies in the future: write an earlier date. "
        "(By the clock of this machine it is 2026-11-22T00:00:00Z.)"
    )


@pytest.mark.parametrize("end", ["2024-01-01", "2023-12-31"])
def test_an_end_that_leaves_no_time_is_refused(end):
    """The same day twice is midnight twice: nothing would be read, though a day seems meant."""
    (sentence,) = complaints(start_date="2024-01-01", end_date=end)
    assert sentence.startswith("end_date must be later than start_date")


def test_the_sandbox_s_credentials_are_not_sent_to_bigcommerce():
    (sentence,) = complaints(access_token=settings.SANDBOX_TOKEN)
    assert sentence.startswith("api_url must be the sandbox's")
    assert complaints(access_token=settings.SANDBOX_TOKEN, api_url=settings.SANDBOX_URL) == []


def test_every_problem_is_told_at_once():
    found = problems({"acess_token": "x", "max_concurrency": "99", "auth_scheme": "oauth"}, NOW)
    assert [sentence.split()[0] for sentence in found] == [
        "acess_token",
        "store_id",
        "auth_scheme",
        "access_token",
        "max_concurrency",
    ]


def test_settings_without_credentials_can_be_read_for_discovery():
    parsed = Settings.from_config({"decimal_type": "string"})
    assert (parsed.store_hash, parsed.access_token, parsed.decimal_type) == ("", "", "string")


def test_an_unreadable_value_raises_the_sentence_of_its_problem():
    with pytest.raises(ValueError, match=r"^page_size must be a whole number from 1 to 250\.$"):
        Settings.from_config({"page_size": 999})


def test_repr_hides_every_secret():
    config = {it.name: f"{SECRET}{n}" for n, it in enumerate(DECLARATIONS) if it.is_secret}
    config["proxy_url"] = f"http://user:{SECRET}@proxy.example.com:3128"
    parsed = Settings.from_config(config)
    assert parsed.proxy_url == config["proxy_url"]
    assert SECRET not in repr(parsed)
    assert SECRET not in str(parsed)


def test_certificates_that_exist_are_accepted(tmp_path):
    assert complaints(ca_bundle=str(tmp_path)) == []


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_config(GOOD).page_size = 1  # type: ignore[misc] # what is refused


def test_the_schema_marks_secrets_and_requires_what_cannot_be_guessed():
    marked = {n for n, schema in CONFIG_JSONSCHEMA["properties"].items() if schema.get("secret")}
    app = {"client_id", "client_secret", "redirect_uri"}
    assert marked == {"access_token", "proxy_url", "personal_data_key", *app}
    assert CONFIG_JSONSCHEMA["required"] == ["store_id", "auth_scheme", "access_token"]


def test_the_user_agent_survives_a_tap_that_is_not_installed(monkeypatch):
    def not_installed(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", not_installed)
    assert settings._own_name() == "tap-bigcommerce"


ODD_VALUES: list[object] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        10**400,
        1.5,
        float("nan"),
        float("inf"),
        "",
        " ",
        "\n",
        "0",
        "a b",
    ),
    *(
        "\u0000",
        "\ud800",
        "é",
        "[",
        "[]",
        "{}",
        ",",
        "://",
        "http://",
        "https://[",
        "http://a:b",
        "٣",
    ),
    *("9999-12-31T23:59:59-14:00", "stores/", [], [None], [[]], {}, {"a": 1}),
]


@pytest.mark.parametrize("name", [it.name for it in DECLARATIONS])
def test_whatever_is_written_ends_in_a_setting_or_in_a_sentence(name):
    for value in ODD_VALUES:
        config = {**GOOD, name: value}
        found = problems(config, NOW)
        assert all(sentence.endswith(".") and "\n" not in sentence for sentence in found)
        if not found:
            Settings.from_config(config)


@pytest.mark.parametrize("name", [it.name for it in DECLARATIONS])
def test_no_sentence_repeats_a_value(name):
    """A secret may have been written into the wrong place."""
    for value in ("5ecret", "5ecret value\n", "http://5ecret", "https://u:5ecret@host", ["5ecret"]):
        assert not [s for s in problems({**GOOD, name: value}, NOW) if "5ecret" in s]
