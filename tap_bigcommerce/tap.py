"""The tap: its settings, its streams, and one run of it."""

from __future__ import annotations

import sys
import typing as t
from functools import cached_property

from singer_sdk import Tap
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers._util import load_json
from singer_sdk.helpers.capabilities import PluginCapabilities

from tap_bigcommerce.run import Run
from tap_bigcommerce.settings import CONFIG_JSONSCHEMA, Settings, problems
from tap_bigcommerce.streams import STREAMS

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import click

    from tap_bigcommerce.streams.base import BigCommerceStream


class TapBigCommerce(Tap):
    """Everything that BigCommerce's API lets a token read, as Singer streams."""

    name = "tap-bigcommerce"
    config_jsonschema = CONFIG_JSONSCHEMA
    message_writer_class = MsgSpecWriter
    # The SDK's batches would leave selection and stream maps out.
    capabilities: t.ClassVar = [c for c in Tap.capabilities if c is not PluginCapabilities.BATCH]

    @cached_property
    def settings(self) -> Settings:
        """The settings, parsed."""
        return Settings.from_config(self.config)

    @cached_property
    def run(self) -> Run:
        """What the streams share."""
        return Run(self.settings, t.cast("Iterable[BigCommerceStream]", self.streams.values()))

    def discover_streams(self) -> Sequence[BigCommerceStream]:
        """One instance of every stream; needs no credentials."""
        return [stream(self) for stream in STREAMS]

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """What is wrong with the settings, in sentences that say what to write."""
        errors = problems(self._config)
        if errors and raise_errors:
            message = "Config validation failed"
            raise ConfigValidationError(message, errors=errors, schema=self.config_jsonschema)
        return errors

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Read one row of each stream; the exit code is 1 when a stream failed."""
        if value != "all":
            super().cb_test(ctx, param, value)
            return
        config = ctx.params["config"]
        tap = cls(config=config.config, parse_env_config=config.parse_env)
        tap.run_connection_test()
        ctx.exit(tap.run.end())

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: t.Any = None,  # noqa: ANN401 (the SDK's own, private class)
        state: t.IO[str] | None = None,
        catalog: t.IO[str] | None = None,
    ) -> None:
        """Run the tap; the exit code is 1 when a stream failed."""
        if about:
            cls.print_about(about_format)
            sys.exit(0)
        cls.print_version(print_fn=cls.logger.info)
        tap = cls(
            config=config.config if config else None,
            state=load_json(state.read()) if state else None,
            catalog=load_json(catalog.read()) if catalog else None,
            parse_env_config=config.parse_env if config else False,
        )
        tap.sync_all()
        sys.exit(tap.run.end())
