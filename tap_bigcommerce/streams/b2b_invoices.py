"""Invoices of companies, what was paid for them and by which means.

Source: BigCommerce's B2B Edition REST Management V3 API, "Invoice Management" and "Payment".
"""

# ruff: noqa: N815 - B2B Edition's names are mixed

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.scans import CheckedPages, Once
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.b2b_base import (
    OLDEST_FIRST,
    WITH_EXTRA_FIELDS,
    B2BChildStream,
    B2BStream,
)
from tap_bigcommerce.streams.b2b_extra_fields import ExtraFieldValue
from tap_bigcommerce.streams.children import POSITION


class Amount(Record):
    """Money with its currency."""

    code: Annotated[str, "ISO 4217"]
    value: Decimal


class CostLine(Record):
    """A part of an invoice's sum."""

    amount: Amount
    description: str


class InvoiceAddress(Record):
    """Who an invoice or the goods go to."""

    city: Annotated[str, Personal]
    state: str
    country: str
    street1: Annotated[str, Personal]
    street2: Annotated[str, Personal]
    zipCode: Annotated[str, Personal]
    lastName: Annotated[str, Personal]
    firstName: Annotated[str, Personal]
    # Names and values are the merchant's own, here and below.
    customFields: dict  # type: ignore[type-arg] # an object of no fixed shape


class InvoiceHeader(Record):
    """Sums and addresses of an invoice."""

    costLines: list[CostLine]
    orderDate: datetime
    billingAddress: InvoiceAddress
    customerFields: dict  # type: ignore[type-arg] # likewise
    shippingAddresses: list[InvoiceAddress]


class InvoiceShipment(Record):
    """What an invoice says of a shipment."""

    addressIndex: str
    shipDate: Annotated[str, "As it was entered."]
    shipVia: str
    trackingNumber: str
    comments: str
    customFields: dict  # type: ignore[type-arg] # likewise


class InvoiceLine(Record):
    """A product on an invoice."""

    sku: str
    type: str
    comments: str
    quantity: Decimal
    unitPrice: Amount
    description: str
    customFields: dict  # type: ignore[type-arg] # likewise
    unitDiscount: Amount


class InvoiceLines(Record):
    """Products and shipments of an invoice."""

    shipments: list[InvoiceShipment]
    lineItems: list[InvoiceLine]


class InvoiceDetails(Record):
    """What is on an invoice."""

    type: str
    header: InvoiceHeader
    details: InvoiceLines


class Invoice(Record):
    """What a company owes, or has paid."""

    id: int
    customerId: Annotated[str, "As b2b_companies.companyId."]
    externalCustomerId: Annotated[str, "The company's ID in another system."]
    externalId: Annotated[str, "Its ID in another system."]
    invoiceNumber: str
    type: str
    dueDate: datetime
    status: Annotated[int, "0 open, 1 partly paid, 2 paid"]
    orderNumber: Annotated[str, "As orders.id."]
    purchaseOrderNumber: str
    details: InvoiceDetails
    isPendingPayment: int
    source: Annotated[int, "0 B2B Edition, 1 another system"]
    originalBalance: Amount
    openBalance: Amount
    customerName: Annotated[str, "The company's, or its customer group's."]
    createdAt: datetime
    updatedAt: datetime
    channelId: str
    channelName: str
    termsConditions: str
    extraFields: list[ExtraFieldValue]


class B2BInvoices(B2BStream):
    """What companies owe and have paid, with lines. No filter on changes is documented."""

    name = "b2b_invoices"
    path = "/api/v3/io/ip/invoices"
    record = Invoice
    primary_keys = ("id",)
    channel_filter = "channelIds"
    params = WITH_EXTRA_FIELDS
    full_scan = OLDEST_FIRST


class PaymentDetails(Record):
    """What was noted about a payment."""

    memo: str


class ModuleTransaction(Record):
    """What a way to pay noted about a transaction."""

    memo: str
    type: str
    # The gateway's own, or null.
    rawTransaction: list[dict]  # type: ignore[type-arg] # an object of no fixed shape


class PaymentModule(Record):
    """What a way to pay noted."""

    transactions: list[ModuleTransaction]
    # In the reference's examples only, of payments by card.
    cartId: str
    orderId: Annotated[int, "As orders.id."]


class PaymentLine(Record):
    """What a payment paid of one invoice."""

    paymentId: int
    invoiceId: int
    invoiceNumber: str
    amount: Amount


class OfCompany(Record):
    """What a record of a company's money begins with."""

    id: int
    createdAt: datetime
    updatedAt: datetime
    storeHash: str
    customerId: Annotated[str, "As b2b_companies.companyId."]
    externalId: Annotated[str, "Its ID in another system."]
    externalCustomerId: Annotated[str, "The company's ID in another system."]


class OfPayer(OfCompany):
    """What a payment, and the receipt for it, begins with."""

    payerName: Annotated[str, Personal]
    payerCustomerId: str


