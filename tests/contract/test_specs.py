"""The records against BigCommerce's own OpenAPI documents.

The documents are not part of this repository: they have no licence. Put them, with the catalogue
of streams beside their folder, where `SPECS` looks, or name the folder in BIGCOMMERCE_OPENAPI.
Without them these tests are skipped.
"""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from datetime import datetime
from decimal import Decimal

import pytest

from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.schema.record import Record, fields_of, schema_of
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.children import POSITION, ChildStream, PartStream
from tap_bigcommerce.streams.lists import ListStream
from tap_bigcommerce.streams.per_parent import PerParentStream
from tap_bigcommerce.streams.singletons import Singleton
from tap_bigcommerce.streams.themes import ThemeCustomTemplates
from tap_bigcommerce.tap import TapBigCommerce
from tests.contract.reference import CATALOGUE, SPECS, Reference
from tests.unit.schema.thing import converted
from tests.unit.schema.validity import complaints
from tools.reading import BY_CHANNEL

pytestmark = pytest.mark.skipif(
    not (SPECS.is_dir() and CATALOGUE.is_file()),
    reason=f"no OpenAPI documents of BigCommerce in {SPECS}: set BIGCOMMERCE_OPENAPI",
)
each = pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)

# Where a record and the documents part on purpose: reason, kind of difference, places by stream.
EXPLAINED: list[tuple[str, str, dict[str, tuple[str, ...]]]] = [
    (
        "a count or an id, which is whole whatever the reference calls it",
        "int for number",
        {
            "products": ("tax_class_id", "categories[]"),
            "orders": ("customer_id", "items_shipped", "items_total", "shipping_address_count"),
            "order_products": ("quantity_refunded", "quantity_shipped", "return_id"),
            "order_taxes": ("order_pickup_method_id", "priority"),
            "order_shipping_addresses": ("items_shipped", "items_total", "shipping_zone_id"),
            "order_consignments": (
                "shipping[].items_shipped",
                "shipping[].items_total",
                "shipping[].shipping_zone_id",
            ),
            "order_shipping_consignments": ("items_shipped", "items_total", "shipping_zone_id"),
            "b2b_companies": ("extraFields[].fieldType",),
            **dict.fromkeys(
                (
                    "b2b_company_extra_fields",
                    "b2b_user_extra_fields",
                    "b2b_quote_extra_fields",
                    "b2b_invoice_extra_fields",
                ),
                ("configType", "fieldType", "id"),
            ),
            "b2b_address_extra_fields": ("configType", "id"),
            "b2b_order_extra_fields": ("maximumLength", "numberOfRows"),
            "b2b_quote_details": (
                "billingAddress.addressId",
                "extraFieldsInfo[].configType",
                "extraFieldsInfo[].fieldType",
                "extraFieldsInfo[].id",
                "shippingAddress.addressId",
            ),
            "b2b_invoices": ("id", "isPendingPayment", "source", "status"),
            "b2b_invoice_payments": (
                "allowedOperations[]",
                "allowedStatuses[]",
                "appliedStatus",
                "fundingStatus",
                "id",
                "lineItems[].invoiceId",
                "lineItems[].paymentId",
                "processingStatus",
            ),
            "b2b_invoice_payment_transactions": ("card.expiryMonth", "card.expiryYear"),
            "b2b_receipts": ("id", "paymentId"),
            "b2b_receipt_lines": ("id", "invoiceId", "paymentId", "paymentStatus", "receiptId"),
            "b2b_company_payment_methods": ("companyId",),
            "b2b_shopping_lists": ("channelId",),
        },
    ),
    (
        "UNIX seconds",
        "datetime for number",
        {
            "b2b_quote_details": ("trackingHistory[].date",),
            "b2b_invoices": ("details.header.orderDate", "dueDate"),
            **dict.fromkeys(
                (
                    "b2b_invoice_payments",
                    "b2b_receipts",
                    "b2b_receipt_lines",
                    "b2b_company_payment_methods",
                ),
                ("createdAt", "updatedAt"),
            ),
        },
    ),
    (
        "of another system or of what a buyer typed, or a UUID in the examples",
        "str for integer",
        {
            "b2b_orders": ("cartId",),
            "b2b_order_products": ("options[].value",),
            "b2b_order_extra_fields": ("uuid",),
        },
    ),
    (
        "an id of a row in another stream, sent as text",
        "int for string",
        {
            "order_taxes": ("order_product_id",),
            "order_transactions": ("order_id",),
            "banners": ("item_id",),
            "tax_classes": ("id",),
        },
    ),
    (
        "one of several types; a text holds them all",
        "str for array, number, string",
        {
            "customer_form_field_values": ("value",),
            "customers": ("form_fields[].value",),
            "customer_addresses": ("form_fields[].value",),
            "orders": ("billing_address.form_fields[].value",),
            "order_shipping_addresses": ("form_fields[].value",),
            "order_consignments": ("shipping[].form_fields[].value",),
            "order_shipping_consignments": ("form_fields[].value",),
        },
    ),
    (
        "one of two types; a text holds both",
        "str for number, string",
        {"orders": ("payment_provider_id",)},
    ),
    (
        "an empty array where there is no object; of an order's fees, the embedded list",
        "Record for array, object",
        {"store_information": ("logo",), "orders": ("fees",)},
    ),
    (
        "rows of streams of their own, not asked for here or taken out",
        "not declared",
        {
            "products": ("options", "modifiers"),
            "customers": ("addresses", "attributes"),
            "orders": (
                "consignments.downloads",
                "consignments.email",
                "consignments.pickups",
                "consignments.shipping",
            ),
            "order_consignments": (
                "downloads[].line_items",
                "email.gift_certificates[].line_items",
                "pickups[].line_items",
                "shipping[].line_items",
            ),
            "order_shipping_consignments": ("line_items",),
            "order_pickup_consignments": ("line_items",),
            "order_download_consignments": ("line_items",),
            "order_email_consignments": ("line_items",),
        },
    ),
    (
        "described in words",
        "not documented",
        {
            name: tuple(
                f"{path}value_data.{member}"
                for member in ("checked_value", "colors", "image_url", "product_id")
            )
            for name, path in (
                ("product_options", "option_values[]."),
                ("product_option_values", ""),
                ("modifiers", "option_values[]."),
                ("modifier_values", ""),
            )
        },
    ),
    (
        "in the schema of another endpoint that answers with the same record",
        "not documented",
        {
            "product_variants": ("calculated_weight", "gtin", "image_url", "mpn"),
            "channels": ("currencies",),
        },
    ),
    (
        "in the reference's examples only",
        "not documented",
        {
            "customer_settings": ("privacy_settings.ask_shopper_for_tracking_consent_on_checkout",),
            "customer_settings_by_channel": (
                "privacy_settings.ask_shopper_for_tracking_consent_on_checkout",
            ),
            "checkout_settings": ("order_confirmation_sri_hash",),
            "widget_templates": ("channel_id", "client_rerender", "template_engine"),
            "widgets": (
                "storefront_api_query_params",
                "widget_template.channel_id",
                "widget_template.client_rerender",
                "widget_template.template_engine",
            ),
            "placements": (
                "widget.storefront_api_query_params",
                "widget.widget_template.channel_id",
                "widget.widget_template.client_rerender",
                "widget.widget_template.template_engine",
            ),
            "products": ("images[].image_file",),
            "product_variants": ("map_price",),
            "product_images": ("image_file",),
            "customers": ("segment_ids", "shopper_profile_id"),
            "orders": ("credit_card_type", "custom_status"),
            "b2b_invoice_payments": ("moduleData.cartId", "moduleData.orderId"),
            "order_statuses": ("order",),
            **dict.fromkeys(
                ("settings_email_statuses", "settings_email_statuses_by_channel"),
                (
                    "createaccount_email",
                    "createguestaccount_email",
                    "giftcertificate_email",
                    "ordermessage_notification",
                ),
            ),
        },
    ),
    (
        "in answers that others published",
        "not documented",
        {"order_products": ("fulfillment_source",)},
    ),
    (
        "0 or 1 in a text",
        "bool for string",
        {
            "banners": ("visible",),
        },
    ),
    (
        "an object with the zone in which the date is",
        "datetime for object",
        {
            "blog_posts": ("published_date",),
        },
    ),
    (
        "the envelope's, beside the row",
        "not declared",
        {
            "order_settings": ("meta",),
            "order_settings_by_channel": ("meta",),
        },
    ),
]

