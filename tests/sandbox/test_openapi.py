"""The sandbox's answers against BigCommerce's own OpenAPI documents.

The documents have no licence and are not part of this repository: they are looked for beside it,
or where BIGCOMMERCE_OPENAPI says.
"""

from __future__ import annotations

import fnmatch
import os
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml

_BESIDE = Path(__file__).parents[2].parent / "shared" / "api" / "openapi"
OPENAPI = Path(os.environ.get("BIGCOMMERCE_OPENAPI", _BESIDE))

pytestmark = pytest.mark.skipif(
    not (OPENAPI / "reference").is_dir(),
    reason=f"no OpenAPI documents in {OPENAPI}: set BIGCOMMERCE_OPENAPI to check against them",
)

ORDERS_V2 = "orders.v2.oas2.yml"
PRODUCTS = "catalog/products_catalog.v3.yml"
VARIANTS = "catalog/product-variants_catalog.v3.yml"
ALL_INCLUDES = (
    "variants,images,primary_image,videos,custom_fields,bulk_pricing_rules,options,modifiers,"
    "reviews,parent_relations,channels"
)
CONSIGNMENTS = {
    "include": "consignments.line_items,fees",
    "consignment_structure": "object",
    "limit": "250",
}
CUSTOMER_INCLUDES = "addresses,storecredit,attributes,formfields,shopper_profile_id,segment_ids"

ENDPOINTS = (
    # (document, path in it, path here, query)
    (PRODUCTS, "/catalog/products", "/v3/catalog/products", {"limit": "250"}),
    (PRODUCTS, "/catalog/products", "/v3/catalog/products", {"include": ALL_INCLUDES}),
    (PRODUCTS, "/catalog/products/{product_id}", "/v3/catalog/products/{product_id}", {}),
    (PRODUCTS, "/catalog/summary", "/v3/catalog/summary", {}),
    *(
        (PRODUCTS, f"/catalog/products/{{product_id}}/{part}", None, {})
        for part in ("images", "reviews", "videos", "custom-fields", "bulk-pricing-rules")
    ),
    (VARIANTS, "/catalog/variants", "/v3/catalog/variants", {"limit": "250"}),
    (VARIANTS, "/catalog/products/{product_id}/variants", None, {}),
    (
        "catalog/product-variant-options_catalog.v3.yml",
        "/catalog/products/{product_id}/options",
        None,
        {},
    ),
    (
        "catalog/product-modifiers_catalog.v3.yml",
        "/catalog/products/{product_id}/modifiers",
        None,
        {},
    ),
    ("catalog/brands_catalog.v3.yml", "/catalog/brands", None, {"limit": "250"}),
    ("catalog/category-trees_catalog.v3.yml", "/catalog/trees/categories", None, {"limit": "250"}),
    ("inventory.v3.yml", "/inventory/items", None, {"limit": "250"}),
    ("locations.v3.yml", "/inventory/locations", None, {}),
    ("customers.v3.yml", "/customers", None, {"limit": "250"}),
    ("customers.v3.yml", "/customers", None, {"include": CUSTOMER_INCLUDES, "limit": "250"}),
    ("customers.v3.yml", "/customers/addresses", None, {"include": "formfields", "limit": "250"}),
    ("customers.v2.yml", "/customer_groups", "/v2/customer_groups", {}),
    ("subscribers.v3.yml", "/customers/subscribers", None, {"limit": "250"}),
    (ORDERS_V2, "/orders", "/v2/orders", {"limit": "250"}),
    (ORDERS_V2, "/orders", "/v2/orders", CONSIGNMENTS),
    (ORDERS_V2, "/orders/{order_id}", "/v2/orders/{order_id}", {}),
    (ORDERS_V2, "/orders/count", "/v2/orders/count", {}),
    (ORDERS_V2, "/order_statuses", "/v2/order_statuses", {}),
    *(
        (ORDERS_V2, f"/orders/{{order_id}}/{part}", f"/v2/orders/{{order_id}}/{part}", {})
        for part in ("products", "shipping_addresses", "coupons", "shipments", "fees")
    ),
    (
        ORDERS_V2,
        "/orders/{order_id}/taxes",
        "/v2/orders/{order_id}/taxes",
        {"details": "true", "limit": "250"},
    ),
    (
        ORDERS_V2,
        "/orders/{order_id}/consignments",
        "/v2/orders/{order_id}/consignments",
        {"include": "consignments.line_items"},
    ),
    ("orders.v3.yml", "/orders/{order_id}/transactions", None, {"limit": "250"}),
    ("orders.v3.yml", "/orders/payment_actions/refunds", None, {"limit": "250"}),
    ("marketing.v2.yml", "/coupons", "/v2/coupons", {"limit": "250"}),
    ("marketing.v2.yml", "/gift_certificates", "/v2/gift_certificates", {"limit": "250"}),
    ("promotions.v3.yml", "/promotions", None, {}),
    ("channels.v3.yml", "/channels", None, {}),
    ("pages.v3.yml", "/content/pages", None, {"include": "body"}),
    ("store_information.v2.yml", "/store", "/v2/store", {}),
    ("store_information.v2.yml", "/time", "/v2/time", {}),
    ("currencies.v2.yml", "/currencies", "/v2/currencies", {}),
)

