"""Word lists of the sandbox's store. Some are there to be awkward: quotes, accents, long ones."""

# ruff: noqa: RUF001 - characters that are hard to tell apart are here on purpose

from __future__ import annotations

from typing import NamedTuple

FIRST_NAMES = (
    "Ana", "Ben", "Chloë", "Dmitri", "Eun-ji", "Fatima", "Grace", "Håkon", "Inês", "Jürgen",
    "Keiko", "Liam", "María José", "Noor", "Oisín", "Priya", "Quentin", "Rosa", "Søren", "Tomás",
    "Uma", "Víctor", "Wei", "Ximena", "Yusuf", "Zoë", "美咲", "Олена",
)  # fmt: skip
LAST_NAMES = (
    "Adeyemi", "Brown", "Castillo", "D'Angelo", "Eriksson", "Fischer", "García López", "Hughes",
    "Ivanova", "Johansson", "Kowalski", "Lee", "Müller", "Nguyễn", "O'Brien", "Patel", "Quispe",
    "Rossi", "Šimić", "Taylor", "Ueda", "van der Berg", "Wang", "Yılmaz", "Zhang", "佐藤",
)  # fmt: skip
COMPANIES = (
    "", "", "", "", "Acme Pty Ltd", "Blue Door Café", "Bits & Bolts GmbH", 'The "Good" Goods',
    "Ñandú S.A.", "Northwind, Inc.", "株式会社サンプル",
)  # fmt: skip
STREETS = ("Main Street", "Market St", "Hauptstraße", "Rue de l'Église", "Oak Avenue", "Quai 9")
NOTES = (
    "", "", "", "", "Leave at the door", 'Says "call first"', "Gift: no receipt\nplease",
    "Line one\r\nline two\ttabbed", "5 > 3 & 2 < 4", "naïve café ☕ – 20 % off", "C:\\temp\\x",
)  # fmt: skip

MATERIALS = ("Linen", "Oak", "Copper", "Wool", "Ceramic", "Cotton", "Glass", "Leather", "Bamboo")
THINGS = (
    "Towel", "Lamp", "Mug", "Chair", "Notebook", "Candle", "Kettle", "Basket", "Blanket",
    "Planter", 'Frame 8" x 10"', "Crème Brûlée Dish", "Brush & Pan", "Tote Bag", "手ぬぐい",
)  # fmt: skip
STYLES = ("Classic", "Slim", "Large", "Travel", "Heritage", "Everyday", "Garden", "Studio")
COLOURS = ("Beige", "Grey", "Black", "Forest Green", "Bleu nuit", "Ochre", "White", "Rosé")
SIZES = ("XS", "S", "M", "L", "XL", '12"', "One size")
DEPARTMENTS = ("Kitchen", "Bath", "Garden", "Office", "Bedroom", "Travel", "Gifts", "Sale")
CARRIERS = ("usps", "fedex", "ups", "auspost", "royalmail", "")
GATEWAYS = ("stripe", "paypalexpress", "braintree", "authorizenet", "square", "testgateway")
PAYMENT_METHODS = (
    "Credit Card", "PayPal", "Manual", "Bank Deposit", "Cash on Delivery", "Apple Pay",
)  # fmt: skip


class Place(NamedTuple):
    """Where somebody lives."""

    city: str
    state: str
    zip: str
    country: str
    iso2: str


PLACES = (
    Place("Austin", "Texas", "78701", "United States", "US"),
    Place("New York", "New York", "10001", "United States", "US"),
    Place("Portland", "Oregon", "97201", "United States", "US"),
    Place("Sydney", "New South Wales", "2000", "Australia", "AU"),
    Place("München", "Bayern", "80331", "Germany", "DE"),
    Place("Zürich", "Zürich", "8001", "Switzerland", "CH"),
    Place("London", "", "SW1A 1AA", "United Kingdom", "GB"),
    Place("São Paulo", "São Paulo", "01000-000", "Brazil", "BR"),
    Place("大阪市", "Osaka", "530-0001", "Japan", "JP"),
    Place("Montréal", "Québec", "H2X 1Y4", "Canada", "CA"),
)


class Currency(NamedTuple):
    """A currency of the store. `rate` is how much of it a US dollar buys, in ten-thousandths."""

    id: int
    code: str
    name: str
    token: str
    rate: int
    places: int
    country: str


CURRENCIES = (
    Currency(1, "USD", "US Dollar", "$", 10_000, 2, "US"),
    Currency(2, "EUR", "Euro", "€", 9_215, 2, "EU"),
    Currency(3, "GBP", "Pound Sterling", "£", 7_893, 2, "GB"),
    Currency(4, "JPY", "Japanese Yen", "¥", 1_498_700, 0, "JP"),
    Currency(5, "CAD", "Canadian Dollar", "CA$", 13_644, 2, "CA"),
)


class Status(NamedTuple):
    """An order status: its position in the control panel and how many of 100 orders have it."""

    name: str
    order: int
    share: int
    description: str


STATUSES = (
    Status("Incomplete", 0, 4, "The shopper saw the payment page and went no further."),
    Status("Pending", 1, 3, "Checkout was begun and not finished."),
    Status("Shipped", 8, 20, "Sent, receipt not confirmed."),
    Status("Partially Shipped", 6, 3, "Some of the items were sent."),
    Status("Refunded", 11, 0, "All of it was paid back."),
    Status("Cancelled", 9, 4, "Called off by the seller."),
    Status("Declined", 10, 1, "Payment was refused."),
    Status("Awaiting Payment", 2, 4, "Checkout is done, payment is not confirmed."),
    Status("Awaiting Pickup", 5, 2, "Packed, waiting for the customer to collect it."),
    Status("Awaiting Shipment", 4, 5, "Packed, waiting for the carrier."),
    Status("Completed", 7, 44, "Nothing is left to do."),
    Status("Awaiting Fulfillment", 3, 8, "Paid, waiting to be packed."),
    Status("Manual Verification Required", 13, 1, "On hold until somebody looks at it."),
    Status("Disputed", 12, 1, "The payment is under dispute."),
    Status("Partially Refunded", 14, 0, "Part of it was paid back."),
)
SHIPPED, PARTLY_SHIPPED, REFUNDED, COMPLETED, PARTLY_REFUNDED = 2, 3, 4, 10, 14
UNPAID = frozenset({0, 1, 5, 6, 7})
STATUS_SHARES = tuple(status for status, facts in enumerate(STATUSES) for _ in range(facts.share))
