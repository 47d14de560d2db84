"""Orders, quotes, invoices, payments and receipts of B2B Edition. Nothing of it changes."""

# ruff: noqa: PLR2004 - rows differ by their number, which needs no name

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.b2b_companies import (
    CHANNELS,
    COMPANIES,
    EXTRA_FIELDS,
    FIRST_COMPANY,
)
from tap_bigcommerce.sandbox.store.people import person
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.b2b_companies import B2BCompanies
    from tap_bigcommerce.sandbox.store.people import Person
    from tap_bigcommerce.sandbox.store.world import Row, World

ORDERS = 29
QUOTES = 24
INVOICES = 27
PAYMENTS = 12
SHIPPING_METHODS = ("2nd Day Air", "Spedition über Nacht")
_LEGACY = ("extraInt1", "extraInt2", "extraInt3", "extraInt4", "extraInt5")
_LEGACY_TEXTS = ("extraStr1", "extraStr2", "extraStr3", "extraStr4", "extraStr5", "extraText")
_NAMES = ("displayName", "displayNameCustomer", "displayNameMerchant")
_VALUES = ("displayValue", "displayValueCustomer", "displayValueMerchant")


class B2BSales:
    """What companies ordered, were offered and paid, by number from 0."""

    def __init__(self, world: World, companies: B2BCompanies) -> None:
        self._world = world
        self._companies = companies

    def order_made_at(self, number: int) -> int:
        """When an order was made; half of them longer than a year ago."""
        return self._world.epoch - (900 - number * 30) * DAY + number

    def order_changed_at(self, number: int) -> int:
        """When an order was last changed."""
        return self.order_made_at(number) + self._world.dice("b2b.order", number).roll(3 * DAY)

    def order(self, number: int) -> Row:
        """`/orders`."""
        total = wire.number(22_104_700 + number * 333)
        return {
            "id": 12_000 + number,
            "bcOrderId": 100 + number,
            "totalIncTax": total,
            "poNumber": f"PO-{number:04d}",
            "status": "Awaiting Payment",
            "customStatus": "Invoice Sent",
            "cartId": self._world.dice("b2b.cart", number).uuid(),
            "items": 1 + number % 50,
            "usdIncTax": total,
            "companyId": FIRST_COMPANY + number % COMPANIES,
            "currencyCode": "USD",
            "money": [
                {
                    "currencyLocation": "left",
                    "currencyToken": "$",
                    "decimalToken": ".",
                    "decimalPlaces": 2,
                    "thousandsToken": ",",
                }
            ],
            "statusCode": 7,
            "isArchived": number % 9 == 8,
            "channelId": CHANNELS[number % 2],
            "channelName": f"Channel {CHANNELS[number % 2]}",
            "createdAt": self.order_made_at(number),
            "updatedAt": self.order_changed_at(number),
        }

    def order_extra(self, number: int) -> Row:
        """What `showExtra` adds to an order."""
        return {
            **dict.fromkeys(_LEGACY, number if number % 2 else None),
            **dict.fromkeys(_LEGACY_TEXTS, f"Legacy {number}" if number % 2 else None),
            "extraInfo": [{"billingAddressId": 44_000, "shippingAddressId": 44_001}],
            "extraFields": self._companies.extra_values("order", number),
        }

    def order_lines(self, number: int) -> list[Row]:
        """`/orders/{bcOrderId}/products`: some with two variants of one product."""
        return [
            {
                "id": self._product(place // 2),
                "productId": self._product(place // 2),
                "createdAt": self.order_made_at(number),
                "updatedAt": self.order_changed_at(number),
                "productName": f'Planter "{place}"',
                "variantSku": f"CER-{place}",
                "variantId": 74_000 + place,
                "productBrandName": "",
                "quantity": 1 + place,
                "options": [
                    {
                        "id": 129 + place,
                        "optionId": 4243,
                        "productOptionId": 258,
                        "orderProductId": 3000 + number * 10 + place,
                        **dict.fromkeys(_NAMES, "Color"),
                        **dict.fromkeys(_VALUES, words.COLOURS[place]),
                        "value": 18_836 + place,
                        "type": "Multiple choice",
                        "name": "Color1736973439-63261",
                        "displayStyle": "Rectangle",
                    }
                ]
                if place % 2
                else [],
            }
            for place in range(1 + number % 4)
        ]

    def order_extra_field(self, number: int) -> Row:
        """`/orders/extra-fields`."""
        row = self._companies.extra_field(number)
        kind = row["fieldType"]
        row |= {
            "uuid": 7000 + number,
            "labelName": f"Label {number}",
            "maximumLength": 100 if kind == 0 else None,
            "numberOfRows": 5 if kind == 1 else None,
            "maximumValue": 1000.5 if kind == 2 else None,
            "listOfValues": row.pop("listOfValue"),
        }
        return row

    def quote_extra_field(self, number: int) -> Row:
        """`/rfq/extra-fields`."""
        row = self._companies.extra_field(number)
        config = {
            "defaultValue": row["defaultValue"],
            "listOfValue": [{"value": text} for text in row["listOfValue"]],
            "maximumLimit": row["maximumLength"],
        }
        return {**row, "valueConfig": config}

    def quote_made_at(self, number: int) -> int:
        """When a quote was made: some shortly before midnight in UTC."""
        day = (self._world.epoch - (400 - number * 10) * DAY) // DAY
        return day * DAY + (86_399 if number % 3 else number)

    def quote_changed_at(self, number: int) -> int:
        """When a quote was last changed."""
        return self.quote_made_at(number) + self._world.dice("b2b.quote", number).roll(20 * DAY)

    def quote(self, number: int) -> Row:
        """`/rfq`."""
        rep = self._person("rep", number % 3)
        return {
            "quoteId": 66_000 + number,
            "company": f"Company {number % COMPANIES}",
            "salesRep": f"{rep.first} {rep.last}",
            "updatedAt": self.quote_changed_at(number),
            **self._of_quote(number),
        }

    def quote_detail(self, number: int) -> Row:
        """`/rfq/{quote_id}`."""
        who, rep = self._person("quote", number), self._person("rep", number % 3)
        address = {
            "address": who.street,
            "apartment": who.street_2,
            "city": who.place.city,
            "state": who.place.state,
            "zipCode": who.place.zip,
            "country": who.place.country,
            "label": "Default",
            "firstName": who.first,
            "lastName": who.last,
            "addressId": 44_000 + number,
            "stateCode": "",
            "countryCode": who.place.iso2,
        }
        file = {"fileName": "Plan ü.pdf", "fileType": "application/pdf"}
        return {
            **self._of_quote(number),
            "notes": self._world.dice("b2b.quote.notes", number).pick(words.NOTES),
            "discount": wire.number(number * 12_345),
            "grandTotal": str(1495 + number),
            "legalTerms": "",
            "displayDiscount": True,
            "allowCheckout": number % 2 > 0,
            "productList": [self._quote_line(place) for place in range(1 + number % 3)],
            "shippingAddress": address,
            "contactInfo": {
                "name": f"{who.first} {who.last}",
                "email": who.email,
                "companyName": who.company,
                "phoneNumber": who.phone,
            },
            "discountType": number % 3,
            "discountValue": None if number % 2 else 25.5,
            "shippingTotal": 150.95,
            "taxTotal": 140.67,
            "totalAmount": 1495.0,
            "quoteLogo": "",
            "shippingMethod": {
                "id": 1725,
                "b2bId": 1725,
                "imageUrl": "",
                "isCustom": False,
                "transitTime": "",
                "additionalDescription": "",
                "type": "shipping_flatrate",
                "cost": 150.95,
                "description": "LTL",
            }
            if number % 2
            else {},
            "billingAddress": address,
            "storeInfo": {
                "storeName": "B2B Store",
                "storeAddress": "123 Main Street\nAustin",
                "storeCountry": "United States",
                "storeLogo": "",
            },
            "companyInfo": {
                "companyId": FIRST_COMPANY + number % COMPANIES,
                "companyName": f"Company {number % COMPANIES}",
                "companyAddress": who.street,
                "companyCity": who.place.city,
                "companyState": who.place.state,
                "companyZipCode": who.place.zip,
                "companyCountry": who.place.country,
                "companyphoneNumber": who.phone,
            },
            "salesRepInfo": {
                "salesRepName": f"{rep.first} {rep.last}",
                "salesRepEmail": rep.email,
                "salesRepPhoneNumber": rep.phone,
            },
            "storefrontAttachFiles": [{"id": 1, **file, "fileUrl": "https://files.example.com/1"}],
            "backendAttachFiles": [{"id": 2, **file, "fileUrl": "https://files.example.com/2"}],
            "trackingHistory": [
                {
                    "date": self.quote_made_at(number) + 60,
                    "role": f"Customer: {who.first} {who.last}",
                    "message": "Are there bulk discounts?",
                }
            ],
            "extraFieldsInfo": [self._companies.extra_field(number % EXTRA_FIELDS)],
            "recipients": [who.email] if number % 2 else [],
        }

    def invoice(self, number: int) -> Row:
        """`/ip/invoices`."""
        who = self._person("invoice", number)
        address = {
            "city": who.place.city,
            "state": who.place.state,
            "country": who.place.country,
            "street1": who.street,
            "street2": who.street_2,
            "zipCode": who.place.zip,
            "lastName": who.last,
            "firstName": who.first,
            "customFields": {"key": "dock", "value": str(number)} if number % 2 else {},
        }
        amount = self._amount(number)
        return {
            "id": 33 + number,
            "customerId": str(FIRST_COMPANY + number % COMPANIES),
            "externalCustomerId": "",
            "externalId": f"ERP-{number}",
            "invoiceNumber": f"{33 + number:08d}",
            "type": "Invoice on Shipment",
            "dueDate": self._invoiced_at(number) + 30 * DAY,
            "status": number % 3,
            "orderNumber": str(100 + number),
            "purchaseOrderNumber": f"PO-{number:04d}",
            "details": {
                "type": "StandardInvoiceDetails",
                "header": {
                    "costLines": [{"amount": amount, "description": "Subtotal"}],
                    "orderDate": self._invoiced_at(number) - DAY,
                    "billingAddress": address,
                    "customerFields": {},
                    "shippingAddresses": [address],
                },
                "details": {
                    "lineItems": [
                        {
                            "sku": f"CLC-{number}",
                            "type": "physical",
                            "comments": "",
                            "quantity": "2",
                            "unitPrice": amount,
                            "description": "Canvas Laundry Cart",
                            "customFields": {},
                            "unitDiscount": {"code": "USD", "value": "0"},
                        }
                    ],
                    "shipments": [
                        {
                            "addressIndex": "0",
                            "shipDate": "2025-03-01",
                            "shipVia": "ups",
                            "trackingNumber": "1Z",
                            "comments": "",
                            "customFields": {},
                        }
                    ],
                },
            },
            "isPendingPayment": number % 2,
            "source": 0,
            "originalBalance": amount,
            "openBalance": amount,
            "customerName": f"Company {number % COMPANIES}",
            "createdAt": str(self._invoiced_at(number)),
            "updatedAt": str(self._invoiced_at(number) + number),
            "channelId": "1",
            "channelName": "Channel 1",
            "termsConditions": "",
        }

    def invoice_extra(self, number: int) -> list[Row]:
        """What was entered for an invoice."""
        return self._companies.extra_values("invoice", number)

    def payment(self, number: int) -> Row:
        """`/ip/payments`."""
        return {
            **self._paid(70 + number, number),
            "payerName": f"Company {number % COMPANIES}",
            "payerCustomerId": str(FIRST_COMPANY + number % COMPANIES),
            "details": {"memo": "memo"},
            "moduleName": "payments_offline",
            "fees": [0.5] if number % 2 else [],
            "moduleData": {
                "transactions": [
                    {"memo": "k", "type": "OfflineTransaction", "rawTransaction": None}
                ],
                **({"cartId": f"cart-{number}", "orderId": 100 + number} if number % 2 else {}),
            },
            "processingStatus": number % 5,
            "appliedStatus": 1,
            "fundingStatus": 2,
            "total": self._amount(number),
            "lineItems": [
                {
                    "paymentId": 70 + number,
                    "invoiceId": 33 + number,
                    "invoiceNumber": f"{33 + number:08d}",
                    "amount": self._amount(number),
                }
            ],
            "customerName": f"Company {number % COMPANIES}",
            "allowedOperations": [],
            "allowedStatuses": [1, 2, 3, 4],
            "channelId": "1",
            "channelName": "Channel 1",
        }

    def transactions(self, number: int) -> list[Row]:
        """`/ip/payments/{paymentId}/transactions`: offline, without an ID, or by card."""
        if number % 3 == 0:
            return [{"type": "OfflineTransaction", "gateway": "offline"}]
        card = {"type": "Visa", "last4": "1111", "expiryYear": 2050, "expiryMonth": 12}
        return [
            {
                "type": "CreditCardTransaction",
                "gateway": "test",
                "transactionId": f"{521_263 + number}-{self._world.seed}",
                "authCode": "",
                "event": event,
                "card": card,
                "rawTransaction": "",
            }
            for event in ("authorize", "capture")[: number % 3]
        ]

    def receipt(self, number: int) -> Row:
        """`/ip/receipts`."""
        return {
            **self._paid(85 + number, number),
            "payerName": f"Company {number % COMPANIES}",
            "payerCustomerId": str(FIRST_COMPANY + number % COMPANIES),
            "details": {"paymentDetails": {"memo": "payment memo"}},
            "transactionType": "Paid",
            "paymentType": "Visa ending in 1111",
            "referenceNumber": str(375_026 + number),
            "paymentId": 70 + number,
            "total": self._amount(number),
        }

    def receipt_line(self, number: int) -> Row:
        """`/ip/receipt-lines`."""
        return {
            **self._paid(95 + number, number),
            "receiptId": 85 + number,
            "invoiceId": 33 + number,
            "amount": self._amount(number),
            "paymentStatus": 1,
            "paymentType": "Visa ending in 1111",
            "invoiceNumber": f"{33 + number:08d}",
            "paymentId": 70 + number,
            "referenceNumber": str(375_026 + number),
            "transactionType": "Paid",
        }

    def _of_quote(self, number: int) -> Row:
        channel = CHANNELS[number % 2]
        return {
            "quoteNumber": f"QN10{number:04d}",
            "status": (0, 2, 3, 4, 5, 6, 7)[number % 7],
            "bcOrderId": str(100 + number) if number % 2 else "",
            "orderId": str(12_000 + number) if number % 2 else "",
            "channelName": f"Channel {channel}",
            "createdAt": self.quote_made_at(number),
            "expiredAt": self.quote_made_at(number) + 30 * DAY,
            "createdBy": "Marie Curie",
            "subtotal": wire.number(14_950_000 + number),
            "channelId": channel,
            "quoteTitle": f"Plates {number} of {self._world.seed}",
            "referenceNumber": "",
            "currency": {
                "token": "$",
                "location": "left",
                "currencyCode": "USD",
                "decimalToken": ".",
                "decimalPlaces": 2,
                "thousandsToken": ",",
                "currencyExchangeRate": 1.34,
            },
            "extraFields": self._companies.extra_values("quote", number),
        }

    def _product(self, place: int) -> int:
        products = self._companies.products
        return products[place % len(products)]

    def _quote_line(self, place: int) -> Row:
        return {
            "productId": self._product(place),
            "productName": f"Sansevieria {place}",
            "variantId": 345 + place,
            "sku": "SAN-PL",
            "basePrice": 25,
            "discount": 5.25,
            "offeredPrice": 19.75,
            "quantity": 50,
            "orderQuantityMaximum": 0,
            "orderQuantityMinimum": 0,
            "imageUrl": "",
            "options": [
                {"optionId": 1, "optionValue": "2", "optionLabel": "Size", "optionName": "Size"}
            ][:place],
            "costPrice": 4.95,
            "inventoryTracking": "none",
            "purchasedHandled": False,
            "inventoryLevel": 70,
            "type": "physical",
            "isFreeShipping": False,
            "availability": True,
            "isPriceHidden": False,
            "purchasingDisabled": "available",
            "foundInBc": True,
            "hasInvalidOptions": False,
            "productUrl": "/sansevieria/",
        }

    def _paid(self, id_: int, number: int) -> Row:
        return {
            "id": id_,
            "createdAt": self._invoiced_at(number),
            "updatedAt": self._invoiced_at(number) + DAY,
            "storeHash": self._world.store_hash,
            "customerId": str(FIRST_COMPANY + number % COMPANIES),
            "externalId": None if number % 2 else "",
            "externalCustomerId": None,
        }

    def _invoiced_at(self, number: int) -> int:
        dice = self._world.dice("b2b.invoice", number)
        return self._world.epoch - (300 - number) * DAY + dice.roll(3600)

    def _amount(self, number: int) -> Row:
        return {"code": "USD", "value": wire.money(60_000 + number * 900)}

    def _person(self, kind: str, number: int) -> Person:
        return person(self._world.dice(f"b2b.{kind}", number), 60_000 + number)
