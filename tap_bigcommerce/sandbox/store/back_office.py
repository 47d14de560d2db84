"""What a store has behind its counter: logs, webhooks, projects, countries, taxes, shipping."""

# ruff: noqa: PLR2004 - rows differ by their number, which needs no name

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire
from tap_bigcommerce.sandbox.store.table import Table
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.world import Row, World

LOGS = 130
WEBHOOKS = 56
PROJECTS = 57
COUNTRIES = 246
STATES = 320
TAX_CLASSES = 3
TAX_RATES = 58
ZONES = 5
PICKUP_METHODS = 55
_LOG_TYPES = ("general", "payment", "shipping", "tax", "design")
_MODULES = ("export only", "email message", "theme download", "order status")
_METHODS: tuple[tuple[str, Row], ...] = (
    ("perorder", {"rate": 12}),
    ("peritem", {"rate": "2.50"}),
    ("total", {}),
    (
        "weight",
        {
            "default_cost": 0,
            "default_cost_type": "fixed_amount",
            "range": [{"lower_limit": 0, "upper_limit": 20, "shipping_cost": 8.25}],
        },
    ),
    ("upsready", {"carrier_options": {"packing_method": "combined", "packaging": []}}),
)


class BackOffice:
    """Rows that do not change while the sandbox runs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._opened = world.epoch - 360 * DAY
        self.logs = self._table("log", LOGS)
        self.projects = self._table("project", PROJECTS)
        self.pickup_methods = self._table("pickup.method", PICKUP_METHODS)

    def log(self, id_: int) -> Row:
        """`/v3/store/systemlogs`."""
        dice = self._world.dice("log", id_)
        return {
            "id": id_,
            "type": dice.pick(_LOG_TYPES),
            "module": dice.pick(_MODULES),
            "severity": ("success", "notice", "warning", "errors")[id_ % 4],
            "summary": f'Theme "Cornerstone {id_}" wurde geändert.',
            "message": dice.pick((None, "", '{"user": "owner", "ok": true}')),
            "date_created": wire.iso(self.logs.created_at(id_)),
        }

    def webhook(self, number: int) -> Row:
        """`/v3/hooks`."""
        return {
            "id": 24_000_000 + number,
            "client_id": "m8sn3axxxxxxxxxxxxxxxxxxxxxxxxx",
            "store_hash": self._world.store_hash,
            "scope": ("store/order/*", "store/cart/converted")[number % 2],
            "destination": f"https://hooks.example.com/{number}?a=1&b=2",
            "headers": {"X-Sent-By": "BigCommerce"} if number % 3 else None,
            "is_active": number % 5 > 0,
            "created_at": self._opened + number * 3600,
            "updated_at": self._opened + number * 7200,
        }

    def webhook_admin(self) -> Row:
        """`/v3/hooks/admin`, whose webhooks come in pages."""
        return {
            "emails": ["alerts@example.com"],
            "hooks_list": [
                {**self.webhook(number), "status": ("inactive", "active")[number % 2]}
                for number in range(WEBHOOKS)
            ],
            "blocked_domains": [
                {
                    "destination": "https://gone.example.com",
                    "time_left": 180,
                    "reasons": [
                        {
                            "failure_description": "HTTP 500",
                            "count": 12,
                            "timestamp": self._world.epoch - 60,
                        }
                    ],
                }
            ],
        }

    def project(self, id_: int) -> Row:
        """`/v3/infrastructure/projects`."""
        return {
            "uuid": self._world.dice("project", id_).uuid(),
            "name": f"storefront-{id_}",
            "date_created": wire.iso(self.projects.created_at(id_), "Z"),
            "date_modified": wire.iso(self.projects.modified_at(id_), "Z"),
        }

    def country(self, id_: int) -> Row:
        """`/v2/countries`."""
        high, low = divmod(id_, 26)
        iso2 = chr(65 + high) + chr(65 + low)
        resource = f"/countries/{id_}/states"
        return {
            "id": id_,
            "country": f"Côte № {id_}",
            "country_iso2": iso2,
            "country_iso3": f"{iso2}X",
            "states": {
                "url": f"https://api.bigcommerce.com/stores/{self._world.store_hash}/v2{resource}",
                "resource": resource,
            },
        }

    def state(self, id_: int) -> Row:
        """`/v2/countries/states`."""
        return {
            "id": id_,
            "state": f"Región {id_}",
            "state_abbreviation": "" if id_ % 9 == 0 else f"R{id_}",
            "country_id": 1 + id_ % COUNTRIES,
        }

    def tax_class(self, id_: int) -> Row:
        """`/v2/tax_classes`, whose ids are texts."""
        at = self._opened + id_ * DAY
        return {
            "id": str(id_),
            "name": ("Non-Taxable Products", "Shipping", "Gift Wrapping")[id_ - 1],
            "created_at": wire.iso(at).replace("T", " "),
            "updated_at": f"{wire.sql(at + DAY)}.523000+00:00",
        }

    def tax_zones(self) -> list[Row]:
        """`/v3/tax/zones`; the first one is for everybody else."""
        everywhere: Row = {"locations": [], "customer_groups": []}
        australia: Row = {
            "locations": [
                {
                    "country_code": "AU",
                    "subdivision_codes": ["NSW", "QLD"],
                    "postal_codes": ["2234", "0800"],
                }
            ],
            "customer_groups": [2],
        }
        return [
            {
                "id": id_,
                "name": "Default" if id_ == 1 else f"Zone {id_}",
                "enabled": id_ != 3,
                "price_display_settings": {
                    "show_inclusive": id_ == 2,
                    "show_both_on_detail_view": False,
                    "show_both_on_list_view": False,
                },
                "shopper_target_settings": everywhere if id_ == 1 else australia,
            }
            for id_ in (1, 2, 3)
        ]

    def tax_rate(self, id_: int) -> Row:
        """`/v3/tax/rates`."""
        return {
            "id": id_,
            "name": f"Mehrwertsteuer {id_}",
            "enabled": id_ % 4 > 0,
            "priority": 1 + id_ % 2,
            "tax_zone_id": 1 + id_ % 3,
            "class_rates": [
                {"rate": (8.875, 19, 0)[class_], "tax_class_id": class_} for class_ in range(3)
            ],
        }

    def tax_settings(self) -> Row:
        """`/v3/tax/settings`."""
        return {
            "tax_entered_with_prices": False,
            "price_display_settings": {
                "control_panel_price_display_strategy": "ZONE",
                "invoice_price_display_strategy": "EXCLUSIVE",
            },
            "fallback_strategy": "FIXED",
            "should_subtract_store_tax": True,
            "should_use_geolocation_to_determine_guest_shopper_tax_zone": False,
            "guest_shopper_tax_zone_id": 1,
            "store_tax_zone_id": 1,
            "document_submission_strategy": "ON_PAYMENT_CAPTURE",
            "rounding_strategy": "RATE_ROUNDING",
        }

    def zone(self, id_: int) -> Row:
        """`/v2/shipping/zones`."""
        type_ = ("zip", "country", "state", "global")[id_ % 4]
        first = id_ * 1000
        places: dict[str, list[Row]] = {
            "zip": [{"zip": f"{at:05d}", "country_iso2": "US"} for at in range(120)],
            "country": [{"country_iso2": "AU"}],
            "state": [{"country_iso2": "US", "state_iso2": state} for state in ("TX", "NY")],
            "global": [],
        }
        row: Row = {
            "id": id_,
            "name": f"Zone {id_}",
            "type": type_,
            "locations": [{"id": first + at, **place} for at, place in enumerate(places[type_])],
            "free_shipping": {
                "enabled": id_ % 2 == 0,
                "minimum_sub_total": ("0.0000", "0", "49.9900")[id_ % 3],
                "exclude_fixed_shipping_products": False,
            },
            "enabled": id_ != 4,
        }
        if id_ > 1:
            kind = "fixed_surcharge" if id_ % 2 else "percentage_surcharge"
            row["handling_fees"] = {kind: ("0", "2.5000")[id_ % 2], "display_separately": True}
        return row

    def methods(self, zone_id: int) -> list[Row]:
        """`/v2/shipping/zones/{zone_id}/methods`; the ids count on from zone to zone."""
        return [
            {
                "id": zone_id * 10 + at,
                "name": "UPS®" if type_ == "upsready" else f"Versand {at}",
                "type": type_,
                "settings": settings,
                "enabled": at != 2,
                "handling_fees": {"fixed_surcharge": "0"}
                if at % 2
                else {"percentage_surcharge": 2.5},
                "is_fallback": at == 0,
                "channel_ids": [1, 664179][: at % 3],
            }
            for at, (type_, settings) in enumerate(_METHODS[: zone_id + 1])
        ]

    def pickup_method(self, id_: int) -> Row:
        """`/v3/pickup/methods`."""
        return {
            "id": id_,
            "location_id": 1 + id_ % 3,
            "display_name": f"Abholung {id_}!",
            "collection_instructions": "" if id_ % 3 else "Bring your ID!\n🪪",
            "collection_time_description": "0900 - 1700",
            "location_identity": 1 + id_ % 3,
            "date_created": wire.iso(self.pickup_methods.created_at(id_), "Z"),
            "date_modified": wire.iso(self.pickup_methods.modified_at(id_), "Z"),
        }

    def payment_methods(self) -> list[Row]:
        """`/v2/payments/methods`, by name."""
        return [
            {"code": code, "name": name, "test_mode": code == "testgateway"}
            for code, name in (
                ("bankdeposit", "Bank Deposit"),
                ("squarev2", "Square"),
                ("testgateway", "Test Gateway Provider"),
                ("zip", ""),
            )
        ]

    def _table(self, kind: str, count: int) -> Table:
        table = Table(kind)
        table.fill(self._world.history(kind, list(range(1, 1 + count)), days=300))
        return table
