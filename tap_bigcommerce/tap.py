"""The tap: its settings, its streams, and one run of it."""

from __future__ import annotations

import gc
import sys
import typing as t
from functools import cached_property

import click
from singer_sdk import Tap
from singer_sdk.exceptions import ConfigValidationError, FatalAPIError
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.helpers._util import load_json
from singer_sdk.helpers.capabilities import PluginCapabilities

from tap_bigcommerce.plan import Plan
from tap_bigcommerce.run import Run
from tap_bigcommerce.settings import CONFIG_JSONSCHEMA, Settings, problems
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.lines import LineWriter

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import FrameType

    from tap_bigcommerce.streams.base import BigCommerceStream


GC_THRESHOLDS: t.Final = (100_000, 20, 50)
"""A page is tens of thousands of containers without a cycle. Looking for cycles in each page, as
Python does by default, takes a fifth of the time."""


class TapBigCommerce(Tap):
    """Everything that BigCommerce's API lets a token read, as Singer streams."""

    name = "tap-bigcommerce"
    config_jsonschema = CONFIG_JSONSCHEMA
    message_writer_class = LineWriter
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

    def setup_mapper(self) -> None:
        """Let SCHEMA messages declare what records have, less what is not selected.

        The SDK repeats the catalog's schema. On its way through a catalog it loses `precision` and
        `scale`, without which Snowflake rounds cents away, and in a catalog that an earlier version
        discovered it lacks fields.
        """
        super(Tap, self).setup_mapper()
        for name, stream in self.streams.items():
            mask = stream.metadata.resolve_selection()
            # A stream map of a stream that is not selected wants its keys all the same.
            is_wanted = stream.selected
            schema = get_selected_schema(name, stream.schema, mask) if is_wanted else stream.schema
            self.mapper.register_raw_stream_schema(name, schema, stream.primary_keys)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End as shells expect of a program that a signal ended, not with 0 as after a whole run.

        Nothing more is written than the message that was begun: every STATE went out right behind
        its rows.
        """
        exit_code = 128 + signum
        if isinstance(self.message_writer, LineWriter):
            self.message_writer.stop(exit_code)
        else:
            sys.exit(exit_code)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """What is wrong with the settings, in sentences that say what to write."""
        errors = problems(self._config)
        if errors and raise_errors:
            message = "Config validation failed"
            raise ConfigValidationError(message, errors=errors, schema=self.config_jsonschema)
        return errors

    def load_state(self, state: dict[str, t.Any]) -> None:
        """Take the state over; what it holds for a stream is read by `Bookmark`.

        Raises:
            ConfigValidationError: It is no state, so that everything would be read again.
        """
        bookmarks = state.get("bookmarks") or {}
        if not isinstance(bookmarks, dict) or (state and "bookmarks" not in state):
            errors = ["State has no `bookmarks`: give the `value` of the last STATE message."]
        else:
            wrong = [name for name, value in bookmarks.items() if not isinstance(value, dict)]
            errors = [f"State: `{name}` is not an object. Correct or remove it." for name in wrong]
        if errors:
            message = "State validation failed"
            raise ConfigValidationError(message, errors=errors, schema={})
        super().load_state({"bookmarks": bookmarks})

    def warn_of_unknown_streams(self) -> None:
        """Name what the catalog selects and this version does not have; the SDK is silent on it."""
        for entry in self.input_catalog.streams if self.input_catalog else ():
            name = entry.tap_stream_id
            if name not in self.streams and entry.metadata.resolve_selection()[()]:
                self.logger.warning("the catalog selects %s, which is not a stream", name)

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """The SDK's command, with the option `--plan`."""
        command = super().get_singer_command()
        words = "Print the rows, requests and time that a run needs, and read nothing."
        command.params.append(click.Option(["--plan"], is_flag=True, help=words))
        return command

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Read one row of each stream; the exit code is 1 when a stream failed."""
        try:
            if value != "all":
                super().cb_test(ctx, param, value)
                return
            config = ctx.params["config"]
            tap = cls(config=config.config, parse_env_config=config.parse_env)
        except ConfigValidationError as error:  # the SDK would show a traceback without the reasons
            for reason in error.errors:
                cls.logger.error(reason)  # noqa: TRY400
            ctx.exit(1)
        tap.run_connection_test()
        ctx.exit(tap.run.end())

    def print_plan(self) -> None:
        """Print what a run needs; a token that cannot read is noted as in a run."""
        streams = t.cast("list[BigCommerceStream]", list(self.streams.values()))
        plan = Plan(self.run, streams)
        try:
            plan.make()
        except FatalAPIError as error:
            for stream in plan.lines:
                if self.run.may_read(stream):
                    self.run.fail(stream, error)
        else:
            click.echo(plan.text())

    @classmethod
    def invoke(  # type: ignore[override] # noqa: PLR0913 - the command's options
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: t.Any = None,  # noqa: ANN401 (the SDK's own, private class)
        state: t.IO[str] | None = None,
        catalog: t.IO[str] | None = None,
        plan: bool = False,
    ) -> None:
        """Run the tap, or say what a run needs; the exit code is 1 when a stream failed."""
        if about:
            cls.print_about(about_format)
            sys.exit(0)
        cls.print_version(print_fn=cls.logger.info)
        gc.set_threshold(*GC_THRESHOLDS)
        tap = cls(
            config=config.config if config else None,
            state=load_json(state.read()) if state else None,
            catalog=load_json(catalog.read()) if catalog else None,
            parse_env_config=config.parse_env if config else False,
        )
        tap.warn_of_unknown_streams()
        if plan:
            tap.print_plan()
        else:
            tap.sync_all()
        sys.exit(tap.run.end())
