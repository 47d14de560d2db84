"""Settings of customers, orders, carts, checkouts and e-mails: the store's and its channels'.

A null in a channel's means that the store's is valid there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.sandbox.store.world import Row

_T = TypeVar("_T")

MAIN = 1
"""The channel that has settings of its own."""


def customer_settings(channel: int | None = None) -> Row:
    """`/v3/customers/settings`, and a channel's."""
    has_own = channel in {None, MAIN}
    row: Row = {
        "privacy_settings": {
            "ask_shopper_for_tracking_consent": True if has_own else None,
            "policy_url": "https://example.com/policy?a=1" if has_own else None,
            "ask_shopper_for_tracking_consent_on_checkout": False if has_own else None,
        },
        "customer_group_settings": {
            "guest_customer_group_id": 0 if has_own else None,
            "default_customer_group_id": 2 if has_own else None,
        },
    }
    return row if channel is None else {**row, "allow_global_logins": channel == MAIN}


def order_settings(channel: int | None = None) -> Row:
    """`/v3/orders/settings`, and a channel's, without an envelope."""
    has_own = channel in {None, MAIN}
    addresses = ["orders@example.com", "dépôt@example.com"]
    return {
        "notifications": {
            "order_placed": {"email_addresses": addresses if has_own else None},
            "forward_invoice": {"email_addresses": []},
        },
        "meta": {},
    }


def cart_settings(channel: int | None = None) -> Row:
    """`/v3/carts/settings`, and a channel's."""
    return {"allow_purchasing": True if channel in {None, MAIN} else None}


def checkout_settings(channel: int | None = None) -> Row:
    """`/v3/checkouts/settings`, and a storefront's."""
    scripts: Row = {
        "custom_checkout_script_url": "webdav:checkout/auto-loader.js",
        "order_confirmation_use_custom_checkout_script": False,
        "custom_order_confirmation_script_url": "",
        "custom_checkout_supports_uco_settings": False,
        "custom_checkout_sri_hash": "sha256-1234567890",
        "custom_order_confirmation_sri_hash": "sha256-0987654321",
    }
    if channel is None:
        return {**scripts, "order_confirmation_sri_hash": "sha256-0987654321"}
    return {
        "checkout_type": "opc",
        "guest_checkout_type": "enabled",
        "guest_checkout_for_existing_accounts": "allow",
        "policy_consent": "Ich stimme zu ✓",
        "order_confirmation_contact_email": "help@example.com",
        "is_order_terms_and_conditions_enabled": True,
        "order_terms_and_conditions_type": "textarea",
        "order_terms_and_conditions_link": "",
        "order_terms_and_conditions_textarea": "1. …\n2. …",
        "should_redirect_to_storefront_for_auth": False,
        **scripts,
    }


def abandoned_cart_settings(channel: int | None = None) -> Row:
    """`/v3/abandoned-carts/settings`, and a channel's."""
    row: Row = {
        "enable_notification": True,
        "email_customer_until_cart_is_recovered": False,
        "marketing_emails_require_customer_consent": True,
        "email_merchant_when_cart_is_converted": False,
        "email_merchant_when_cart_is_abandoned": True,
        "merchant_email_address": "owner@example.com",
        "merchant_abandoned_cart_email_frequency_type": "digest",
        "merchant_abandoned_cart_digest_email_frequency": 10,
    }
    return row if channel in {None, MAIN} else dict.fromkeys(row)


def abandoned_cart_email_settings(channel: int) -> Row:
    """`/v3/marketing/abandoned-cart-emails/settings`, without an envelope."""
    return {"use_global": channel != MAIN}


def abandoned_cart_emails(channel: int | None = None) -> list[Row]:
    """`/v3/marketing/abandoned-cart-emails`, and those that a channel has of its own."""
    return [
        {
            "id": id_,
            "notify_at_minutes": (60, 1440, 10080)[id_ - 1],
            "coupon_code": "" if id_ == 1 else "FF11-22X4",
            "template": {
                "subject": "Complete your purchase at {{ store.name }} 🛒",
                "body": '<a href="{{ notification.checkout_link }}">go</a>',
                "translations": _translations(id_ % 3),
            },
            "is_active": id_ > 1,
            "sent_num": id_ * 7,
        }
        for id_ in _own((1, 2, 3), channel)
    ]


def email_templates(channel: int | None = None) -> list[Row]:
    """`/v3/marketing/email-templates`, and those that a channel has of its own."""
    types = (
        "abandoned_cart_email",
        "account_details_changed_email",
        "combined_order_status_email",
        "createaccount_email",
        "createguestaccount_email",
        "giftcertificate_email",
        "invoice_email",
        "ordermessage_notification",
        "return_confirmation_email",
        "return_statuschange_email",
        "product_review_email",
        "account_reset_password_email",
    )
    return [
        {
            "type_id": type_,
            "body": '<html lang="en"><p>{{lang "hello" name=store.name}}</p></html>',
            "translations": _translations(place % 3),
            "subject": "" if place == 1 else "News from {{store.name}}",
        }
        for place, type_ in enumerate(_own(types, channel))
    ]


def _own(keys: Sequence[_T], channel: int | None) -> Sequence[_T]:
    """Which of the store's e-mails a channel has in another form: the first ones, or none."""
    if channel is None:
        return keys
    return keys[:2] if channel == MAIN else ()


def _translations(count: int) -> list[Row]:
    phrases = {"hello": "Grüß Gott, {{name}}", "hello_phrase": "Welcome back,"}
    return [{"locale": locale, "keys": phrases} for locale in ("en", "fr-ca")[:count]]
