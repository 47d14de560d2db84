"""Customers with addresses, attributes and groups; newsletter subscribers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.orders import opening_order
from tap_bigcommerce.sandbox.store.people import Person, form_values, person
from tap_bigcommerce.sandbox.store.table import Children, Table
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from collections.abc import Collection

    from tap_bigcommerce.sandbox.store.catalog import Catalog
    from tap_bigcommerce.sandbox.store.world import Row, World

INCLUDE_CAP = 10
"""include=addresses and include=attributes show ten of a customer's and keep silent on the rest."""

GROUPS = (
    ("Retail", "all", None),
    ("Wholesale", "specific", "price_list"),
    ("Friends & Family", "all", "all"),
    ("Trade/Küche", "specific", "category"),
    ("Staff", "none", "product"),
)
"""(name, category access, type of the group's discount rule)."""


class Customers:
    """Everybody who has an account, and everybody who gets the newsletter."""

    def __init__(self, world: World, catalog: Catalog, *, customers: int, orders: int) -> None:
        self.world = world
        self._orders = orders
        self._categories = catalog.opening_categories
        self._product = catalog.opening_ids[0]
        self.table = Table("customers")
        self.addresses = Children(Table("customer_addresses"))
        self.subscribers = Table("subscribers")
        self.groups = Table("customer_groups")

        # Some signed up and asked to be forgotten: every 40th id is free.
        ids = [1 + place + place // 39 for place in range(customers)]
        self.opening_ids = ids
        self.table.fill(world.history("customer", ids, 800))
        self.addresses.fill(
            (
                (id_, self._address_count(id_), created)
                for id_, created in zip(self.table.ids, self.table.created, strict=True)
            ),
            11,
        )
        subscribers = list(range(5, 5 + customers // 2))
        self.subscribers.fill(world.history("subscriber", subscribers, 600))
        self.groups.fill(
            (1 + at, world.epoch - (700 - at) * DAY, world.epoch - (300 - at * 50) * DAY)
            for at in range(len(GROUPS))
        )

    def who(self, id_: int) -> Person:
        """A customer's name and main address."""
        return person(self.world.dice("person", id_), id_)

    def row(self, id_: int, includes: Collection[str] = ()) -> Row:
        """`/v3/customers`."""
        who = self.who(id_)
        dice = self.world.dice("customer", id_)
        changed = self.world.changed("customer", id_)
        attributes = self.attributes(id_)
        addresses = self.addresses.of(id_)
        row: Row = {
            "id": id_,
            "authentication": {"force_password_reset": dice.chance(20)},
            "company": who.company,
            "customer_group_id": dice.roll(len(GROUPS) + 1),
            "email": who.email,
            "first_name": who.first,
            "last_name": who.last,
            "notes": changed.get("notes", dice.pick(words.NOTES)),
            "phone": changed.get("phone", who.phone),
            "registration_ip_address": "" if dice.chance(200) else f"203.0.113.{dice.roll(256)}",
            "tax_exempt_category": dice.pick(("", "", "", "", "Non-profit")),
            "date_created": wire.iso(self.table.created_at(id_), "Z"),
            "date_modified": wire.iso(self.table.modified_at(id_), "Z"),
            "address_count": len(addresses),
            "attribute_count": len(attributes),
            "accepts_product_review_abandoned_cart_emails": dice.chance(700),
            "origin_channel_id": 1 if dice.chance(900) else 664179,
            "channel_ids": [1] if dice.chance(300) else None,
        }
        if "addresses" in includes:
            row["addresses"] = [
                self._embedded(address, includes) for address in addresses[:INCLUDE_CAP]
            ]
        if "attributes" in includes:
            row["attributes"] = attributes[:INCLUDE_CAP]
        if "formfields" in includes:
            row["form_fields"] = [
                {"name": name, "value": value, "customer_id": id_}
                for name, value in form_values(dice)
            ]
        if "storecredit" in includes:
            credit = dice.roll(90_000_00) if dice.chance(200) else 0
            row["store_credit_amounts"] = [{"amount": wire.number(credit)}]
        if "shopper_profile_id" in includes:
            row["shopper_profile_id"] = dice.uuid()
        if "segment_ids" in includes:
            row["segment_ids"] = [dice.uuid()] if dice.chance(300) else []
        return row

    def _embedded(self, address: int, includes: Collection[str]) -> Row:
        row = self.address_row(address, includes)
        for field in row.get("form_fields", ()):
            # The customer's form of it does not name the address.
            del field["address_id"]
        return row

    def attributes(self, id_: int) -> list[Row]:
        """A customer's attribute values: a few have more than the include shows."""
        dice = self.world.dice("attributes", id_)
        count = 14 if (id_ + self.world.seed) % 67 == 0 else dice.pick((0, 0, 1, 2))
        created = self.table.created_at(id_)
        return [
            {
                "id": id_ * 50 + at,
                "attribute_id": 1 + at,
                "attribute_value": dice.pick(("Yes", "42", "1999-12-31", "großartig")),
                "customer_id": id_,
                "date_created": wire.iso(created),
                "date_modified": wire.iso(created + at * 60),
            }
            for at in range(count)
        ]

    def address_row(self, id_: int, includes: Collection[str] = ()) -> Row:
        """`/v3/customers/addresses`."""
        customer = self.addresses.parent_of(id_)
        home = self.who(customer)
        dice = self.world.dice("address", id_)
        who = home if dice.chance(600) else person(dice, customer)
        changed = self.world.changed("address", id_)
        row: Row = {
            "id": id_,
            "address1": changed.get("street", who.street),
            "address2": who.street_2,
            "address_type": dice.pick(("residential", "residential", "commercial")),
            "city": who.place.city,
            "company": who.company,
            "country": who.place.country,
            "country_code": who.place.iso2,
            "customer_id": customer,
            "first_name": home.first,
            "last_name": home.last,
            "phone": who.phone,
            "postal_code": who.place.zip,
            "state_or_province": who.place.state,
        }
        if "formfields" in includes:
            row["form_fields"] = [
                {"name": name, "value": value, "address_id": id_}
                for name, value in form_values(dice)
            ]
        return row

    def group_row(self, id_: int) -> Row:
        """`/v2/customer_groups`."""
        name, access, rule = GROUPS[id_ - 1]
        dice = self.world.dice("group", id_)
        row: Row = {
            "id": id_,
            "name": name,
            "is_default": id_ == 1,
            "category_access": {"type": access},
            "discount_rules": [],
            "date_created": wire.sql(self.groups.created_at(id_)),
            "date_modified": wire.sql(self.groups.modified_at(id_)),
            "is_group_for_guests": id_ == 1,
        }
        if access == "specific":
            row["category_access"]["categories"] = self._categories[:4]
        if rule == "price_list":
            row["discount_rules"] = [{"type": rule, "price_list_id": 3}]
        elif rule:
            terms: Row = {"type": rule, "method": "percent"}
            terms["amount"] = wire.money(5_0000 * id_)
            if rule == "category":
                terms["category_id"] = dice.pick(self._categories)
            if rule == "product":
                terms["product_id"] = self._product
            row["discount_rules"] = [terms]
        return row

    def subscriber_row(self, id_: int) -> Row:
        """`/v3/customers/subscribers`."""
        dice = self.world.dice("subscriber", id_)
        changed = self.world.changed("subscriber", id_)
        has_order = self._orders > 0 and dice.chance(200)
        consents = dice.pick(
            (["marketing_newsletter"], ["marketing_newsletter", "abandoned_cart"], [])
        )
        return {
            "id": id_,
            "email": f"reader{id_}@example.com",
            "first_name": dice.pick(words.FIRST_NAMES) if dice.chance(800) else "",
            "last_name": dice.pick(words.LAST_NAMES) if dice.chance(500) else "",
            "source": dice.pick(("storefront", "order", "custom")),
            "order_id": opening_order(dice.roll(self._orders)) if has_order else None,
            "channel_id": 1,
            "consents": changed.get("consents", consents),
            "date_created": wire.iso(self.subscribers.created_at(id_), "Z"),
            "date_modified": wire.iso(self.subscribers.modified_at(id_), "Z"),
        }

    def _address_count(self, id_: int) -> int:
        if (id_ + self.world.seed) % 83 == 0:
            return 12 + id_ % 4
        return self.world.dice("address_count", id_).pick((0, 1, 1, 1, 2, 3))
