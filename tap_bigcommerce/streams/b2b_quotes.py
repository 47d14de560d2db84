"""Quotes: prices that a merchant offers a company, before there is an order.

Source: BigCommerce's B2B Edition REST Management V3 API, "Quote".
"""

# ruff: noqa: N815 - B2B Edition's names are mixed

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.api.b2b_pages import read_b2b
from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.schema.values import or_none, to_instant
from tap_bigcommerce.streams.b2b_base import (
    MODIFIED,
    B2BChildStream,
    B2BEdition,
    B2BStream,
    by_modification,
)
from tap_bigcommerce.streams.b2b_channels import B2BChannelledStream
from tap_bigcommerce.streams.b2b_extra_fields import ExtraField, ExtraFieldValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_bigcommerce.api.pages import Row


class QuoteCurrency(Record):
    """How amounts of a quote are written, and what they are worth."""

    token: str
    location: Annotated[str, "left or right"]
    currencyCode: Annotated[str, "ISO 4217"]
    decimalToken: str
    decimalPlaces: int
    thousandsToken: str
    currencyExchangeRate: Annotated[Decimal, "To the store's default currency."]


class OfQuote(Record):
    """What the list and the details of a quote both have."""

    quoteNumber: Annotated[str, "What buyers see it by."]
    status: Annotated[int, "0 new, 2 in process, 3 updated by customer, 4 ordered, 5 expired, ..."]
    bcOrderId: Annotated[str, "As orders.id."]
    orderId: Annotated[str, "As b2b_orders.id."]
    channelName: str
    createdAt: datetime
    expiredAt: datetime
    createdBy: Annotated[str, Personal]
    subtotal: Annotated[Decimal, "After discounts, before shipping and tax."]
    channelId: int
    quoteTitle: str
    referenceNumber: Annotated[str, "The buyer's, such as that of a purchase order."]
    currency: QuoteCurrency
    extraFields: list[ExtraFieldValue]


class Quote(OfQuote):
    """A quote as the list has it, without lines and without the company's ID."""

    quoteId: int
    company: str
    salesRep: Annotated[str, Personal]
    updatedAt: datetime


class B2BQuotes(B2BChannelledStream):
    """Prices that a merchant offers; their lines are in `b2b_quote_details`."""

    name = "b2b_quotes"
    path = "/api/v3/io/rfq"
    record = Quote
    primary_keys = ("quoteId",)
    foreign_keys = {"channelId": "channels.id"}
    replication_key = "updatedAt"
    id_field = "quoteId"
    decode = staticmethod(partial(read_b2b, inside="list"))
    time = MODIFIED
    full_scan = changed_scan = by_modification("quoteId", "asc")


class QuoteOption(Record):
    """What was chosen of a product's options."""

    optionId: int
    optionValue: str
    optionLabel: str
    optionName: str


class QuoteLine(Record):
    """A product with the price that is offered for it."""

    productId: int
    productName: str
    variantId: int
    sku: str
    basePrice: Decimal
    discount: Decimal
    offeredPrice: Decimal
    quantity: int
    orderQuantityMaximum: int
    orderQuantityMinimum: int
    imageUrl: str
    options: list[QuoteOption]
    costPrice: Decimal
    inventoryTracking: Annotated[str, "product, none or variant"]
    purchasedHandled: Annotated[bool, "Whether it is of this quote alone, not of the catalogue."]
    inventoryLevel: int
    type: Annotated[str, "physical or digital"]
    isFreeShipping: bool
    availability: bool
    isPriceHidden: bool
    purchasingDisabled: Annotated[str, "available or disabled"]
    foundInBc: Annotated[bool, "Whether the catalogue has it."]
    hasInvalidOptions: Annotated[bool, "Whether it has options that the catalogue lost."]
    productUrl: str


class QuoteAddress(Record):
    """Where a quote is to be billed or shipped."""

    address: Annotated[str, Personal]
    apartment: Annotated[str, Personal]
    city: Annotated[str, Personal]
    state: str
    zipCode: Annotated[str, Personal]
    country: str
    label: str
    firstName: Annotated[str, Personal]
    lastName: Annotated[str, Personal]
    addressId: Annotated[int, "As b2b_addresses.addressId."]
    stateCode: str
    countryCode: str


class QuoteContact(Record):
    """Who asked for a quote."""

    name: Annotated[str, Personal]
    email: Annotated[str, Personal]
    companyName: Annotated[str, Personal, "Of a shopper without a company what they wrote there."]
    phoneNumber: Annotated[str, Personal]