class InvoicePayment(OfPayer):
    """A payment of one or several invoices."""

    details: PaymentDetails
    moduleName: Annotated[str, "How it was paid, such as payments_offline."]
    fees: list[Decimal]
    moduleData: PaymentModule
    processingStatus: Annotated[int, "0 awaiting, 1 processing, 2 completed, 3 refunded, 4 failed"]
    appliedStatus: int
    fundingStatus: int
    total: Amount
    lineItems: list[PaymentLine]
    customerName: Annotated[str, "The company's."]
    allowedOperations: list[int]
    allowedStatuses: list[int]
    channelId: str
    channelName: str


class B2BInvoicePayments(B2BStream):
    """Payments of invoices, with what each paid of which invoice."""

    name = "b2b_invoice_payments"
    path = "/api/v3/io/ip/payments"
    record = InvoicePayment
    primary_keys = ("id",)
    foreign_keys = {
        "moduleData.orderId": "orders.id",
        "lineItems.invoiceId": "b2b_invoices.id",
    }
    channel_filter = "channelIds"
    full_scan = OLDEST_FIRST


class Card(Record):
    """What is known of a card."""

    type: str
    last4: Annotated[str, Personal]
    expiryYear: int
    expiryMonth: int


class PaymentTransaction(Record):
    """What happened between the store and a gateway."""

    payment_id: Annotated[int, "As b2b_invoice_payments.id."]
    # A transaction may have no ID, and one ID may have several.
    position: Annotated[int, "Place in the payment's list, from 0; added by the tap."]
    type: str
    gateway: str
    transactionId: str
    authCode: str
    event: str
    card: Card
    rawTransaction: str


class B2BInvoicePaymentTransactions(B2BChildStream):
    """What happened between store and gateways; one request per payment."""

    name = "b2b_invoice_payment_transactions"
    path = "/api/v3/io/ip/payments/{payment_id}/transactions"
    record = PaymentTransaction
    primary_keys = ("payment_id", POSITION)
    parent = B2BInvoicePayments
    parent_key = "payment_id"


class ReceiptDetails(Record):
    """What was noted about a receipt."""

    paymentDetails: PaymentDetails


class Receipt(OfPayer):
    """What a payer got for a payment."""

    details: ReceiptDetails
    transactionType: str
    paymentType: str
    referenceNumber: str
    paymentId: Annotated[int, "As b2b_invoice_payments.id."]
    total: Amount


class B2BReceipts(B2BStream):
    """What payers got for payments; by invoice in `b2b_receipt_lines`."""

    name = "b2b_receipts"
    path = "/api/v3/io/ip/receipts"
    record = Receipt
    primary_keys = ("id",)
    foreign_keys = {"paymentId": "b2b_invoice_payments.id"}
    page_limit = 250
    full_scan = OLDEST_FIRST


class ReceiptLine(OfCompany):
    """The part of a receipt that is for one invoice."""

    receiptId: Annotated[int, "As b2b_receipts.id."]
    invoiceId: Annotated[int, "As b2b_invoices.id."]
    amount: Amount
    paymentStatus: int
    paymentType: str
    invoiceNumber: str
    paymentId: int
    referenceNumber: str
    transactionType: str


class B2BReceiptLines(B2BStream):
    """What each receipt is for, by invoice."""

    name = "b2b_receipt_lines"
    path = "/api/v3/io/ip/receipt-lines"
    record = ReceiptLine
    primary_keys = ("id",)
    foreign_keys = {
        "receiptId": "b2b_receipts.id",
        "invoiceId": "b2b_invoices.id",
        "paymentId": "b2b_invoice_payments.id",
    }
    page_limit = 250
    full_scan = OLDEST_FIRST


class B2BPaymentMethod(Record):
    """A way to pay that the store offers."""

    id: int
    paymentCode: str
    paymentTitle: str


class B2BPaymentMethods(B2BStream):
    """Ways to pay that the store offers."""

    name = "b2b_payment_methods"
    path = "/api/v3/io/payments"
    record = B2BPaymentMethod
    primary_keys = ("id",)
    page_limit = None
    full_scan = Once()


class CompanyPaymentMethod(Record):
    """A way to pay that a company may use."""

    companyId: int
    paymentId: Annotated[int, "As b2b_payment_methods.id."]
    createdAt: datetime
    updatedAt: datetime
    paymentMethodCode: str
    paymentMethodTitle: str


class B2BCompanyPaymentMethods(B2BStream):
    """Ways to pay by company; those that are switched off are not listed."""

    name = "b2b_company_payment_methods"
    path = "/api/v3/io/company-payment-methods"
    record = CompanyPaymentMethod
    primary_keys = ("companyId", "paymentId")
    foreign_keys = {
        "companyId": "b2b_companies.companyId",
        "paymentId": "b2b_payment_methods.id",
    }
    full_scan = CheckedPages(sort={"sortBy": "createdAt", "orderBy": "ASC"})


STREAMS = (
    B2BInvoices,
    B2BInvoicePayments,
    B2BInvoicePaymentTransactions,
    B2BReceipts,
    B2BReceiptLines,
    B2BPaymentMethods,
    B2BCompanyPaymentMethods,
)
