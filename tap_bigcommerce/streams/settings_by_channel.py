"""Settings that channels have in place of the store's; null is what a channel takes from it.

The endpoints of `settings_store.py` and `settings_storefront.py`, asked with a channel.

Source: BigCommerce's REST Management API, "Settings".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, get_type_hints

from tap_bigcommerce.streams import settings_store as store
from tap_bigcommerce.streams import settings_storefront as storefront
from tap_bigcommerce.streams.by_channel import ByChannelParameterStream, OfChannel

if TYPE_CHECKING:
    from tap_bigcommerce.streams.lists import ListStream


class SettingsByChannelStream(ByChannelParameterStream):
    """The rows of another stream, as single channels have them."""

    of: ClassVar[type[ListStream]]

    def __init_subclass__(cls) -> None:
        """Take from the other stream what is said of it already."""
        cls.path, cls.scope = cls.of.path, cls.of.scope
        hints = get_type_hints(cls.of.record, include_extras=True)
        hints.pop("store_hash", None)
        members = {"__doc__": cls.of.record.__doc__, "__annotations__": hints}
        cls.record = type(f"{cls.of.record.__name__}OfChannel", (OfChannel,), members)
        super().__init_subclass__()


class SettingsCatalogByChannel(SettingsByChannelStream):
    """Reviews and comparisons of products, one row for each channel."""

    name = "settings_catalog_by_channel"
    of = store.SettingsCatalog


class SettingsEmailStatusesByChannel(SettingsByChannelStream):
    """Which e-mails are sent to the shoppers of each channel."""

    name = "settings_email_statuses_by_channel"
    of = store.SettingsEmailStatuses


class SettingsInventoryByChannel(SettingsByChannelStream):
    """When stock is counted down by each channel, and what it shows without any."""

    name = "settings_inventory_by_channel"
    of = store.SettingsInventory


class SettingsInventoryNotificationsByChannel(SettingsByChannelStream):
    """Who is told when stock runs low or out, one row for each channel."""

    name = "settings_inventory_notifications_by_channel"
    of = store.SettingsInventoryNotifications


class SettingsLogoByChannel(SettingsByChannelStream):
    """The logo and favicon that each channel has."""

    name = "settings_logo_by_channel"
    of = store.SettingsLogo


class SettingsStoreProfileByChannel(SettingsByChannelStream):
    """Name and address that shoppers of each channel see."""

    name = "settings_store_profile_by_channel"
    of = store.SettingsStoreProfile


class SettingsUnitsOfMeasurementByChannel(SettingsByChannelStream):
    """In what each channel gives weights and lengths."""

    name = "settings_units_of_measurement_by_channel"
    of = store.SettingsUnitsOfMeasurement


class SettingsStorefrontCategoryByChannel(SettingsByChannelStream):
    """What pages of categories show on each channel."""

    name = "settings_storefront_category_by_channel"
    of = storefront.SettingsStorefrontCategory


class SettingsStorefrontProductByChannel(SettingsByChannelStream):
    """What pages of products show on each channel."""

    name = "settings_storefront_product_by_channel"
    of = storefront.SettingsStorefrontProduct


class SettingsStorefrontRobotstxtByChannel(SettingsByChannelStream):
    """The robots.txt of each channel."""

    name = "settings_storefront_robotstxt_by_channel"
    of = storefront.SettingsStorefrontRobotstxt


class SettingsStorefrontSearchByChannel(SettingsByChannelStream):
    """How shoppers search on each channel."""

    name = "settings_storefront_search_by_channel"
    of = storefront.SettingsStorefrontSearch


class SettingsStorefrontSecurityByChannel(SettingsByChannelStream):
    """HTTPS and security headers of each channel."""

    name = "settings_storefront_security_by_channel"
    of = storefront.SettingsStorefrontSecurity


class SettingsStorefrontSeoByChannel(SettingsByChannelStream):
    """Title, description and keywords of each channel's homepage."""

    name = "settings_storefront_seo_by_channel"
    of = storefront.SettingsStorefrontSeo


class SettingsStorefrontStatusByChannel(SettingsByChannelStream):
    """What shoppers see of each channel while it is closed."""

    name = "settings_storefront_status_by_channel"
    of = storefront.SettingsStorefrontStatus


class AnalyticsProvidersByChannel(SettingsByChannelStream):
    """Web analytics of each channel."""

    name = "analytics_providers_by_channel"
    of = storefront.AnalyticsProviders
    primary_keys = ("channel_id", "id")


STREAMS = (
    SettingsCatalogByChannel,
    SettingsEmailStatusesByChannel,
    SettingsInventoryByChannel,
    SettingsInventoryNotificationsByChannel,
    SettingsLogoByChannel,
    SettingsStoreProfileByChannel,
    SettingsUnitsOfMeasurementByChannel,
    SettingsStorefrontCategoryByChannel,
    SettingsStorefrontProductByChannel,
    SettingsStorefrontRobotstxtByChannel,
    SettingsStorefrontSearchByChannel,
    SettingsStorefrontSecurityByChannel,
    SettingsStorefrontSeoByChannel,
    SettingsStorefrontStatusByChannel,
    AnalyticsProvidersByChannel,
)
