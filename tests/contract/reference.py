"""BigCommerce's OpenAPI documents, read for what they say of one stream's rows."""

from __future__ import annotations

import json
import os
import re
import typing as t
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import yaml

from tap_bigcommerce.streams.children import PartStream

SHARED = Path(__file__).parents[3] / "shared/api"
SPECS = Path(os.environ.get("BIGCOMMERCE_OPENAPI", SHARED / "openapi"))
CATALOGUE = SPECS.parent / "catalogue.json"

# What documents leave out of their paths.
VERSION = r"^/v\d|^/api/v3/io(/ip)?"
# Where some documents say that others are.
PUBLISHED = "https://raw.githubusercontent.com/bigcommerce/docs/main/"
# Endpoints that answer with the record of another stream's path.
SAME_RECORD = {"product_variants": "/catalog/products/{}/variants"}


class Loader(yaml.CSafeLoader):
    """YAML as if it were JSON: a date stays a text, a number keeps its digits."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (PyYAML's own)


for tag, pattern, first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?\d+", list("-0123456789")),
    ("float", r"-?\d+(\.\d*)?([eE][+-]?\d+)?", list("-0123456789")),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)
Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))


@cache
def catalogue():
    return {entry["name"]: entry for entry in json.loads(CATALOGUE.read_text())["streams"]}


@cache
def document(spec):
    return yaml.load((SPECS / spec).read_text(), Loader)  # noqa: S506 (it is a safe loader)


class Reference:
    """What the documents say of one stream's rows."""

    def __init__(self, stream):
        is_part = issubclass(stream, PartStream)
        # Settings of a channel have the endpoint and the entry of the store's.
        name = (stream.whole if is_part else getattr(stream, "of", stream)).name
        self.entry = catalogue()[name]
        self.place = self.entry["record_schema_ref"]
        self.root = document(self.place["spec"])
        answers = self._answers([self._operation()])
        schemas = [content["schema"] for content in answers if "schema" in content]
        for member in self._names:
            schemas = self.members(schemas)[member]
            schemas = self.items(schemas) or schemas
        while items := self.items(schemas):  # lists in a list, too
            schemas = items
        self.row_schemas = self.schemas = schemas
        for member in stream.part.split(".") if is_part else ():
            schemas = self.members(self.schemas)[member]
            self.schemas = self.items(schemas) or schemas

    @property
    def is_enveloped(self):
        return self.entry["record_path"].startswith("data")

    @property
    def _names(self):
        """Members of an answer that lead to its rows."""
        path = self.entry["record_path"].partition(" ")[0]
        return re.findall(r"\w+", path) if self.is_enveloped else []

    def variants(self, schemas):
        """The schemas, with all that they are made of."""
        for schema in map(self._resolved, schemas):
            yield schema
            for word in ("allOf", "oneOf", "anyOf"):
                yield from self.variants(schema.get(word, ()))

    def types(self, schemas):
        kinds = [schema.get("type") for schema in self.variants(schemas)]
        flat = [one for kind in kinds for one in (kind if isinstance(kind, list) else [kind])]
        return set(flat) - {None, "null"}

    def formats(self, schemas):
        return {schema.get("format") for schema in self.variants(schemas)}

    def members(self, schemas):
        """Schemas of each property."""
        found: dict[str, list[t.Any]] = {}
        for schema in self.variants(schemas):
            for name, inner in schema.get("properties", {}).items():
                found.setdefault(name, []).append(inner)
        return found

    def items(self, schemas):
        return [schema["items"] for schema in self.variants(schemas) if "items" in schema]

    def examples(self):
        """Rows of every answer that the documents show, and one put together of the fields' own.

        Of a stream of parts these are the rows that the parts stand in.
        """
        for content in self._answers(self._operations()):
            named = map(self._resolved, content.get("examples", {}).values())
            schemas = self.variants([content.get("schema", {})])
            for holder in (content, *schemas):
                if "example" in holder:
                    yield from self._rows(holder["example"])
            for one in named:
                yield from self._rows(one["value"])
        for schema in self.variants(self.row_schemas):
            if "example" in schema:
                yield schema["example"]
        yield self._example(self.row_schemas)

    def _example(self, schemas):
        """The schemas' own example, or one made of those of their members."""
        for schema in self.variants(schemas):
            if "example" in schema and schema not in self.row_schemas:
                return schema["example"]
        if members := self.members(schemas):
            made = {name: self._example(inner) for name, inner in members.items()}
            return {name: one for name, one in made.items() if one is not None}
        if items := self.items(schemas):
            one = self._example(items)
            return one if one is None or isinstance(one, list) else [one]
        return None

    def _rows(self, example):
        if self.is_enveloped and isinstance(example, dict):
            example = example.get("data", example)
        for name in self._names[1:]:
            example = (example.get(name) if isinstance(example, dict) else None) or []
        rows = example if isinstance(example, list) else [example]
        return [row for one in rows for row in (one if isinstance(one, list) else [one])]

    def _operation(self):
        for path in self.root["paths"].values():
            if path.get("get", {}).get("operationId") == self.place["operation_id"]:
                return path["get"]
        pytest.fail(f"no operation {self.place['operation_id']} in {self.place['spec']}")

    def _operations(self):
        """All operations on the stream's rows, those that write too: they answer with the row."""
        own = {re.sub(VERSION, "", self.entry["path"]), SAME_RECORD.get(self.entry["name"], "")}
        lists = {re.sub(r"{.*?}", "{}", path) for path in own if path}
        paths = lists | {f"{path}/{{}}" for path in lists}
        for path, methods in self.root["paths"].items():
            if re.sub(r"{.*?}", "{}", path) in paths:
                yield from (methods[name] for name in ("get", "post", "put") if name in methods)

    def _answers(self, operations):
        """Contents of good answers."""
        for operation in operations:
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    yield from self._resolved(answer).get("content", {}).values()

    def _resolved(self, part):
        return resolved(part, self.place["spec"])


def resolved(part, spec):
    """What a part of a document stands for: itself, or what it refers to."""
    while "$ref" in part:
        other, _, place = part["$ref"].partition("#/")
        if other.startswith(PUBLISHED):
            spec = other.removeprefix(PUBLISHED)
        elif other:
            spec = os.path.normpath(Path(spec).parent / other)
        part = document(spec)
        for name in filter(None, place.split("/")):
            part = part[name.replace("~1", "/").replace("~0", "~")]
    return part
