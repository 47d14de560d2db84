"""What customers have besides accounts: attributes, consents, cards, segments, wishlists, taxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.sandbox.store.catalog import Catalog
    from tap_bigcommerce.sandbox.store.customers import Customers
    from tap_bigcommerce.sandbox.store.dice import Dice
    from tap_bigcommerce.sandbox.store.world import Row, World

ATTRIBUTES = 14
SEGMENTS = 12
WISHLISTS = 64
_KINDS = ("essential", "functional", "analytics", "targeting")


class Shoppers:
    """Rows about customers. None of them changes by itself."""

    def __init__(self, world: World, customers: Customers, catalog: Catalog) -> None:
        self._world = world
        self._customers = customers
        self._catalog = catalog

    def attributes(self) -> list[Row]:
        """`/v3/customers/attributes`."""
        made = self._world.epoch - 500 * DAY
        return [
            {
                "id": id_,
                "name": f"Attribute {id_}: “size” & fit",
                "type": ("string", "number", "date")[id_ % 3],
                "date_created": wire.iso(made + id_ * DAY, "Z"),
                "date_modified": wire.iso(made + id_ * DAY * (1 + id_ % 2), "Z"),
            }
            for id_ in range(1, 1 + ATTRIBUTES)
        ]

    def attribute_values(self) -> list[Row]:
        """`/v3/customers/attribute-values`."""
        people = self._customers
        return [row for id_ in people.table.ids for row in people.attributes(id_)]

    def form_field_values(self) -> list[Row]:
        """`/v3/customers/form-field-values`: of customers, then of addresses."""
        people = self._customers
        customers = (people.row(id_, ("formfields",)) for id_ in people.table.ids)
        addresses = (people.address_row(id_, ("formfields",)) for id_ in people.addresses.table.ids)
        return [field for row in (*customers, *addresses) for field in row["form_fields"]]

    def consent(self, customer: int) -> Row:
        """`/v3/customers/{customerId}/consent`.

        BigCommerce's `updated_at` is the time of the request. Here time stands still, so that two
        answers can be compared.
        """
        dice = self._world.dice("consent", customer)
        allowed = [kind for kind in _KINDS if kind == "essential" or dice.chance(500)]
        return {
            "allow": allowed,
            "deny": [kind for kind in _KINDS if kind not in allowed],
            "updated_at": wire.iso(self._customers.table.created_at(customer) + 60, ".000Z"),
        }

    def instruments(self, customer: int) -> list[Row]:
        """`/v3/customers/{customerId}/stored-instruments`: one in four customers has some."""
        dice = self._world.dice("instruments", customer)
        count = dice.pick((0, 0, 0, 1, 1, 3))
        return [self._instrument(customer, at, dice) for at in range(count)]

    def _instrument(self, customer: int, at: int, dice: Dice) -> Row:
        token = (dice.uuid() + dice.uuid()).replace("-", "")
        common = {"token": token, "is_default": at == 0}
        who = self._customers.who(customer)
        kind = (customer + at) % 3
        if kind == 0:
            return {"type": "stored_paypal_account", **common, "email": who.email}
        if kind == 1:
            account = {"masked_account_number": "12XXX56", "issuer": "DE001"}
            return {"type": "stored_bank_account", **common, **account}
        return {
            "type": "stored_card",
            **common,
            "brand": dice.pick(("VISA", "MASTERCARD", "")),
            "expiry_month": 1 + dice.roll(12),
            "expiry_year": 2026 + dice.roll(6),
            "issuer_identification_number": "411111",
            "last_4": f"{dice.roll(10_000):04d}",
            "billing_address": {
                "first_name": who.first,
                "last_name": who.last,
                "email": who.email,
                "company": who.company,
                "address1": who.street,
                "address2": who.street_2,
                "city": who.place.city,
                "postal_code": who.place.zip,
                "state_or_province": who.place.state,
                "state_or_province_code": "",
                "country_code": who.place.iso2,
                "phone": who.phone,
            },
        }

    def segments(self) -> list[Row]:
        """`/v3/segments`."""
        made = self._world.epoch - 200 * DAY
        return [
            {
                "id": self._world.dice("segment", id_).uuid(),
                "name": f"Segment {id_} 🛒",
                "description": "" if id_ % 3 else "Spent > 100 €",
                "created_at": wire.iso(made + id_ * DAY, "Z"),
                "updated_at": wire.iso(made + id_ * 2 * DAY, "Z"),
            }
            for id_ in range(1, 1 + SEGMENTS)
        ]

    def profiles(self) -> list[Row]:
        """`/v3/shopper-profiles`: two customers in three have one."""
        return [self._profile(id_) for id_ in self._customers.table.ids if id_ % 3]

    def _profile(self, customer: int) -> Row:
        made = self._customers.table.created_at(customer)
        return {
            "id": self._world.dice("profile", customer).uuid(),
            "customer_id": customer,
            "created_at": wire.iso(made, "Z"),
            "updated_at": wire.iso(made + customer * 60, "Z"),
        }

    def members(self, segment: str) -> list[Row]:
        """`/v3/segments/{segmentId}/shopper-profiles`: the first segment has nobody."""
        places = {row["id"]: place for place, row in enumerate(self.segments())}
        place = places[segment]
        return [row for row in self.profiles() if place and row["customer_id"] % (place + 1) == 0]

    def wishlists(self) -> list[Row]:
        """`/v3/wishlists`."""
        customers, products = self._customers.opening_ids or [1], self._catalog.opening_ids
        rows: list[Row] = []
        for id_ in range(1, 1 + WISHLISTS):
            dice = self._world.dice("wishlist", id_)
            items: list[Row] = [
                {"id": id_ * 10 + at, "product_id": dice.pick(products)}
                for at in range(dice.roll(4))
            ]
            for item in items[1:]:
                item["variant_id"] = self._catalog.variants.born(item["product_id"])[0]
            rows.append(
                {
                    "id": id_,
                    "customer_id": dice.pick(customers),
                    "name": dice.pick(
                        ("Christmas", "Für später", "", 'Mum\'s "60th"', *words.NOTES)
                    ),
                    "is_public": dice.chance(300),
                    "token": dice.uuid(),
                    "items": items,
                }
            )
        return rows

    def tax_customers(self) -> Iterator[Row]:
        """`/v3/tax/customers`: those that tax properties are known of."""
        for id_ in self._customers.table.ids:
            dice = self._world.dice("tax_customer", id_)
            if dice.chance(400):
                codes = ("A-123456789", "B-6731789", "Ü-exempt")[: 1 + dice.roll(3)]
                yield {
                    "customer_id": id_,
                    "tax_properties": {code: str(dice.roll(300)) for code in codes},
                }
