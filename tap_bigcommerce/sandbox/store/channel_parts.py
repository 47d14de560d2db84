"""What belongs to channels: themes and their settings, menus, listings, sites, certificates."""

# ruff: noqa: PLR2004 - rows differ by their number, which needs no name

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire
from tap_bigcommerce.sandbox.store.store_info import CHANNELS
from tap_bigcommerce.sandbox.store.table import Table
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.catalog import Catalog
    from tap_bigcommerce.sandbox.store.world import Row, World

CONFIGURATIONS = 53
"""Of the first variation: more than a page unless it is asked to be long."""
SITES = 54
ROUTES = 7
_UNTHEMED = 670001
_LISTED = {664179: 120, 667159: 60}
_FIRST_LISTING = 182_000_000
_STATES = ("active", "pending", "partially_rejected", "error", "disabled", "deleted")
_ROUTES = ("product", "category", "brand", "page", "home", "cart", "static")


class ChannelParts:
    """Rows that do not change while the sandbox runs."""

    def __init__(self, world: World, catalog: Catalog) -> None:
        self._world = world
        self._catalog = catalog
        self._opened = world.epoch - 800 * DAY
        self.listings = {channel: self._listed(channel) for channel in _LISTED}

    def active_theme(self, channel_id: int) -> Row | None:
        """`/v3/channels/{channel_id}/active-theme`; a till has none."""
        if channel_id == _UNTHEMED:
            return None
        place = self._place(channel_id)
        saved = self.configuration(1, 0, place)["uuid"]
        return {
            "active_theme_uuid": self._uuid("theme", 1),
            "active_theme_configuration_uuid": self.configuration(1, 0, 0)["uuid"],
            # Two channels show the same version.
            "active_theme_version_uuid": self.versions[place // 2],
            "saved_theme_configuration_uuid": saved,
        }

    @property
    def versions(self) -> list[str]:
        """Versions of themes that channels show."""
        return [self._uuid("theme.version", number) for number in range(2)]

    def menus(self, channel_id: int) -> Row:
        """`/v3/channels/{channel_id}/channel-menus`."""
        place = self._place(channel_id)
        return {
            "bigcommerce_protected_app_sections": ["social", "domains", "currencies"][:place],
            "custom_app_sections": [
                {"title": "Übersicht 📦", "query_path": "overview"},
                {"title": "", "query_path": "settings"},
            ][: place % 3],
        }

    def listing(self, channel_id: int, listing_id: int) -> Row:
        """`/v3/channels/{channel_id}/listings`; fields without a value are left out."""
        table = self.listings[channel_id]
        dice = self._world.dice("listing", listing_id)
        product = dice.pick(self._catalog.opening_ids)
        dates = {
            "date_created": wire.iso(table.created_at(listing_id), "Z"),
            "date_modified": wire.iso(table.modified_at(listing_id), "Z"),
        }
        row: Row = {
            "channel_id": channel_id,
            "listing_id": listing_id,
            "product_id": product,
            "state": dice.pick(_STATES),
            "name": f"Sampler №{listing_id}",
            "description": dice.pick(("", "The same, but not a [Sample] ✨")),
            **dates,
            "variants": [
                {
                    "channel_id": channel_id,
                    "product_id": product,
                    "variant_id": variant,
                    "external_id": f"ASIN-{variant}",
                    "state": dice.pick(("active", "queued", "pending_delete")),
                    "name": "With fish",
                    "description": "",
                    **dates,
                }
                for variant in self._catalog.variants.born(product)[:3]
            ],
        }
        if dice.chance(500):
            row["external_id"] = f"ext-{listing_id}"
        return row

    def site(self, number: int) -> Row:
        """`/v3/sites`; most belong to one channel."""
        made = wire.iso(self._opened + number * DAY, ".000Z")
        changed = wire.iso(self._opened + number * DAY + 3600, ".000Z")
        host = f"https://site-{number}.example.com"
        types = ("primary", "canonical", "checkout")[: 1 + number % 3]
        return {
            "id": 1000 + number,
            "url": f"{host}/",
            "channel_id": CHANNELS[number % 2][0],
            "created_at": made,
            "updated_at": changed,
            "ssl_status": "dedicated" if number % 2 else "shared",
            "urls": [
                {"url": host, "type": type_, "created_at": made, "updated_at": changed}
                for type_ in types
            ],
            "is_checkout_url_customized": number % 3 == 2,
        }

    def routes(self, site_id: int) -> list[Row]:
        """`/v3/sites/{site_id}/routes`; the ids start anew in each site."""
        count = ROUTES if site_id % 3 else 0
        return [
            {
                "id": 1 + at,
                "type": _ROUTES[at],
                "matching": "*" if at % 2 else str(site_id + at),
                "route": f"/{_ROUTES[at]}/{{slug}}?lang={{language}}",
            }
            for at in range(count)
        ]

    def certificates(self) -> list[Row]:
        """`/v3/sites/certificates`."""
        return [
            {
                "common_name": f"shop-{number}.example.com",
                "subject_alternative_names": [f"www.shop-{number}.example.com"][: number % 2],
                "validity_not_before": wire.iso(self._opened, ".000Z"),
                "validity_not_after": wire.iso(self._opened + number * 90 * DAY, ".000Z"),
                "signing_algorithm": "RSA-SHA256",
                "issuer": "Let's Encrypt",
                "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
                "intermediate_certificates": "",
            }
            for number in (1, 2, 3)
        ]

    def theme(self, number: int) -> Row:
        """`/v3/themes`."""
        return {
            "uuid": self._uuid("theme", number),
            "variations": [
                {
                    "uuid": self._uuid("variation", 10 * number + at),
                    "name": ("Light", "Bold", "Warm")[at],
                    "description": "" if at else "For every kind of shop: «clean» & fast.",
                    "external_id": ("light", "bold", "warm")[at],
                }
                for at in range(number % 4)
            ],
            "name": f"Cornerstone {number}",
            "is_private": number % 2 == 1,
            "is_active": number == 1,
            "updated_at": wire.iso(self._opened + number * DAY, "Z"),
        }

    def themes(self) -> list[Row]:
        """All themes; the last one is an old one without variations."""
        return [self.theme(number) for number in (1, 2, 3, 4)]

    def configurations(self, number: int) -> list[Row]:
        """`/v3/themes/{uuid}/configurations`: of all variations of a theme."""
        variations = range(number % 4)
        return [
            self.configuration(number, variation, at)
            for variation in variations
            for at in range(CONFIGURATIONS if (number, variation) == (1, 0) else 2)
        ]

    def configuration(self, number: int, variation: int, at: int) -> Row:
        """One of the settings that were saved for a variation; the first is the theme's own."""
        id_ = (number * 10 + variation) * 1000 + at
        return {
            "uuid": self._uuid("theme.configuration", id_),
            "theme_uuid": self._uuid("theme", number),
            "variation_id": self._uuid("variation", 10 * number + variation),
            "settings": {"color-primary": "#0C0C0C", "logo": {"width": 250 + at}, "fonts": []},
            "date_created": wire.iso(self._opened + id_ * 60),
            "site_id": 1000 + at if at else 0,
        }

    def templates(self, version: str) -> Row:
        """`/v3/themes/custom-templates/{version_uuid}`."""
        at = self.versions.index(version)
        return {
            "product": ["custom-product-1.html"],
            "category": [],
            "brand": ["custom-brand-1.html"][:at],
            "page": ["custom-page-1.html", "Übersicht.html"],
        }

    def _listed(self, channel_id: int) -> Table:
        table = Table("listings")
        first = _FIRST_LISTING + channel_id
        ids = [first + 3 * at for at in range(_LISTED[channel_id])]
        table.fill(self._world.history("listing", ids, days=300))
        return table

    def _place(self, channel_id: int) -> int:
        return next(at for at, channel in enumerate(CHANNELS) if channel[0] == channel_id)

    def _uuid(self, kind: str, number: int) -> str:
        return self._world.dice(kind, number).uuid()