ACCEPTED = (
    # (path here, place in the answer, why the sandbox differs from the schema there)
)


@pytest.mark.parametrize(
    ("document", "documented", "path", "query"),
    [
        pytest.param(*endpoint, id=f"{endpoint[1]}?{','.join(endpoint[3])}")
        for endpoint in ENDPOINTS
    ],
)
def test_answers_are_as_documented(client, shop, document, documented, path, query):
    """Types, enums and required fields are those of the schema; no field is made up or missing."""
    path = path or "/v3" + documented
    schema = answer_schema(document, documented)
    answers = list(answers_of(client, shop, path, query))
    assert answers, "nothing to look at"
    problems = set()
    for answer in answers:
        for error in jsonschema.Draft202012Validator(schema).iter_errors(answer):
            problems |= set(leaves(error))
    seen = fields_in(answers)
    known = documented_fields(schema)
    problems |= {f"{field}: undocumented" for field in seen - known if is_below(field, known)}
    problems |= {f"{field}: never sent" for field in known - seen if is_below(field, seen)}
    left = {
        problem
        for problem in problems
        if not any(
            fnmatch.fnmatchcase(path, where) and fnmatch.fnmatchcase(problem, what)
            for where, what, _reason in ACCEPTED
        )
    }
    assert sorted(left) == []


def answers_of(client, shop, path, query):
    """Some answers of an endpoint; for one below a parent, those of many parents."""
    if "{" not in path:
        yield client.json(path, **query)
        return
    if "{order_id}" in path:
        ids, name = shop.store.orders.table.ids[:300], "{order_id}"
    else:
        ids, name = shop.store.catalog.products.ids[:250], "{product_id}"
    for id_ in ids:
        response = client.get(path.replace(name, str(id_)), **query)
        assert response.status_code in {200, 204}, response.text
        if response.status_code == 200:
            yield response.json()


def leaves(error):
    """The places of an error without list positions; alternatives are looked into."""
    if error.context and error.validator == "anyOf":
        # The alternative that went furthest tells most.
        best = max(error.context, key=lambda one: len(one.absolute_path))
        if len(best.absolute_path) > len(error.absolute_path):
            yield from leaves(best)
            return
    place = ".".join(str(part) for part in error.absolute_path if isinstance(part, str))
    yield f"{place}: {error.validator}: {str(error.message)[:120]}"


def is_below(field, others):
    """Whether the object that holds a field is among the others: new objects count once."""
    parent = field.rpartition(".")[0]
    return not parent or parent in others


def fields_in(value, prefix=""):
    """All field names in an answer, dotted, lists seen through."""
    found = set()
    if isinstance(value, list):
        for one in value:
            found |= fields_in(one, prefix)
    elif isinstance(value, dict):
        for name, one in value.items():
            found.add(prefix + name)
            found |= fields_in(one, f"{prefix}{name}.")
    return found


def documented_fields(schema, prefix=""):
    """All field names in a schema, dotted, lists and alternatives seen through."""
    found = set()
    for part in ("allOf", "anyOf"):
        for one in schema.get(part, ()):
            found |= documented_fields(one, prefix)
    if isinstance(schema.get("items"), dict):
        found |= documented_fields(schema["items"], prefix)
    for name, one in schema.get("properties", {}).items():
        found.add(prefix + name)
        found |= documented_fields(one, f"{prefix}{name}.")
    return found


@cache
def load(document):
    """An OpenAPI document."""
    text = (OPENAPI / "reference" / document).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def answer_schema(document, path):
    """JSON Schema of the 200 answer of GET."""
    root = load(document)
    response = pointed_at(root, root["paths"][path]["get"]["responses"]["200"])
    return plain(root, response["content"]["application/json"]["schema"])


def pointed_at(root, node):
    """What a $ref points at."""
    while "$ref" in node:
        found = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def plain(root, node, depth=0):
    """OpenAPI 3.0 to JSON Schema: references followed, nullable said as a type."""
    if depth > 40:
        return {}
    node = pointed_at(root, node)
    made = {}
    for key in ("type", "enum", "required", "additionalProperties"):
        if key in node and not isinstance(node[key], dict):
            made[key] = node[key]
    if "properties" in node:
        made["properties"] = {
            name: plain(root, one, depth + 1) for name, one in node["properties"].items()
        }
    if "items" in node:
        made["items"] = plain(root, node["items"], depth + 1)
    if "allOf" in node:
        made["allOf"] = [plain(root, one, depth + 1) for one in node["allOf"]]
    # Alternatives overlap in these documents, an empty list is several of them: oneOf as anyOf.
    alternatives = [*node.get("oneOf", ()), *node.get("anyOf", ())]
    if alternatives:
        made["anyOf"] = [plain(root, one, depth + 1) for one in alternatives]
    if node.get("nullable") or node.get("x-nullable"):
        return {"anyOf": [made, {"type": "null"}]}
    return made
