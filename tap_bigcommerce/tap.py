"""The tap: its settings, its streams, and one run of it."""

from __future__ import annotations

import gc
import logging
import sys
import typing as t
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import click
from singer_sdk import Tap
from singer_sdk.exceptions import (
    ConfigValidationError,
    FatalAPIError,
    MapExpressionError,
    StreamMapConfigError,
)
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.helpers.capabilities import PluginCapabilities
from singer_sdk.singerlib import Catalog, StateMessage

from tap_bigcommerce import hints, inputs
from tap_bigcommerce.check import Check, hasty
from tap_bigcommerce.check_report import reasons_of, table_of
from tap_bigcommerce.command import Command
from tap_bigcommerce.plan import Plan
from tap_bigcommerce.problems import in_environment, problems, where_to_write
from tap_bigcommerce.progress import Progress
from tap_bigcommerce.run import Run
from tap_bigcommerce.settings import CONFIG_JSONSCHEMA, Settings
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.lines import LineWriter

if t.TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from tap_bigcommerce.streams.base import BigCommerceStream


GC_THRESHOLDS: t.Final = (100_000, 20, 50)
"""A page is tens of thousands of containers without a cycle. Looking for cycles in each page, as
Python does by default, takes a fifth of the time."""


NO_READER: t.Final = (
    "The target ended before the tap did: see what it said. "
    "Run again with the last state that it gave back."
)


