"""Shoppers: accounts, address books, groups and newsletter subscribers.

Source: BigCommerce's REST Management API, "Customers V3" (Customers, Addresses),
"Customers V2" (Customer Groups) and "Subscribers".
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.scans import CheckedPages, Cursor, ParentBatches
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.schema.shapes import FormField
from tap_bigcommerce.streams.v2 import V2Stream
from tap_bigcommerce.streams.v3 import V3_MODIFIED, V3Stream


class CustomerAuthentication(Record):
    """How a customer signs in."""

    force_password_reset: Annotated[bool, "Whether the next login asks for a new password."]
    # `new_password` is left out: it is only written, no answer has it.


class CustomerFormField(FormField):
    """What a customer entered when signing up."""

    customer_id: int


class StoreCredit(Record):
    """Money that a customer may spend in the store."""

    amount: Decimal


class Customer(Record):
    """Someone with an account. Who ordered as a guest is in `orders` alone."""

    email: Annotated[str, Personal, "Unique per channel, so it may repeat in a store with several."]
    first_name: Annotated[str, Personal]
    last_name: Annotated[str, Personal]
    company: Annotated[str, Personal]
    phone: Annotated[str, Personal]
    registration_ip_address: Annotated[str, Personal, "Empty when the account was made by API."]
    notes: Annotated[str, Personal, "What the merchant wrote about the customer."]
    tax_exempt_category: str
    customer_group_id: Annotated[int, "0 for no group."]
    id: int
    date_modified: datetime
    date_created: datetime
    address_count: int
    attribute_count: int
    authentication: CustomerAuthentication
    # `addresses` and `attributes` are left out: they end after ten without a sign of it.
    # The streams `customer_addresses` and `customer_attribute_values` have them all.
    form_fields: list[CustomerFormField]
    store_credit_amounts: list[StoreCredit]
    accepts_product_review_abandoned_cart_emails: bool
    origin_channel_id: Annotated[int, "The channel where the account was made."]
    channel_ids: Annotated[list[int], "Where the account is valid; null for every channel."]
    # In the reference's example and under its parameter `include`, not in its schema (beta).
    shopper_profile_id: str
    segment_ids: list[str]


class AddressFormField(FormField):
    """What a customer entered beside an address."""

    address_id: int


class CustomerAddress(Record):
    """One entry of a customer's address book. Orders keep copies of their own."""

    address1: Annotated[str, Personal]
    address2: Annotated[str, Personal]
    address_type: Annotated[str, "residential or commercial"]
    city: Annotated[str, Personal]
    company: Annotated[str, Personal]
    country: str
    country_code: Annotated[str, "ISO 3166-1 alpha-2"]
    customer_id: int
    first_name: Annotated[str, Personal]
    id: int
    last_name: Annotated[str, Personal]
    phone: Annotated[str, Personal]
    postal_code: Annotated[str, Personal]
    state_or_province: str
    form_fields: list[AddressFormField]


class CategoryAccess(Record):
    """Categories that a group may see."""

    type: Annotated[str, "all, specific or none"]
    categories: Annotated[list[int], "Category ids, for type specific."]


class DiscountRule(Record):
    """One price reduction of a group; `type` says which of the ids is there."""

    type: Annotated[str, "price_list, all, category or product"]
    method: Annotated[str, "percent, fixed or price; absent with a price list"]
    amount: Annotated[Decimal, "A percentage or money, as `method` says."]
    price_list_id: int
    category_id: int
    product_id: int


class CustomerGroup(Record):
    """Customers who see the same categories and prices."""

    id: int
    name: str
    is_default: Annotated[bool, "Whether new customers join it."]
    category_access: CategoryAccess
    # Four list shapes in the reference, merged here: they differ in the id that they carry.
    discount_rules: list[DiscountRule]
    date_created: datetime
    date_modified: datetime
    is_group_for_guests: Annotated[bool, "True for one group at most."]


class Subscriber(Record):
    """Someone who was asked about e-mails, with or without an account."""

    email: Annotated[str, Personal]
    first_name: Annotated[str, Personal]
    last_name: Annotated[str, Personal]
    source: Annotated[str, "storefront, order or custom"]
    order_id: Annotated[int, "The order where the shopper subscribed, for source order."]
    # A guide calls it `origin_channel_id`; the reference does not.
    channel_id: int
    consents: Annotated[
        list[str], "marketing_newsletter, abandoned_cart; none of them means unsubscribed"
    ]
    id: int
    date_modified: datetime
    date_created: datetime


class Customers(V3Stream):
    """Accounts of shoppers with store credit, form fields and segments."""

    name = "customers"
    path = "/v3/customers"
    record = Customer
    primary_keys = ("id",)
    foreign_keys = {
        "customer_group_id": "customer_groups.id",
        "origin_channel_id": "channels.id",
        "channel_ids": "channels.id",
        "shopper_profile_id": "shopper_profiles.id",
        "segment_ids": "segments.id",
    }
    replication_key = "date_modified"
    include = ("storecredit", "formfields", "shopper_profile_id", "segment_ids")
    scope = ("store_v2_customers_read_only",)
    time = V3_MODIFIED
    full_scan = changed_scan = Cursor(V3_MODIFIED)


class CustomerAddresses(V3Stream):
    """Address books of all customers, complete; `customers` would carry ten entries of each."""

    # Addresses have no dates, and whether an edit moves the customer's is not documented.
    name = "customer_addresses"
    path = "/v3/customers/addresses"
    record = CustomerAddress
    primary_keys = ("id",)
    foreign_keys = {"customer_id": "customers.id"}
    include = ("formfields",)
    scope = ("store_v2_customers_read_only",)
    batched_by = Customers
    full_scan = ParentBatches("customer_id", "customer_id:in")


class CustomerGroups(V2Stream):
    """Groups with their category access and discounts; not on every BigCommerce plan."""

    name = "customer_groups"
    path = "/v2/customer_groups"
    record = CustomerGroup
    primary_keys = ("id",)
    foreign_keys = {
        "category_access.categories": "categories.category_id",
        "discount_rules.price_list_id": "price_lists.id",
        "discount_rules.category_id": "categories.category_id",
        "discount_rules.product_id": "products.id",
    }
    replication_key = "date_modified"
    scope = ("store_v2_customers_read_only",)
    at_once = 40
    time = V3_MODIFIED  # of V3's kind, although this is V2
    full_scan = changed_scan = CheckedPages(V3_MODIFIED)


class Subscribers(V3Stream):
    """E-mail addresses and what their owners consented to, guests included."""

    name = "subscribers"
    path = "/v3/customers/subscribers"
    record = Subscriber
    primary_keys = ("id",)
    foreign_keys = {"order_id": "orders.id", "channel_id": "channels.id"}
    outlives = frozenset({"order_id"})
    replication_key = "date_modified"
    scope = ("store_v2_customers_read_only",)
    time = V3_MODIFIED
    full_scan = changed_scan = CheckedPages(V3_MODIFIED)


STREAMS = (Customers, CustomerAddresses, CustomerGroups, Subscribers)
