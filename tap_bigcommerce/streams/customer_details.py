"""What is known of customers beside their accounts: attributes, form fields, consent, cards, taxes.

Source: BigCommerce's REST Management API, "Customers V3" (Customer Attributes, Customer Attribute
Values, Customer Form Field Values, Customer Consent, Customer Stored Instruments, Customer
Settings) and "Tax Customers".
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from tap_bigcommerce.scans import CheckedPages, Cursor, Once
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.by_channel import ByChannelStream, OfChannel
from tap_bigcommerce.streams.customers import Customers
from tap_bigcommerce.streams.singletons import OfStore, V3Singleton
from tap_bigcommerce.streams.v3 import V3_MODIFIED, V3ChildStream, V3Stream, read_bare


class CustomerAttribute(Record):
    """A field that the merchant added to what is known of customers."""

    name: str
    type: Annotated[str, "string, number or date"]
    id: int
    date_modified: datetime
    date_created: datetime


class CustomerAttributes(V3Stream):
    """Fields that the merchant added to customers, fifty at most."""

    name = "customer_attributes"
    path = "/v3/customers/attributes"
    record = CustomerAttribute
    primary_keys = ("id",)
    replication_key = "date_modified"
    scope = ("store_v2_customers_read_only",)
    time = V3_MODIFIED
    full_scan = changed_scan = CheckedPages(V3_MODIFIED)


class CustomerAttributeValue(Record):
    """What one customer has in such a field."""

    attribute_id: int
    attribute_value: Annotated[str, "A text, whatever the attribute's type.", Personal]
    id: int
    customer_id: int
    date_modified: datetime
    date_created: datetime


class CustomerAttributeValues(V3Stream):
    """Values of attributes, all of every customer; `customers` would carry ten of each."""

    name = "customer_attribute_values"
    path = "/v3/customers/attribute-values"
    record = CustomerAttributeValue
    primary_keys = ("id",)
    foreign_keys = {"attribute_id": "customer_attributes.id", "customer_id": "customers.id"}
    replication_key = "date_modified"
    scope = ("store_v2_customers_read_only",)
    time = V3_MODIFIED
    full_scan = changed_scan = CheckedPages(V3_MODIFIED)


class CustomerFormFieldValue(Record):
    """What somebody entered when signing up, or beside an address: a row has one of both IDs."""

    customer_id: Annotated[int, "0 where it belongs to an address."]
    address_id: Annotated[int, "0 where it belongs to a customer."]
    name: str
    # A text, a number or a list of texts on the wire.
    value: Annotated[str, "A list is kept as JSON text.", Personal]


class CustomerFormFieldValues(V3Stream):
    """Custom form fields of customers and of their addresses in one list."""

    name = "customer_form_field_values"
    path = "/v3/customers/form-field-values"
    record = CustomerFormFieldValue
    primary_keys = ("customer_id", "address_id", "name")
    foreign_keys = {"customer_id": "customers.id", "address_id": "customer_addresses.id"}
    key_paths: ClassVar = {"customer_id": ("customer_id",), "address_id": ("address_id",)}
    scope = ("store_v2_customers_read_only",)
    full_scan = Cursor()


class CustomerConsent(Record):
    """What may be done with one customer's data; each list has essential, functional, ..."""

    customer_id: int
    allow: Annotated[list[str], "essential, functional, analytics, targeting"]
    deny: Annotated[list[str], "essential, functional, analytics, targeting"]
    updated_at: Annotated[datetime, "Time of the request, not of a change, by the reference."]


class CustomerConsents(V3ChildStream):
    """Consents to cookies and scripts; a request for each customer."""

    name = "customer_consents"
    path = "/v3/customers/{customer_id}/consent"
    decode = staticmethod(read_bare)
    record = CustomerConsent
    primary_keys = ("customer_id",)
    page_limit = None
    parent = Customers
    parent_key = "customer_id"
    scope = ("store_v2_customers_read_only",)
    selected_by_default = False


class CardAddress(Record):
    """Whom a stored card belongs to."""

    first_name: Annotated[str, Personal]
    last_name: Annotated[str, Personal]
    email: Annotated[str, Personal]
    company: Annotated[str, Personal]
    address1: Annotated[str, Personal]
    address2: Annotated[str, Personal]
    city: Annotated[str, Personal]
    postal_code: Annotated[str, Personal]
    state_or_province: str
    state_or_province_code: str
    country_code: Annotated[str, "ISO 3166-1 alpha-2"]
    phone: Annotated[str, Personal]


