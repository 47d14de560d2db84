"""Settings of the store as a whole: catalogue, stock, e-mails, profile, units.

What single channels have in their place is in `settings_by_channel.py`.

Source: BigCommerce's REST Management API, "Settings".
"""

from __future__ import annotations

from typing import Annotated

from tap_bigcommerce.schema.record import Personal
from tap_bigcommerce.streams.singletons import OfStore, V3Singleton


class SettingsStream(V3Singleton):
    """One row of settings."""

    scope = ("store_v2_information_read_only",)
    selected_by_default = False


class CatalogSettings(OfStore):
    """What shoppers may do with products."""

    auto_approve_reviews: bool
    enable_product_comparisons: bool


class SettingsCatalog(SettingsStream):
    """One row: reviews and comparisons of products."""

    name = "settings_catalog"
    path = "/v3/settings/catalog"
    record = CatalogSettings


class EmailStatuses(OfStore):
    """Which e-mails are sent."""

    abandoned_cart_email: bool
    account_details_changed_email: bool
    combined_order_status_email: bool
    create_account_email: bool
    create_guest_account_email: bool
    gift_certificate_email: bool
    invoice_email: bool
    order_message_notification_email: bool
    product_review_email: bool
    return_confirmation_email: bool
    return_statuschange_email: bool
    # As the reference's example has them, in place of four of the above.
    createaccount_email: Annotated[bool, "Another spelling of create_account_email."]
    createguestaccount_email: Annotated[bool, "Another spelling of create_guest_account_email."]
    giftcertificate_email: Annotated[bool, "Another spelling of gift_certificate_email."]
    ordermessage_notification: Annotated[
        bool, "Another spelling of order_message_notification_email."
    ]


class SettingsEmailStatuses(SettingsStream):
    """One row: which e-mails the store sends to shoppers."""

    name = "settings_email_statuses"
    path = "/v3/settings/email-statuses"
    record = EmailStatuses


class InventorySettings(OfStore):
    """What stock changes, and what the storefront does without any."""

    product_out_of_stock_behavior: Annotated[
        str,
        "do_nothing, hide_product, hide_product_and_accessible or hide_product_and_redirect",
    ]
    option_out_of_stock_behavior: Annotated[str, "do_nothing, hide_option or label_option"]
    update_stock_behavior: Annotated[str, "order_placed or order_completed_or_shipped"]
    edit_order_stock_adjustment: bool
    refund_order_stock_adjustment: bool
    stock_level_display: Annotated[str, "dont_show, show or show_when_low"]
    default_out_of_stock_message: str
    hide_in_product_filtering: Annotated[bool, "Only with label_option."]
    show_pre_order_stock_levels: bool
    show_out_of_stock_message: bool


class SettingsInventory(SettingsStream):
    """One row: when stock is counted down, and what is shown without any."""

    name = "settings_inventory"
    path = "/v3/settings/inventory"
    record = InventorySettings


class InventoryNotifications(OfStore):
    """E-mail addresses that are told of stock."""

    low_stock_notification_address: Annotated[list[str], Personal]
    out_of_stock_notification_address: Annotated[list[str], Personal]


class SettingsInventoryNotifications(SettingsStream):
    """One row: who is told when stock runs low or out."""

    name = "settings_inventory_notifications"
    path = "/v3/settings/inventory/notifications"
    record = InventoryNotifications


class LogoSettings(OfStore):
    """A picture or a text."""

    favicon_url: str
    logo_image_url: str
    logo_text: str
    type: Annotated[str, "image or text"]


class SettingsLogo(SettingsStream):
    """One row: logo and favicon of storefronts."""

    name = "settings_logo"
    path = "/v3/settings/logo"
    record = LogoSettings


class StoreLocale(OfStore):
    """Language and country."""

    default_shopper_language: Annotated[str, "Such as en or en-us."]
    shopper_language_selection_method: Annotated[str, "browser or default_shopper_language"]
    store_country: Annotated[str, "Its name in English."]


class SettingsStoreLocale(SettingsStream):
    """One row: in which language shoppers are addressed."""

    name = "settings_store_locale"
    path = "/v3/settings/store/locale"
    record = StoreLocale


class StoreProfile(OfStore):
    """Who shoppers buy from."""

    store_address: Annotated[str, Personal]
    store_address_type: Annotated[str, "Home Office, Commercial Office, Retail or Warehouse"]
    store_email: Annotated[str, Personal]
    store_name: str
    store_phone: Annotated[str, Personal]


class SettingsStoreProfile(SettingsStream):
    """One row: name and address that shoppers see."""

    name = "settings_store_profile"
    path = "/v3/settings/store/profile"
    record = StoreProfile


class UnitsOfMeasurement(OfStore):
    """Units of weights and lengths, and how their numbers are written."""

    weight_measurement: Annotated[str, "LBS, Ounces, KGS, Grams or Tonnes"]
    length_measurement: Annotated[str, "Inches or Centimeters"]
    decimal_token: str
    thousands_token: str
    decimal_places: int
    factoring_dimension: Annotated[str, "depth, height or width: kept when packages are computed."]


class SettingsUnitsOfMeasurement(SettingsStream):
    """One row: in what weights and lengths are given."""

    name = "settings_units_of_measurement"
    path = "/v3/settings/store/units-of-measurement"
    record = UnitsOfMeasurement


STREAMS = (
    SettingsCatalog,
    SettingsEmailStatuses,
    SettingsInventory,
    SettingsInventoryNotifications,
    SettingsLogo,
    SettingsStoreLocale,
    SettingsStoreProfile,
    SettingsUnitsOfMeasurement,
)
