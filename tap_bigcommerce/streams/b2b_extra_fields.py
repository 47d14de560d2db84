"""Fields that a merchant adds to companies, addresses, users, orders, quotes and invoices.

Their values stand in the rows of those; here is what they are.

Source: BigCommerce's B2B Edition REST Management V3 API, "Extra Fields" of each of these.
"""

# ruff: noqa: N815 - B2B Edition's names are mixed

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.b2b_base import B2BStream


class ExtraFieldValue(Record):
    """What was entered in an added field."""

    fieldName: str
    fieldValue: Annotated[str, Personal]


class AnyExtraField(Record):
    """A field that the merchant added, or one of a few that are built in, without its limits."""

    id: int
    uuid: Annotated[str, "Its ID in another system."]
    fieldName: str
    fieldType: Annotated[int, "0 text, 1 several lines of text, 2 number, 3 list to choose from"]
    isRequired: bool
    isUnique: bool
    visibleToEnduser: bool
    configType: Annotated[int, "1 built in, 2 added by the merchant"]
    defaultValue: str


class ExtraField(AnyExtraField):
    """A field of anything but orders."""

    maximumLength: Annotated[str, "For type 0 only."]
    numberOfRows: Annotated[str, "For type 1 only."]
    maximumValue: Annotated[str, "For type 2 only."]
    listOfValue: Annotated[list[str], "For type 3 only."]


class B2BCompanyExtraFields(B2BStream):
    """Which fields a merchant added to companies."""

    name = "b2b_company_extra_fields"
    path = "/api/v3/io/companies/extra-fields"
    record = ExtraField
    primary_keys = ("id",)


class B2BAddressExtraFields(B2BStream):
    """Which fields a merchant added to companies' addresses."""

    name = "b2b_address_extra_fields"
    path = "/api/v3/io/addresses/extra-fields"
    record = ExtraField
    primary_keys = ("id",)


class B2BUserExtraFields(B2BStream):
    """Which fields a merchant added to companies' users."""

    name = "b2b_user_extra_fields"
    path = "/api/v3/io/users/extra-fields"
    record = ExtraField
    primary_keys = ("id",)


class OrderExtraField(AnyExtraField):
    """A field of orders, with a label, and numbers where others have texts."""

    labelName: Annotated[str, "What buyers see."]
    maximumLength: Annotated[int, "For type 0 only."]
    numberOfRows: Annotated[int, "For type 1 only."]
    maximumValue: Annotated[Decimal, "For type 2 only."]
    listOfValues: Annotated[list[str], "For type 3 only."]


class B2BOrderExtraFields(B2BStream):
    """Which fields a merchant added to orders of companies."""

    name = "b2b_order_extra_fields"
    path = "/api/v3/io/orders/extra-fields"
    record = OrderExtraField
    primary_keys = ("id",)


class ValueConfig(Record):
    """The limits of an added field once more, in an object."""

    defaultValue: str
    # Objects in the reference, without saying of what.
    listOfValue: list[dict]  # type: ignore[type-arg] # an object of no fixed shape
    maximumLimit: str


class QuoteExtraField(ExtraField):
    """A field of quotes, which has its limits twice."""

    valueConfig: ValueConfig


class B2BQuoteExtraFields(B2BStream):
    """Which fields a merchant added to quotes."""

    name = "b2b_quote_extra_fields"
    path = "/api/v3/io/rfq/extra-fields"
    record = QuoteExtraField
    primary_keys = ("id",)


class B2BInvoiceExtraFields(B2BStream):
    """Which fields a merchant added to invoices."""

    name = "b2b_invoice_extra_fields"
    path = "/api/v3/io/ip/invoices/extra-fields"
    record = ExtraField
    primary_keys = ("id",)


STREAMS = (
    B2BCompanyExtraFields,
    B2BAddressExtraFields,
    B2BUserExtraFields,
    B2BOrderExtraFields,
    B2BQuoteExtraFields,
    B2BInvoiceExtraFields,
)