class StoredInstrument(Record):
    """A card, PayPal account or bank account to pay with; `type` says which fields it has."""

    customer_id: int
    type: Annotated[str, "stored_card, stored_paypal_account or stored_bank_account"]
    token: Annotated[str, "BigCommerce's name for it; nobody can pay with it elsewhere."]
    is_default: bool
    brand: Annotated[str, "Such as VISA."]
    expiry_month: int
    expiry_year: int
    issuer_identification_number: Annotated[str, "The card's first digits."]
    last_4: str
    billing_address: CardAddress
    email: Annotated[str, "Of the PayPal account.", Personal]
    masked_account_number: str
    issuer: Annotated[str, "Of the bank account."]


class CustomerStoredInstruments(V3ChildStream):
    """Means of payment that customers left with the store; a request for each customer."""

    name = "customer_stored_instruments"
    path = "/v3/customers/{customer_id}/stored-instruments"
    decode = staticmethod(read_bare)
    record = StoredInstrument
    primary_keys = ("customer_id", "token")
    page_limit = None
    parent = Customers
    parent_key = "customer_id"
    scope = ("store_stored_payment_instruments_read_only",)
    selected_by_default = False


class PrivacySettings(Record):
    """What shoppers are asked before they are watched."""

    ask_shopper_for_tracking_consent: bool
    policy_url: str
    ask_shopper_for_tracking_consent_on_checkout: bool  # in the reference's examples only


class CustomerGroupSettings(Record):
    """Groups that customers get into by themselves."""

    guest_customer_group_id: Annotated[int, "0 for none."]
    default_customer_group_id: Annotated[int, "0 for none."]


class CustomerSetting(Record):
    """How a store deals with new customers and their privacy."""

    privacy_settings: PrivacySettings
    customer_group_settings: CustomerGroupSettings


class StoreCustomerSettings(CustomerSetting, OfStore):  # fields of the last base come first
    """The same, for channels without settings of their own."""


class CustomerSettings(V3Singleton):
    """Settings of accounts and privacy, for all channels."""

    name = "customer_settings"
    path = "/v3/customers/settings"
    record = StoreCustomerSettings
    foreign_keys = {
        "customer_group_settings.guest_customer_group_id": "customer_groups.id",
        "customer_group_settings.default_customer_group_id": "customer_groups.id",
    }
    scope = ("store_v2_customers_read_only",)
    selected_by_default = False


class ChannelCustomerSettings(CustomerSetting, OfChannel):
    """What a channel has instead; null where it has the store's."""

    allow_global_logins: Annotated[bool, "Whether accounts of other channels are valid here."]


class CustomerSettingsByChannel(ByChannelStream):
    """Settings of accounts and privacy that channels have of their own."""

    name = "customer_settings_by_channel"
    path = "/v3/customers/settings/channels/{channel_id}"
    record = ChannelCustomerSettings
    foreign_keys = {
        "customer_group_settings.guest_customer_group_id": "customer_groups.id",
        "customer_group_settings.default_customer_group_id": "customer_groups.id",
    }
    scope = ("store_v2_customers_read_only",)


class TaxCustomer(Record):
    """What a tax provider is told about one customer."""

    customer_id: int
    # The merchant defines the codes: see the stream `tax_properties`.
    tax_properties: Annotated[dict, "Values by the codes of tax properties."]  # type: ignore[type-arg]  # of no fixed shape


class TaxCustomers(V3Stream):
    """Tax properties of customers, such as exemption numbers."""

    name = "tax_customers"
    path = "/v3/tax/customers"
    record = TaxCustomer
    primary_keys = ("customer_id",)
    foreign_keys = {"customer_id": "customers.id"}
    page_limit = None  # neither `limit` nor `page` is documented; the answer's meta is followed
    scope = ("store_v2_information_read_only",)
    full_scan = Once("customer_id")
    selected_by_default = False


STREAMS = (
    CustomerAttributes,
    CustomerAttributeValues,
    CustomerFormFieldValues,
    CustomerConsents,
    CustomerStoredInstruments,
    CustomerSettings,
    CustomerSettingsByChannel,
    TaxCustomers,
)
