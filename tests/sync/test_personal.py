"""With `personal_data` hashed or dropped, nobody of the store can be told from the output."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.store import store, stream_names, sync

PERSONAL = {
    *("first_name", "last_name", "company", "phone", "address1", "address2", "street_1"),
    *("street_2", "ip_address", "ip_address_v6", "registration_ip_address", "to_name", "from_name"),
    *("email", "to_email", "from_email", "recipient_email"),
}
"""Names of fields that hold nothing but personal data, wherever they stand in a row of these."""
SHOP_ZIP = "78701"  # of the merchant's own locations
OF_PEOPLE = (
    *("customers", "customer_addresses", "subscribers", "gift_certificates", "orders"),
    *("order_shipping_addresses", "order_consignments", "order_products", "product_reviews"),
)


@pytest.fixture(scope="module")
def shop():
    with store(orders=150, products=40, customers=120) as sandbox:
        yield sandbox


def leaves(value: Any, name: str = ""):
    """Every text in a JSON value, with the name of its field."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    elif isinstance(value, str):
        yield name, value


@pytest.fixture(scope="module")
def raw(shop):
    """What nobody is to see: personal texts of the store's rows."""
    found = set()
    for stream in OF_PEOPLE:
        for row in shop.rows(stream):
            for name, text in leaves(row):
                if text and name in PERSONAL:
                    found.add(text)
    assert len(found) > 500
    return found


@pytest.fixture(scope="module", params=["hash", "drop"])
def outcome(request, shop):
    found = sync(shop, *stream_names(), personal_data=request.param)
    assert found.code == 0
    return request.param, found


def test_no_raw_value_is_in_the_output(outcome, raw):
    _, found = outcome
    seen = {
        (stream, name, text)
        for stream, rows in found.records.items()
        for row in rows
        for name, text in leaves(row)
    }
    leaks = {(stream, name) for stream, name, text in seen if text in raw or "@example" in text}
    assert sorted(leaks) == []
    codes = {"staff_notes", "zip", "postal_code"}
    written = {text for stream, name, text in seen if stream in OF_PEOPLE and name in codes}
    assert all(len(text) in {0, 64} or text == SHOP_ZIP for text in written)


def test_dropped_fields_are_in_no_schema(outcome):
    how, found = outcome
    customers = found.schemas["customers"]["schema"]["properties"]
    orders = found.schemas["orders"]["schema"]["properties"]
    for properties in (customers, orders["billing_address"]["properties"]):
        assert ("email" in properties) is (how == "hash")


def test_hashes_can_be_joined(outcome, shop):
    how, found = outcome
    if how == "drop":
        return
    by_id = {row["id"]: row for row in found.records["customers"]}
    real = {row["id"]: row["email"] for row in shop.rows("customers")}
    addressed = {row["email"]: row["id"] for row in shop.rows("customers")}
    joined = 0
    for mine, theirs in zip(
        sorted(found.records["orders"], key=lambda row: row["id"]),
        sorted(shop.rows("orders"), key=lambda row: row["id"]),
        strict=True,
    ):
        customer = addressed.get(theirs["billing_address"]["email"])
        if customer:
            joined += 1
            assert mine["billing_address"]["email"] == by_id[customer]["email"]
    assert joined > 20
    assert len({row["email"] for row in by_id.values()}) == len(set(real.values()))


def test_a_key_of_one_s_own_outlives_the_token(shop):
    def emails(**settings):
        rows = sync(shop, "customers", personal_data="hash", **settings).records["customers"]
        return [row["email"] for row in rows]

    other = shop.add_token(["store_v2_customers_read_only"])
    assert emails() != emails(access_token=other)
    mine = {"personal_data_key": "a key of my own"}
    assert emails(**mine) == emails(**mine, access_token=other) != emails()
