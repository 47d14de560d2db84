"""What there is one of, or a handful: the store itself, channels, currencies, locations, pages."""

# ruff: noqa: PLR2004 - rows differ by their number, which needs no name

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.world import Row, World

CHANNELS = (
    (1, "storefront", "bigcommerce", "The Corner Shop", "active"),
    (664179, "marketplace", "amazon", "Amazon", "connected"),
    (667159, "marketing", "facebook by meta", "Facebook by Meta", "disconnected"),
    (670001, "pos", "square", 'Till "1"', "prelaunch"),
)
"""(id, type, platform, name, status)."""

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


class StoreInfo:
    """Rows that do not change while the sandbox runs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._opened = world.epoch - 900 * DAY
        self.channels = [self._channel(at) for at in range(len(CHANNELS))]
        self.currencies = [self._currency(at) for at in range(len(words.CURRENCIES))]
        self.locations = [self._location(1 + at) for at in range(3)]
        self.pages = [self._page(1 + at) for at in range(14)]
        self.order_statuses = [
            {
                "id": id_,
                "name": status.name,
                "system_label": status.name,
                "custom_label": "Done!" if status.name == "Completed" else status.name,
                "system_description": status.description,
                "order": status.order,
            }
            for id_, status in enumerate(words.STATUSES)
        ]

    def with_currencies(self, channel: Row) -> Row:
        """A channel with `include=currencies`."""
        currencies = {
            "channel_id": channel["id"],
            "enabled_currencies": ["USD", "EUR"],
            "default_currency": "USD",
        }
        return {**channel, "currencies": currencies}

    def channel_time(self, row: Row, field: str) -> int:
        """When a channel was made or last changed, in UNIX seconds."""
        place = next(at for at, channel in enumerate(CHANNELS) if channel[0] == row["id"])
        return self._opened + place * (101 if field == "date_modified" else 100) * DAY

    def store(self) -> Row:
        """`/v2/store`."""
        has_logo = self._world.seed % 2 == 0
        host = f"{self._world.store_hash}.example.com"
        return {
            "id": self._world.store_hash,
            "account_uuid": self._world.dice("store", 0).uuid(),
            "domain": host,
            "secure_url": f"https://{host}",
            "control_panel_base_url": f"https://store-{self._world.store_hash}.mybigcommerce.com",
            "status": "live",
            "name": "The Corner Shop",
            "first_name": "Jane",
            "last_name": "Doe",
            "address": "1 Main Street\nAustin",
            "country": "United States",
            "country_code": "US",
            "infrastructure_region": "us-central1",
            "phone": "",
            "admin_email": "owner@example.com",
            "order_email": "orders@example.com",
            "favicon_url": "",
            "timezone": {
                "name": "America/Chicago",
                "raw_offset": -21600,
                "dst_offset": -18000,
                "dst_correction": True,
                "date_format": {
                    "display": "M jS Y",
                    "export": "M jS Y",
                    "extended_display": "M jS Y @ g:i A",
                },
            },
            "language": "en",
            "currency": "USD",
            "currency_symbol": "$",
            "decimal_separator": ".",
            "thousands_separator": ",",
            "decimal_places": 2,
            "currency_symbol_location": "left",
            "weight_units": "LBS",
            "dimension_units": "Inches",
            "dimension_decimal_places": 2,
            "dimension_decimal_token": ".",
            "dimension_thousands_token": ",",
            "plan_name": "Pro",
            "plan_level": "Pro",
            "plan_is_trial": False,
            "industry": "",
            # An empty array, not null, when there is none.
            "logo": {"url": f"https://{host}/logo.png"} if has_logo else [],
            "is_price_entered_with_tax": False,
            "store_id": 1002345678,
            "default_channel_id": 1,
            "default_site_id": 1000,
            "active_comparison_modules": [],
            "features": {
                "stencil_enabled": True,
                "sitewidehttps_enabled": True,
                "facebook_catalog_id": "",
                "checkout_type": "optimized",
                "wishlists_enabled": True,
                "graphql_storefront_api_enabled": True,
                "shopper_consent_tracking_enabled": False,
                "multi_storefront_enabled": True,
                "storefront_limits": {"active": 3, "total_including_inactive": 15},
            },
        }

    def _channel(self, place: int) -> Row:
        id_, type_, platform, name, status = CHANNELS[place]
        return {
            "id": id_,
            "external_id": "" if place == 0 else f"ext-{id_}",
            "is_listable_from_ui": place < 2,
            "is_enabled": status in {"active", "connected"},
            "is_visible": True,
            "status": status,
            "name": name,
            "type": type_,
            "platform": platform,
            "date_created": wire.iso(self._opened + place * 100 * DAY, ".000Z"),
            "date_modified": wire.iso(self._opened + place * 101 * DAY, ".000Z"),
            "icon_url": f"https://cdn11.bigcommerce.com/channels/{platform.split()[0]}.svg",
        }

    def _currency(self, place: int) -> Row:
        currency = words.CURRENCIES[place]
        updated = self._world.epoch - place * DAY
        return {
            "id": currency.id,
            "is_default": place == 0,
            "country_iso2": currency.country,
            "default_for_country_codes": [currency.country] if place < 3 else [],
            "currency_code": currency.code,
            "currency_exchange_rate": wire.money(currency.rate) + "000000",
            "auto_update": place > 0,
            "token_location": "left" if place else "right",
            "token": currency.token,
            "decimal_token": ".",
            "thousands_token": ",",
            "decimal_places": currency.places,
            "name": currency.name,
            "enabled": place < 4,
            "is_transactional": place < 4,
            "use_default_name": place != 1,
            # The documentation shows both forms.
            "last_updated": wire.rfc2822(updated) if place % 2 else wire.iso(updated),
        }

    def _location(self, id_: int) -> Row:
        at = self._opened + id_ * 20 * DAY
        hours = {"open": True, "opening": "08:00", "closing": "16:00"}
        return {
            "id": id_,
            "code": f"BC-LOCATION-{id_}",
            "label": "Default location" if id_ == 1 else f"Lager {id_} (Süd)",
            "description": "",
            "managed_by_external_source": id_ == 3,
            "type_id": "PHYSICAL" if id_ < 3 else "VIRTUAL",
            "enabled": id_ != 2,
            "operating_hours": {day: {**hours, "open": day != "sunday"} for day in _DAYS},
            "time_zone": "America/Chicago",
            "created_at": wire.iso(at, "Z"),
            "updated_at": wire.iso(at + id_ * 3 * DAY, "Z"),
            "address": {
                "address1": f"{id_} Central Park",
                "address2": "",
                "city": "Austin",
                "state": "TX",
                "zip": "78701",
                "email": f"location{id_}@example.com",
                "phone": "800-555-0198",
                "geo_coordinates": {"latitude": 30.2672 + id_, "longitude": -97.7431},
                "country_code": "US",
            },
            "storefront_visibility": id_ < 3,
            "special_hours": [
                {
                    "label": "Inventory day",
                    "date": wire.date(self._world.epoch + 30 * DAY),
                    "open": False,
                    "opening": "09:00",
                    "closing": "09:00",
                    "all_day": True,
                    "annual": id_ == 1,
                }
            ][: id_ % 2],
        }

    def _page(self, id_: int) -> Row:
        type_ = ("page", "blog", "contact_form", "raw", "link")[id_ % 5]
        row: Row = {
            "id": id_,
            "channel_id": 1 if id_ % 3 else 664179,
            "name": f"Page {id_}: FAQ & más",
            "is_visible": id_ % 4 > 0,
            "parent_id": 0 if id_ < 6 else id_ - 5,
            "sort_order": id_,
            "type": type_,
            "is_homepage": False,
            "is_customers_only": id_ == 7,
            "search_keywords": None if id_ % 2 else "trousers,pockets",
        }
        if type_ != "link":
            row["url"] = f"/page-{id_}/"
        if type_ in {"page", "blog", "contact_form"}:
            row["meta_title"] = None
            row["meta_keywords"] = None if id_ % 2 else "a,b"
            row["meta_description"] = ""
        if type_ == "contact_form":
            row["email"] = "contact@example.com"
            row["contact_fields"] = "fullname,phone,orderno"
        if type_ == "link":
            row["link"] = "https://example.com/?a=1&b=2"
        if type_ == "raw":
            row["content_type"] = "text/html"
        if type_ in {"page", "contact_form", "raw"}:
            row["body"] = None if id_ == 3 else f"<div>Hello №{id_}</div>"
        return row

    def page_row(self, id_: int, *, with_body: bool) -> Row:
        """`/v3/content/pages`."""
        row = self.pages[id_ - 1]
        # `raw` declares body as required; the list still leaves it out unless asked.
        return row if with_body else {key: row[key] for key in row if key != "body"}
