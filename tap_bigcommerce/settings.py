"""Every setting of the tap, once: its name, type, default and words.

`Settings` is both the declaration and the parsed result. `CONFIG_JSONSCHEMA` (and so `--about`),
`meltano.yml`, `sample_config.json` and the README's table follow from it by `python dev.py docs`.
How one value is read, and what is said about a wrong one, is in `readers.py`; what is wrong with
all that was given, in `problems.py`.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field, fields
from importlib import metadata
from typing import TYPE_CHECKING, Any, Self

from singer_sdk import Tap
from singer_sdk import typing as th

from tap_bigcommerce import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

# Settings of the SDK that this tap does not honour, and why.
REFUSED = {"batch_config": "batch files would carry fields that are deselected"}

SANDBOX_HASH = "sandbox"
SANDBOX_TOKEN = "sandbox-access-token"  # noqa: S105 - public, worth nothing outside the sandbox
SANDBOX_URL = "http://127.0.0.1:8765"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One setting as its user meets it."""

    name: str
    title: str
    description: str
    _: KW_ONLY
    reader: Callable[[object], Any] = readers.text
    type: type[th.JSONTypeHelper[Any]] | th.JSONTypeHelper[Any] = th.StringType
    default: Any = None
    # The parsed value where there is neither a given one nor a default.
    absent: Any = None
    is_secret: bool = False
    choices: tuple[str, ...] = ()
    # Only what is required has it.
    if_missing: str = ""

    @property
    def is_required(self) -> bool:
        """Whether nothing works without it."""
        return bool(self.if_missing)

    @property
    def schema(self) -> th.Property[Any]:
        """The setting in the SDK's terms."""
        return th.Property(
            self.name,
            self.type,
            required=self.is_required,
            default=self.default,
            title=self.title,
            description=self.description,
            secret=self.is_secret,
            allowed_values=list(self.choices) or None,
        )

    def given_in(self, config: Mapping[str, Any]) -> object:
        """What was given; blank text counts as nothing, as environments cannot say null."""
        value = config.get(self.name)
        return None if isinstance(value, str) and not value.strip() else value

    def read(self, config: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the type of its field
        """The parsed value, or a `ValueError` whose text is a whole sentence."""
        given = self.given_in(config)
        if given is None:
            given = self.default
        if given is None:
            return "" if self.is_required else self.absent
        try:
            return readers.one_of(*self.choices)(given) if self.choices else self.reader(given)
        except ValueError as error:
            message = f"{self.name} {error}"
            raise ValueError(message) from None


def _setting(name: str, title: str, description: str, **aspects: Any) -> Any:  # noqa: ANN401 - see Declaration
    declaration = Declaration(name, title, description, **aspects)
    return field(repr=not declaration.is_secret, metadata={"declaration": declaration})


def _own_name() -> str:
    try:
        return f"tap-bigcommerce/{metadata.version('tap-bigcommerce')}"
    except metadata.PackageNotFoundError:
        return "tap-bigcommerce"


# Not th.IntegerType: given by the environment, the SDK calls int() on it, and the traceback that
# follows a typing error names no setting. `readers.whole_number` refuses fractions.
WholeNumber = th.CustomType({"type": ["number"], "multipleOf": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a run, parsed. `repr` leaves the secrets out."""

    store_hash: str = _setting(
        "store_id",
        "Store",
        "The store hash, such as abc123. The API path or URL that contains it is understood too.",
        reader=readers.store_hash,
        if_missing="write the part after /stores/ in the API path that "
        "Settings > Store-level API accounts shows.",
    )
    auth_scheme: str = _setting(
        "auth_scheme",
        "Kind of API account",
        "PersonalAccessToken for a store-level API account, OAuth for an app. "
        "Both end in an access token that does not expire with time.",
        choices=("PersonalAccessToken", "OAuth"),
        if_missing="write PersonalAccessToken for a store-level API account, or OAuth for an app.",
    )
    access_token: str = _setting(
        "access_token",
        "Access token",
        "The access token of the API account. It is sent as the header X-Auth-Token.",
        reader=readers.credential,
        is_secret=True,
        if_missing="write the token that BigCommerce shows once, "
        "when you create an account under Settings > Store-level API accounts.",
    )
    client_id: str | None = _setting(
        "client_id",
        "Client ID",
        "The app's client ID, for `tap-bigcommerce-oauth`. Reading needs the access token alone.",
        reader=readers.credential,
        is_secret=True,
    )
    client_secret: str | None = _setting(
        "client_secret",
        "Client secret",
        "The app's client secret, for `tap-bigcommerce-oauth`. "
        "Reading needs the access token alone.",
        reader=readers.credential,
        is_secret=True,
    )
    redirect_uri: str | None = _setting(
        "redirect_uri",
        "Redirect URI",
        "The app's callback address, for `tap-bigcommerce-oauth`. "
        "Reading needs the access token alone.",
        is_secret=True,
    )
    start_date: datetime | None = _setting(
        "start_date",
        "Start",
        "Incremental streams begin with rows modified at this time. "
        "A date alone means its midnight; a time without an offset is UTC. "
        "The whole history when absent.",
        reader=readers.moment,
        type=th.DateTimeType,
    )
    end_date: datetime | None = _setting(
        "end_date",
        "End",
        "Incremental streams leave out rows modified after this time. For backfills in slices.",
        reader=readers.moment,
        type=th.DateTimeType,
    )
    # 8 requests of 200 ms are 1,200 in 30 s, more than any plan's published quota (450):
    # from there on the quota decides, and more would only queue.
    max_concurrency: int = _setting(
        "max_concurrency",
        "Concurrent requests",
        "How many requests are in flight at once, over all streams: 1 to 64.",
        reader=readers.whole_number(1, 64),
        type=WholeNumber,
        default=8,
    )
    # The quota belongs to the store. A tenth of the smallest plan's is 15 requests in 30 s:
    # enough for another app to go on during a backfill.
    quota_share: float = _setting(
        "quota_share",
        "Share of the quota",
        "The part of the store's request quota that this tap may use, above 0 and at most 1. "
        "The rest is left to the store's other apps.",
        reader=readers.number(above=0, most=1),
        type=th.DecimalType,
        default=0.9,
    )
    page_size: int = _setting(
        "page_size",
        "Rows in a page",
        "The most rows to ask for in one request: 1 to 250. "
        "Endpoints with a smaller maximum use theirs.",
        reader=readers.whole_number(1, 250),
        type=WholeNumber,
        default=250,
    )
    # A full page with includes may take some seconds; one that is silent for a minute is lost.
    request_timeout_s: float = _setting(
        "request_timeout",
        "Timeout",
        "Seconds without an answer after which a request is given up and tried again.",
        reader=readers.number(least=1, most=600),
        type=th.DecimalType,
        default=60,
    )
    # Doubling from half a second, eight waits are about two minutes.
    max_retries: int = _setting(
        "max_retries",
        "Retries",
        "How often one request is tried again after an error that can heal: 0 to 50.",
        reader=readers.whole_number(0, 50),
        type=WholeNumber,
        default=8,
    )
    retry_budget_s: float = _setting(
        "retry_budget_s",
        "Time for retries",
        "Seconds that one request may spend on being tried again. "
        "When they are used up, the run ends with the error instead of hanging.",
        reader=readers.number(least=0, most=86_400),
        type=th.DecimalType,
        default=600,
    )
    # Covers a replica that lags and a modification that is committed late, for a handful of rows.
    lookback_s: int = _setting(
        "lookback_s",
        "Look back",
        "How many seconds before its bookmark an incremental read begins. "
        "Rows from this time may come twice.",
        reader=readers.whole_number(0, 31 * 86_400),
        type=WholeNumber,
        default=60,
    )
    channel_ids: tuple[int, ...] = _setting(
        "channel_ids",
        "Channels",
        "Limits a store with several storefronts to these channels, "
        "in the streams that the API can filter. All channels when absent.",
        reader=readers.whole_numbers,
        # The strings let the SDK take 1,2 from the environment.
        type=th.ArrayType(th.CustomType({"type": ["integer", "string"]})),
        absent=(),
    )
    api_url: str = _setting(
        "api_url",
        "API address",
        "Where the API is: BigCommerce, the sandbox or a gateway of your own.",
        reader=readers.address,
        default="https://api.bigcommerce.com",
    )
    b2b_api_url: str = _setting(
        "b2b_api_url",
        "B2B Edition's API address",
        "Where B2B Edition's API is, which the streams named b2b_... are read from.",
        reader=readers.address,
        default="https://api-b2b.bigcommerce.com",
    )
    login_url: str = _setting(
        "login_url",
        "Login address",
        "Where `tap-bigcommerce-oauth` turns an app's grant code into an access token.",
        reader=readers.address,
        default="https://login.bigcommerce.com",
    )
    # Secret, because the address may carry a password.
    proxy_url: str | None = _setting(
        "proxy_url",
        "Proxy",
        "The address of an HTTP proxy. HTTPS_PROXY and NO_PROXY are honoured when absent.",
        reader=readers.proxy,
        is_secret=True,
    )
    ca_bundle: str | None = _setting(
        "ca_bundle",
        "Certificates",
        "The path of the certificates to trust, a PEM file or a directory. "
        "REQUESTS_CA_BUNDLE is honoured when absent.",
        reader=readers.certificates,
    )
    user_agent: str = _setting(
        "user_agent",
        "User agent",
        "How the tap introduces itself. Its own name and version when absent.",
        reader=readers.header,
        absent=_own_name(),
    )
    emit_deletes: bool = _setting(
        "emit_deletes",
        "Emit deletes",
        "Finds rows that are gone from the store and emits them with _sdc_deleted_at.",
        reader=readers.boolean,
        type=th.BooleanType,
        default=False,
    )
    on_missing_scope: str = _setting(
        "on_missing_scope",
        "On a missing scope",
        "What to do with a selected stream that the token may not read: "
        "skip it with a warning, or fail.",
        choices=("skip", "fail"),
        default="skip",
    )
    decimal_type: str = _setting(
        "decimal_type",
        "Decimals",
        "How money and other decimals are declared and sent. "
        "number is exact in PostgreSQL and JSON, but a float in many warehouses. "
        "x-singer.decimal, with precision and scale, is exact in targets that know it: Snowflake. "
        "string is exact everywhere.",
        choices=("number", "string", "x-singer.decimal"),
        default="number",
    )
    personal_data: str = _setting(
        "personal_data",
        "Personal data",
        "Whether fields that describe a person are kept, hashed with a key or dropped.",
        choices=("keep", "hash", "drop"),
        default="keep",
    )
    personal_data_key: str | None = _setting(
        "personal_data_key",
        "Key for personal data",
        "Secret that hashes of personal data depend on: the same key gives the same hashes. "
        "The access token when absent; set it, so that they stay the same with a new token.",
        is_secret=True,
    )
    include_secrets: bool = _setting(
        "include_secrets",
        "Include secrets",
        "Whether fields that let somebody in are read, too: passwords and keys that merchants set.",
        reader=readers.boolean,
        type=th.BooleanType,
        default=False,
    )

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The settings with defaults filled in.

        A required setting that is absent becomes empty text, so that `--discover` needs no
        credentials; `problems` is what demands it.

        Raises:
            ValueError: A value cannot be read. The text is the sentence that `problems` has for it.
        """
        return cls(**{name: it.read(config) for name, it in _DECLARED.items()})

    @classmethod
    def early(cls, config: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 (of any type)
        """One setting before all are checked; its default where it is wrong: refused later."""
        try:
            return _DECLARED[name].read(config)
        except ValueError:
            return _DECLARED[name].default


_DECLARED: dict[str, Declaration] = {f.name: f.metadata["declaration"] for f in fields(Settings)}
DECLARATIONS = tuple(_DECLARED.values())
CONFIG_JSONSCHEMA: dict[str, Any] = th.PropertiesList(*(it.schema for it in DECLARATIONS)).to_dict()


def _sdk_settings() -> frozenset[str]:
    schema: dict[str, Any] = {}
    Tap.append_builtin_config(schema)
    return frozenset(schema["properties"]) - REFUSED.keys()


SDK_SETTINGS = _sdk_settings()