# What the records cannot take of the reference's examples, likewise.
EXPLAINED_EXAMPLES: list[tuple[str, dict[str, tuple[str, ...]]]] = [
    (
        "only written, but in an example all the same",
        {"products": ("brand_name",), "product_options": ("image_url",)},
    ),
    (
        "rows of streams of their own, not asked for here or taken out",
        {
            "products": ("modifiers", "options"),
            "customers": ("addresses", "attributes"),
            "orders": (
                "consignments.downloads",
                "consignments.email",
                "consignments.pickups",
                "consignments.shipping",
            ),
        },
    ),
    (
        "the envelope's, one level too deep",
        {"products": ("meta",), "customer_addresses": ("meta",), "pages": ("meta",)},
    ),
    (
        "in answers to uploads, at the same path",
        {"themes": ("job_id",)},
    ),
    (
        "in answers to what is written, or of the path of a single row",
        {
            "b2b_companies": ("customerGroupId", "customerId"),
            "b2b_company_roles": ("permissions",),
            "b2b_invoices": ("errMsg",),
            "b2b_shopping_lists": ("items", "shoppingListId"),
        },
    ),
    (
        "the word string, for want of a value",
        {
            "b2b_invoices": (
                "createdAt",
                "details.details.lineItems[].quantity",
                "details.details.lineItems[].unitDiscount.value",
                "details.details.lineItems[].unitPrice.value",
                "details.header.costLines[].amount.value",
                "openBalance.value",
                "originalBalance.value",
                "updatedAt",
            )
        },
    ),
    (
        "slips of the pen",
        {
            "customer_settings_by_channel": ("customer_group_settings.allow_global_logins",),
            "order_settings": ("$ref",),
            "orders": ('["currency_code\\""]',),
            "order_products": ("product_options[].option id",),
            "order_product_options": ("option id",),
            "order_fees": ("cost_exc_tax",),
            "currencies": ("last_updated",),  # with a stray quotation mark
            "theme_configurations": ("date_created",),  # two letters of no meaning
        },
    ),
]

