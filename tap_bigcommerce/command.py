"""The command line around the SDK's: what would end it with a traceback ends it with a sentence."""

from __future__ import annotations

import errno
import os
import sys
import typing as t
from pathlib import Path

from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.plugin_base import SingerCommand

if t.TYPE_CHECKING:
    import logging

    import click


class Command(SingerCommand):
    """The SDK's command; also where options do their work while they are parsed."""

    @classmethod
    def of(cls, command: click.Command, logger: logging.Logger) -> Command:
        """The same command."""
        return cls(
            name=command.name,
            callback=command.callback,
            context_settings=command.context_settings,
            params=command.params,
            logger=logger,
        )

    def main(self, *args: t.Any, **options: t.Any) -> t.Any:  # noqa: ANN401 (click's own)
        """Run it."""
        if sys.stderr is None:  # closed: nobody hears, and the run goes on
            sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        if sys.stdout is None:
            self._end("stdout is closed: lead it into a target or a file.")
        try:
            return super().main(*args, **options)
        except ConfigValidationError as error:
            self._end(*error.errors)
        except OSError as error:
            # What names no file was to be written: click itself ends where nobody reads any more.
            if error.filename is not None or error.errno not in {
                errno.ENOSPC,
                errno.EDQUOT,
                errno.EIO,
            }:
                raise
            self._end(f"stdout cannot be written: {error.strerror}. Make room, and run again.")

    def _end(self, *reasons: str) -> t.NoReturn:
        for reason in reasons:
            self.logger.error(reason)
        sys.exit(1)