class TapBigCommerce(Tap):
    """Everything that BigCommerce's API lets a token read, as Singer streams."""

    name = "tap-bigcommerce"
    config_jsonschema = CONFIG_JSONSCHEMA
    message_writer_class = LineWriter
    # The SDK's batches would leave selection and stream maps out.
    capabilities: t.ClassVar = [c for c in Tap.capabilities if c is not PluginCapabilities.BATCH]

    def __init__(
        self,
        *,
        catalog: dict[str, t.Any] | Catalog | None = None,
        **options: t.Any,  # noqa: ANN401 (the SDK's own)
    ) -> None:
        """Make a tap of settings, a catalog and a state.

        Raises:
            ConfigValidationError: One of them cannot be followed.
        """
        if isinstance(catalog, dict) and not isinstance(catalog, Catalog):
            _refuse(inputs.catalog_problems(catalog, {one.name: one.keys() for one in STREAMS}))
        super().__init__(catalog=catalog, **options)

    @cached_property
    def settings(self) -> Settings:
        """The settings, parsed."""
        return Settings.from_config(self.config)

    def early(self, name: str) -> t.Any:  # noqa: ANN401 (of any type)
        """A setting that schemas depend on, which are made before the settings are checked."""
        return Settings.early(self.config, name)

    @property
    def own_streams(self) -> dict[str, BigCommerceStream]:
        """The streams, as what they are."""
        return t.cast("dict[str, BigCommerceStream]", self.streams)

    @cached_property
    def run(self) -> Run:
        """What the streams share."""
        return Run(self.settings, self.own_streams.values())

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

        Nothing more is written than the message that was begun, and the state.
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

    @classproperty
    def _env_var_config(cls) -> dict[str, t.Any]:  # noqa: N805 (the SDK's own)
        """The settings in the environment, which the SDK reads with a traceback, or as false."""
        try:
            return in_environment()
        except ValueError as error:
            _refuse([str(error)])
            raise

    def load_state(self, state: dict[str, t.Any]) -> None:
        """Take the state over; what it holds for a stream is read by `Bookmark`.

        Raises:
            ConfigValidationError: It is no state of this store, so that everything would be read
                again.
        """
        if state:
            _refuse(inputs.state_problems(state, self.settings.store_hash))
        super().load_state({"bookmarks": state.get("bookmarks") or {}})

    def sync_or_stop(self) -> None:
        """Read all streams. A run that a signal ends has the state as its last line, too."""
        try:
            with Progress(self.run):
                self.sync_all()
        except SystemExit as end:
            with suppress(BrokenPipeError, SystemExit):  # with which the writer ends again
                self.message_writer.write_message(StateMessage(value=self.state))
            self.run.sum_up(t.cast("int", end.code))
            raise
        except Exception as error:
            self.run.sum_up(1)
            if isinstance(error, BrokenPipeError):
                self.logger.error(NO_READER)  # noqa: TRY400 (a traceback would say less)
            raise

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """The SDK's command, with `--plan` and `--summary-file`, and a `--test` of our own."""
        command = Command.of(super().get_singer_command(), cls.logger)
        (test,) = (
            one for one in command.params if isinstance(one, click.Option) and one.name == "test"
        )
        test.expose_value = True
        test.help = (
            "Print which scopes the token has and which the selected streams need, for 25 requests "
            "at most. --test=schema prints the schemas of all streams."
        )
        words = "Print the rows, requests and time that a run needs, and read nothing."
        command.params.append(click.Option(["--plan"], is_flag=True, help=words))
        words = "Write how each stream went into this file, as JSON, when the run ends."
        # Opened at once: what cannot be written is to show before the run, and no earlier run's
        # summary may stand for this one's.
        file = click.File("w", encoding="utf-8", lazy=False)
        command.params.append(
            click.Option(["--summary-file"], type=file, callback=_beside_stdout, help=words)
        )
        return command

    @classmethod
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> t.Any:  # noqa: ANN401 (the SDK's own, private class)
        """Read the settings' files."""
        for path in value:
            if path.lstrip().startswith("{"):  # not to be repeated: there is a token in it
                words = "write the JSON into a file and give its path"
                raise click.BadParameter(words, param_hint=param.opts[0])
            if path == "env":
                words = "write ENV for the environment"
                raise click.BadParameter(words, param_hint=param.opts[0])
            if path != "ENV":
                try:
                    with Path(path).open(encoding="utf-8") as file:
                        _read(file, param.opts[0])
                except OSError as error:
                    words = f"{path!r}: {error.strerror}"
                    raise click.BadParameter(words, param_hint=param.opts[0]) from None
        return super().cb_config(ctx, param, value)

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> t.Any:  # noqa: ANN401 (the option's value)
        """Print the schemas, or let `invoke` test the connection."""
        if value == "schema":
            try:
                super().cb_test(ctx, param, value)
            except ConfigValidationError as error:  # the SDK would show a traceback, and no reason
                cls.exit_for(error.errors)
        return value == "all"

    @classmethod
    def exit_for(cls, reasons: list[str]) -> t.NoReturn:
        """Say why nothing is read, and end."""
        for reason in reasons:
            cls.logger.error(reason)
        sys.exit(1)

    def print_plan(self) -> None:
        """Print what a run needs; a token that cannot read is noted as in a run."""
        plan = Plan(self.run, list(self.own_streams.values()))
        try:
            plan.make()
        except FatalAPIError as error:
            for stream in plan.lines:
                if self.run.may_read(stream):
                    self.run.fail(stream, error)
        else:
            click.echo(plan.text())

    def check(self) -> int:
        """Print what the token may read; 1 where a selected stream is not among it."""
        streams = self.own_streams.values()
        check = Check(Run(hasty(self.settings), streams), streams)
        check.make()
        click.echo(table_of(check))
        for reason in reasons_of(check):
            self.logger.error(reason)
        return 1 if check.closed else 0

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
        test: bool = False,
        summary_file: t.IO[str] | None = None,
    ) -> None:
        """Run the tap, or say what a run needs; the exit code is 1 when a stream failed."""
        if about:
            cls.print_about(about_format)
            sys.exit(0)
        cls.print_version(print_fn=cls.logger.info)
        cls.logger.addFilter(_is_news)
        gc.set_threshold(*GC_THRESHOLDS)
        began = datetime.now(UTC)
        given = _read(catalog, "--catalog") if catalog else None
        try:
            tap = cls(
                config=config.config if config else None,
                state=_read(state, "--state", is_log=True) if state else None,
                catalog=given,
                parse_env_config=config.parse_env if config else False,
            )
        except ConfigValidationError as error:  # the last line is to be a reason, too
            is_bare = config is None or not (config.config or config.parse_env)
            cls.exit_for([*error.errors, where_to_write()] if is_bare else error.errors)
        except (MapExpressionError, StreamMapConfigError) as error:
            cls.exit_for([f"stream_maps cannot be used: {error}"])
        remarks = inputs.catalog_remarks(given, tap.own_streams) if given else ()
        for words in (*hints.before(reads_environment=bool(config and config.parse_env)), *remarks):
            cls.logger.warning(words)
        if test:
            sys.exit(tap.check())
        if plan:
            tap.print_plan()
        else:
            tap.run.summary_file = summary_file
            tap.sync_or_stop()
        hints.doubt_store(tap.run)
        exit_code = tap.run.end()
        for words in hints.after(tap.run, began):
            cls.logger.warning(words)
        sys.exit(exit_code)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether it is not one of the lines, 130 by default, on what nobody asked for."""
    is_noise = str(record.msg).startswith("Skipping deselected stream")
    return not is_noise or logging.getLogger(record.name).isEnabledFor(logging.DEBUG)


def _read(file: t.IO[str], option: str, *, is_log: bool = False) -> dict[str, t.Any]:
    """The JSON object in a file that was given by this option.

    Raises:
        BadParameter: It is something else.
    """
    try:
        return inputs.read_object(file, "its file", is_log=is_log)
    except inputs.UnusableInput as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _beside_stdout(
    ctx: click.Context,  # noqa: ARG001 (click's own)
    param: click.Parameter,  # noqa: ARG001
    value: t.IO[str] | None,
) -> t.IO[str] | None:
    """A file that is not where the messages go.

    Raises:
        BadParameter: It is.
    """
    if value and value.name == "<stdout>":
        message = "stdout is for the messages: name a file."
        raise click.BadParameter(message)
    return value


def _refuse(problems: list[str]) -> None:
    """Refuse what has been given, with all sentences at once.

    Raises:
        ConfigValidationError: There are problems.
    """
    if problems:
        message = "Cannot be used"
        raise ConfigValidationError(message, errors=problems, schema={})