# The catalogue's keys may be absent from rows of these, or the same for several.
TOLD_APART = {
    "b2b_order_products": ("bc_order_id", "id", POSITION),
    "b2b_invoice_payment_transactions": ("payment_id", POSITION),
}

FITS: dict[t.Any, set[str]] = {
    int: {"integer"},
    str: {"string"},
    bool: {"boolean"},
    Decimal: {"number", "integer", "string"},
    datetime: {"string", "integer"},
    dict: {"object"},
    list: {"array"},
    Record: {"object"},
}


def differences(reference, hint, schemas, path=""):
    """Places where a declared type and the documented one part, with how."""
    kind = hint
    if isinstance(hint, type) and issubclass(hint, Record):
        kind, fields, documented = Record, fields_of(hint), reference.members(schemas)
        for name in documented.keys() - fields.keys():
            yield f"{path}.{name}", "not declared"
        for name in fields.keys() - documented.keys():
            yield f"{path}.{name}", "not documented"
        for name in fields.keys() & documented.keys():
            yield from differences(reference, fields[name].type, documented[name], f"{path}.{name}")
    elif t.get_origin(hint) is list:
        kind = list
        (item,) = t.get_args(hint)
        yield from differences(reference, item, reference.items(schemas), f"{path}[]")
    types, formats = reference.types(schemas), reference.formats(schemas)
    if types - FITS[kind]:
        yield path, f"{kind.__name__} for {', '.join(sorted(types))}"
    if kind is str and formats & {"date", "date-time"}:
        yield path, "str for a date"


def declared(record):
    """How many fields a record has, those inside it too."""
    count = 0
    for one in fields_of(record).values():
        item = one.type
        while t.get_origin(item) is list:
            (item,) = t.get_args(item)
        count += 1 + (declared(item) if issubclass(item, Record) else 0)
    return count


def placeholders(path):
    return re.findall(r"{(\w+)}", path)


def unnamed(path):
    """The path without names: the reference has both channel_id and channelId."""
    return re.sub(r"{\w+}", "{}", path)


def added_by_us(stream):
    """What is not documented because the rows do not have it on the wire."""
    names = list(stream.key_paths)
    if issubclass(stream, Singleton):
        names += stream.keys()
    if issubclass(stream, ChildStream):
        names += [stream.parent_key, stream.parent_date, *placeholders(stream.path)]
    if issubclass(stream, PerParentStream):
        names += [stream.parent_key]
    if issubclass(stream, ThemeCustomTemplates):
        names += stream.keys()
    if issubclass(stream, PartStream):
        names += [*stream.carries, POSITION]
    if stream.name in TOLD_APART:
        names.append(POSITION)
    return {(name, "not documented") for name in names}


def found_differences(stream):
    reference = Reference(stream)
    return {
        (path.removeprefix("."), how)
        for path, how in differences(reference, stream.record, reference.schemas)
    }


def explained(stream):
    return {(path, how) for _, how, places in EXPLAINED for path in places.get(stream.name, ())}


@each
def test_the_record_is_what_the_reference_documents(stream):
    """A field that nobody declared would go to `_extra`; one that nobody sends stays empty."""
    assert found_differences(stream) - added_by_us(stream) == explained(stream)


