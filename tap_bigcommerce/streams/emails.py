"""Texts of the store's e-mails, and of those that remind shoppers of their carts.

Source: BigCommerce's REST Management API, "Email Templates" and "Abandoned Cart Emails".
"""

from __future__ import annotations

from typing import Annotated

from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.by_channel import ByChannelParameterStream, OfChannel
from tap_bigcommerce.streams.settings_by_channel import SettingsByChannelStream
from tap_bigcommerce.streams.v3 import V3Stream


class Translation(Record):
    """The phrases of a template in one language."""

    locale: Annotated[str, "Such as en, en-us, fr-ca."]
    # The merchant names the phrases.
    keys: Annotated[dict, "Phrases by the names that the template has for them."]  # type: ignore[type-arg]  # of no fixed shape


class EmailTemplate(Record):
    """One kind of e-mail, as the merchant wrote it."""

    type_id: Annotated[str, "Such as invoice_email or account_reset_password_email."]
    body: Annotated[str, "HTML with placeholders."]
    translations: list[Translation]
    subject: Annotated[str, "With placeholders."]


class EmailTemplates(V3Stream):
    """Templates of e-mails for all channels, without those that a channel has of its own."""

    name = "email_templates"
    path = "/v3/marketing/email-templates"
    record = EmailTemplate
    primary_keys = ("type_id",)
    page_limit = None
    scope = ("store_v2_information_read_only",)
    full_scan = Once("type_id")
    selected_by_default = False


class EmailTemplatesByChannel(SettingsByChannelStream):
    """Templates of e-mails that single channels have of their own."""

    name = "email_templates_by_channel"
    of = EmailTemplates
    primary_keys = ("channel_id", "type_id")


class CartEmailTemplate(Record):
    """What an abandoned cart e-mail says."""

    subject: Annotated[str, "With placeholders."]
    body: Annotated[str, "HTML with placeholders."]
    translations: list[Translation]


class AbandonedCartEmail(Record):
    """One of the e-mails that follow when a shopper leaves a cart behind."""

    id: int
    notify_at_minutes: Annotated[int, "After the cart was left."]
    coupon_code: Annotated[str, "Offered in the e-mail."]
    template: CartEmailTemplate
    is_active: bool
    sent_num: Annotated[int, "How often it was sent."]


class AbandonedCartEmails(V3Stream):
    """Abandoned cart e-mails for all channels, without those that a channel has of its own."""

    name = "abandoned_cart_emails"
    path = "/v3/marketing/abandoned-cart-emails"
    record = AbandonedCartEmail
    primary_keys = ("id",)
    page_limit = None
    scope = ("store_v2_information_read_only",)
    full_scan = Once()
    selected_by_default = False


class AbandonedCartEmailsByChannel(SettingsByChannelStream):
    """Abandoned cart e-mails that single channels have of their own."""

    name = "abandoned_cart_emails_by_channel"
    of = AbandonedCartEmails
    primary_keys = ("channel_id", "id")


class AbandonedCartEmailSetting(OfChannel):
    """Whether a channel has abandoned cart e-mails of its own."""

    use_global: Annotated[bool, "True: it sends the store's."]


class AbandonedCartEmailSettings(ByChannelParameterStream):
    """Which channels send the store's abandoned cart e-mails."""

    name = "abandoned_cart_email_settings"
    path = "/v3/marketing/abandoned-cart-emails/settings"
    record = AbandonedCartEmailSetting
    scope = ("store_v2_information_read_only",)


STREAMS = (
    EmailTemplates,
    EmailTemplatesByChannel,
    AbandonedCartEmails,
    AbandonedCartEmailsByChannel,
    AbandonedCartEmailSettings,
)