class QuoteShipping(Record):
    """How a quote is to be shipped."""

    type: Annotated[str, "custom, provider_methodtype or shipping_flatrate"]
    cost: Decimal
    description: str
    id: int
    b2bId: int
    imageUrl: str
    isCustom: bool
    transitTime: str
    additionalDescription: str


class QuoteStore(Record):
    """The storefront that makes an offer."""

    storeName: str
    storeAddress: str
    storeCountry: str
    storeLogo: str


class QuoteCompany(Record):
    """The company that an offer is for."""

    companyId: int
    companyName: str
    companyAddress: Annotated[str, Personal]
    companyCity: str
    companyState: str
    companyZipCode: str
    companyCountry: str
    companyphoneNumber: Annotated[str, Personal]


class QuoteSalesRep(Record):
    """Who makes an offer."""

    salesRepName: Annotated[str, Personal]
    salesRepEmail: Annotated[str, Personal]
    salesRepPhoneNumber: Annotated[str, Personal]


class QuoteFile(Record):
    """What was attached to a quote."""

    id: int
    fileName: str
    fileType: str
    fileUrl: str


class QuoteMessage(Record):
    """What buyer and merchant wrote to each other."""

    date: datetime
    role: Annotated[str, Personal, "Customer: or Sales rep: with the name."]
    message: Annotated[str, Personal]


class QuoteDetail(OfQuote):
    """A quote with lines, addresses, sums and messages."""

    quote_id: Annotated[int, "As b2b_quotes.quoteId."]
    notes: str
    discount: Decimal
    grandTotal: Annotated[Decimal, "After discounts, shipping and tax."]
    legalTerms: str
    displayDiscount: bool
    allowCheckout: bool
    productList: list[QuoteLine]
    shippingAddress: QuoteAddress
    contactInfo: QuoteContact
    discountType: Annotated[int, "0 by line, 1 a percentage, 2 an amount"]
    discountValue: Decimal
    shippingTotal: Decimal
    taxTotal: Decimal
    totalAmount: Decimal
    quoteLogo: str
    shippingMethod: QuoteShipping
    billingAddress: QuoteAddress
    storeInfo: QuoteStore
    companyInfo: QuoteCompany
    salesRepInfo: QuoteSalesRep
    storefrontAttachFiles: Annotated[list[QuoteFile], "The buyer's."]
    backendAttachFiles: Annotated[list[QuoteFile], "The merchant's."]
    trackingHistory: list[QuoteMessage]
    extraFieldsInfo: list[ExtraField]
    recipients: Annotated[list[str], Personal]


class B2BQuoteDetails(B2BChildStream):
    """Quotes with lines, addresses, sums and messages; one request per quote."""

    name = "b2b_quote_details"
    path = "/api/v3/io/rfq/{quote_id}"
    record = QuoteDetail
    primary_keys = ("quote_id",)
    foreign_keys = {
        "channelId": "channels.id",
        "productList.productId": "products.id",
        "shippingAddress.addressId": "b2b_addresses.addressId",
        "billingAddress.addressId": "b2b_addresses.addressId",
        "companyInfo.companyId": "b2b_companies.companyId",
    }
    parent = B2BQuotes
    parent_key = "quote_id"

    def kept(self, parent: Row) -> Row:
        """When the quote was made."""
        return {"createdAt": parent.get("createdAt")}

    def params_for(self, parent: Row) -> Mapping[str, str]:
        """The day on which the quote was made, which is asked for. In which zone is not said."""
        made: str | None = or_none(to_instant, parent.get("createdAt"))
        moment = datetime.fromisoformat(made) if made else datetime.now(UTC)
        return {"date": f"{moment:%m/%d/%Y}"}


class CustomShippingMethod(Record):
    """A way to ship that only quotes have."""

    customShippingMethodName: str


class B2BQuoteCustomShippingMethods(B2BStream):
    """Ways to ship that only quotes have."""

    name = "b2b_quote_custom_shipping_methods"
    path = "/api/v3/io/rfq/custom/shipping-methods"
    record = CustomShippingMethod
    primary_keys = ("customShippingMethodName",)
    page_limit = None
    full_scan = Once()
    # 422 where the store does not use them.
    missing_statuses = B2BEdition.missing_statuses | {422}


STREAMS = (B2BQuotes, B2BQuoteDetails, B2BQuoteCustomShippingMethods)