@each
def test_path_keys_and_scope_are_those_of_the_catalogue(stream):
    entry = Reference(stream).entry
    # The catalogue has one entry for both lists: that of all rows, and that of one parent's.
    asked = stream.whole if issubclass(stream, PartStream) else stream
    paths = {stream.path, getattr(asked, "counted_by", None) or stream.path}
    assert unnamed(entry["path"]) in map(unnamed, paths)
    if not issubclass(stream, PartStream):  # the catalogue has no parts
        # What the catalogue gives no key is one row of a store, or of a channel.
        added = Singleton.keys() if issubclass(stream, Singleton) else ("channel_id",)
        keys = entry["primary_key"] or list(added)
        if hasattr(stream, "of") and "channel_id" not in keys:  # of the store's entry
            keys = ["channel_id", *keys]
        assert stream.keys() == TOLD_APART.get(stream.name, tuple(keys))
    # B2B Edition's has no name but that of the control panel, which has a note behind it.
    assert list(stream.scope) == [name.partition(" (")[0] for name in entry["scope"]["read"]]


CHANNEL_FILTERS = {
    *("channel_id", "channel_id:in", "channels", "channelId", "channelIds", "channelIds[]"),
}
NOT_BY_CHANNEL = {
    # Whatever is of no channel holds for all, and a filter would leave it out.
    "search_filter_contexts": "those of categories are of no channel",
    "theme_configurations": "those that themes came with are of no channel",
    "widget_templates": "BigCommerce's own are of no channel",
    "abandoned_cart_email_settings": "asked for each channel anyway",
}


@each
def test_channels_can_be_chosen_where_the_api_can_filter(stream):
    """By a parameter; where it stands for something else, channels have a stream of their own."""
    filters = {one["name"] for one in Reference(stream).entry["filters"]} & CHANNEL_FILTERS
    is_elsewhere = f"{stream.name}_by_channel" in {one.name for one in STREAMS}
    if issubclass(stream, BY_CHANNEL):
        assert not stream.channel_filter
    elif issubclass(stream, PartStream) or is_elsewhere or stream.name in NOT_BY_CHANNEL:
        assert stream.channel_filter is None
    else:
        several = [one for one in filters if one.endswith(":in")]
        assert stream.channel_filter in (several or filters or {None})


def rows_of(instance, example):
    """What a stream makes of a row that the documents show."""
    if isinstance(instance, PartStream):
        parent = {"id": 1, "date_modified": "2026-11-01T00:00:00Z"}
        whole: t.Any = instance.origin
        if isinstance(instance.origin, ListStream):
            return instance.rows(Page([example]), ())
        return instance.rows(Page([parent]), [whole.unwrap([example])])
    if isinstance(instance, ChildStream):
        return instance.unwrap([example])
    return [instance.normalise(example)]


@each
def test_the_reference_s_examples_fit(stream):
    """Whatever an official answer shows, the record takes, and a target would take the record."""
    instance: t.Any = TapBigCommerce(validate_config=False).streams[stream.name]
    schema = {**schema_of(stream.record), "required": []}
    reference, beyond, count = Reference(stream), set(), 0
    for example in reference.examples():
        for row in rows_of(instance, example):
            out, found = converted(row, stream.record)
            beyond |= {re.sub(r"\[\d+\]", "[]", one.path) for one in found}
            assert complaints(out, schema) == []
            count += 1
    assert beyond == {
        path for _, places in EXPLAINED_EXAMPLES for path in places.get(stream.name, ())
    }
    assert count


def test_what_was_compared(record_property):
    """Shown with `pytest -s`, kept in the JUnit report."""
    per_kind = Counter(how for stream in STREAMS for _, how in found_differences(stream))
    fields = sum(declared(stream.record) for stream in STREAMS)
    ours = sum(len(added_by_us(stream) & found_differences(stream)) for stream in STREAMS)
    counts = {
        "streams": len(STREAMS),
        "fields declared": fields,
        "fields documented": fields - per_kind["not documented"] + per_kind["not declared"],
        "fields added by us": ours,
        "differences explained": per_kind.total() - ours,
        **{f"- {how}": count for how, count in sorted(per_kind.items())},
        "examples": sum(len(list(Reference(stream).examples())) for stream in STREAMS),
    }
    for name, count in counts.items():
        record_property(name, count)
        print(f"{count:6} {name}")  # noqa: T201 (it is there to be read)
    assert counts["differences explained"] == sum(
        len(paths) for _, _, places in EXPLAINED for paths in places.values()
    )
