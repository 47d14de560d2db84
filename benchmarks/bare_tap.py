"""The smallest tap that the SDK allows, for the time it takes to start."""

from __future__ import annotations

from singer_sdk import Tap


class BareTap(Tap):
    """A tap without streams."""

    name = "tap-bare"
    config_jsonschema = {"type": "object", "properties": {}}  # noqa: RUF012 - as the SDK has it

    def discover_streams(self) -> list[object]:  # type: ignore[override] # there are none
        """Nothing."""
        return []


if __name__ == "__main__":
    BareTap.cli()
