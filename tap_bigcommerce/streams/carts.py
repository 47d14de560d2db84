"""How carts and checkouts are set up. Carts themselves have no list that could be read.

Source: BigCommerce's REST Management API, "Carts", "Checkouts" and "Abandoned Carts" (Settings of
each).
"""

from __future__ import annotations

from typing import Annotated

from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.by_channel import ByChannelStream, OfChannel
from tap_bigcommerce.streams.singletons import OfStore, V3Singleton


class CartSetting(Record):
    """Whether shoppers can buy at all."""

    allow_purchasing: bool


class StoreCartSettings(CartSetting, OfStore):  # fields of the last base come first
    """The same, for channels without settings of their own."""


class CartSettings(V3Singleton):
    """Whether shoppers can buy, for all channels."""

    name = "cart_settings"
    path = "/v3/carts/settings"
    record = StoreCartSettings
    scope = ("store_v2_information_read_only",)
    selected_by_default = False


class ChannelCartSettings(CartSetting, OfChannel):
    """What a channel has instead; null where it has the store's."""


class CartSettingsByChannel(ByChannelStream):
    """Whether shoppers can buy in single channels."""

    name = "cart_settings_by_channel"
    path = "/v3/carts/settings/channels/{channel_id}"
    record = ChannelCartSettings
    scope = ("store_v2_information_read_only",)


class CheckoutScripts(Record):
    """Scripts that take the place of BigCommerce's own checkout."""

    custom_checkout_script_url: str
    order_confirmation_use_custom_checkout_script: bool
    custom_order_confirmation_script_url: str
    custom_checkout_supports_uco_settings: bool
    custom_checkout_sri_hash: Annotated[str, "By which browsers know the script."]
    custom_order_confirmation_sri_hash: str


class StoreCheckoutSettings(CheckoutScripts, OfStore):
    """The scripts of all channels without ones of their own."""

    order_confirmation_sri_hash: str  # in the reference's example only


class CheckoutSettings(V3Singleton):
    """Custom checkout scripts, for all channels."""

    name = "checkout_settings"
    path = "/v3/checkouts/settings"
    record = StoreCheckoutSettings
    scope = ("store_content_checkout_read_only",)
    selected_by_default = False


class CheckoutPolicy(Record):
    """How a channel checks out: as a guest, by which terms."""

    checkout_type: str
    guest_checkout_type: str
    guest_checkout_for_existing_accounts: str
    policy_consent: str
    order_confirmation_contact_email: Annotated[str, Personal]
    is_order_terms_and_conditions_enabled: bool
    order_terms_and_conditions_type: str
    order_terms_and_conditions_link: str
    order_terms_and_conditions_textarea: str
    should_redirect_to_storefront_for_auth: bool


class ChannelCheckoutSettings(CheckoutScripts, CheckoutPolicy, OfChannel):
    """One channel's checkout with its scripts."""


class CheckoutSettingsByChannel(ByChannelStream):
    """Checkouts of single channels; one that is no storefront may have none."""

    name = "checkout_settings_by_channel"
    path = "/v3/checkouts/settings/channels/{channel_id}"
    record = ChannelCheckoutSettings
    absent = frozenset({404, 422})  # the latter for a channel that is no storefront
    scope = ("store_content_checkout_read_only",)


class AbandonedCartSetting(Record):
    """Who is reminded of carts that were left behind, and how often."""

    enable_notification: bool
    email_customer_until_cart_is_recovered: bool
    marketing_emails_require_customer_consent: bool
    email_merchant_when_cart_is_converted: bool
    email_merchant_when_cart_is_abandoned: bool
    merchant_email_address: Annotated[str, Personal]
    merchant_abandoned_cart_email_frequency_type: Annotated[str, "digest or individual"]
    merchant_abandoned_cart_digest_email_frequency: Annotated[int, "Carts to a digest."]


class StoreAbandonedCartSettings(AbandonedCartSetting, OfStore):
    """The same, for channels without settings of their own."""


class AbandonedCartSettings(V3Singleton):
    """Notifications about abandoned carts, for all channels."""

    name = "abandoned_cart_settings"
    path = "/v3/abandoned-carts/settings"
    record = StoreAbandonedCartSettings
    scope = ("store_v2_information_read_only",)
    selected_by_default = False


class ChannelAbandonedCartSettings(AbandonedCartSetting, OfChannel):
    """What a channel has instead; null where it has the store's."""


class AbandonedCartSettingsByChannel(ByChannelStream):
    """Notifications about abandoned carts that channels have of their own."""

    name = "abandoned_cart_settings_by_channel"
    path = "/v3/abandoned-carts/settings/channels/{channel_id}"
    record = ChannelAbandonedCartSettings
    scope = ("store_v2_information_read_only",)


STREAMS = (
    CartSettings,
    CartSettingsByChannel,
    CheckoutSettings,
    CheckoutSettingsByChannel,
    AbandonedCartSettings,
    AbandonedCartSettingsByChannel,
)
