"""Orders: which there are, and what happened in each. How they look on the wire is elsewhere.

An order's facts follow from its id; the lines, boxes and sums agree with each other.
Money is in ten-thousandths of the order's currency.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tap_bigcommerce.sandbox.store import words
from tap_bigcommerce.sandbox.store.people import Person, person
from tap_bigcommerce.sandbox.store.table import Table
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.sandbox.store.catalog import Catalog
    from tap_bigcommerce.sandbox.store.customers import Customers
    from tap_bigcommerce.sandbox.store.dice import Dice
    from tap_bigcommerce.sandbox.store.world import World

FIRST_ORDER = 100
LINE_IDS = 200
"""Line ids that one order may use up."""
BOX_IDS = 8
_BIG_EVERY = 251
_TAXES = (0, 825, 2000)
"""Tax rates in hundredths of a percent."""


class Line(NamedTuple):
    """Some of one variant. Prices are for one piece."""

    id: int
    product_id: int
    variant_id: int
    type: str
    name: str
    sku: str
    quantity: int
    shipped: int
    refunded: int
    price: int
    tax: int
    cost: int
    weight: int
    wrapping: int
    discount: int
    box: int
    brand: str


class Box(NamedTuple):
    """A consignment: `shipping`, `pickup`, `download` or `gift`."""

    id: int
    type: str
    who: Person
    cost: int
    tax: int
    handling: int
    handling_tax: int


class Fee(NamedTuple):
    """A surcharge."""

    id: int
    name: str
    cost: int
    tax: int


class Used(NamedTuple):
    """A coupon used on an order."""

    id: int
    coupon_id: int
    discount: int


class Order(NamedTuple):
    """What happened."""

    id: int
    created: int
    modified: int
    status_id: int
    customer_id: int
    who: Person
    kind: str
    tax_rate: int
    currency: words.Currency
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
    fees: tuple[Fee, ...]
    coupons: tuple[Used, ...]
    discount: int
    is_deleted: bool

    def shipped_at(self) -> int:
        """When it left the house, if it did."""
        return min(self.created + DAY + self.id % DAY, self.modified)

    def subtotal(self) -> int:
        """All lines, without tax."""
        return sum(line.price * line.quantity for line in self.lines)

    def subtotal_tax(self) -> int:
        """The tax on all lines."""
        return sum(line.tax * line.quantity for line in self.lines)

    def extras(self) -> tuple[int, int]:
        """Shipping, handling, wrapping and fees: (without tax, their tax)."""
        cost = sum(box.cost + box.handling for box in self.boxes)
        tax = sum(box.tax + box.handling_tax for box in self.boxes)
        cost += sum(fee.cost for fee in self.fees)
        tax += sum(fee.tax for fee in self.fees)
        wrapping = sum(line.wrapping for line in self.lines)
        return cost + wrapping, tax + wrapping * self.tax_rate // 10_000

    def totals(self) -> tuple[int, int]:
        """(total without tax, total tax)."""
        cost, tax = self.extras()
        coupons = sum(used.discount for used in self.coupons)
        return (
            self.subtotal() + cost - self.discount - coupons,
            self.subtotal_tax() + tax,
        )


class Orders:
    """The order book, with the refunds and gift certificates that follow from it."""

    def __init__(self, world: World, catalog: Catalog, customers: Customers, orders: int) -> None:
        self.world = world
        self._catalog = catalog
        self._customers = customers
        self.table = Table("orders")
        self.table.fill(world.history("order", [opening_order(at) for at in range(orders)], 730))
        self.refunds = Table("order_refunds")
        self.refund_order: dict[int, int] = {}
        self.refunds_of: dict[int, list[int]] = {}
        self._opened_with_two_refunds: set[int] = set()
        self.gift_certificates = Table("gift_certificates")
        self.certificate_order: dict[int, int] = {}
        self.certificate_of: dict[int, int] = {}
        self._open_books()
        self.facts = lru_cache(maxsize=2_048)(self._facts)

    def _open_books(self) -> None:
        refunds: list[tuple[int, int]] = []
        certificates: list[tuple[int, int]] = []
        for id_, created in zip(self.table.ids, self.table.created, strict=True):
            roll = self.world.dice("order.kind", id_)
            if _kind(roll.roll(1000)) in {"gift", "mixed"}:
                certificates.append((created, id_))
            if roll.chance(30):
                times = 2 if roll.chance(100) else 1
                if times > 1:
                    self._opened_with_two_refunds.add(id_)
                refunds.extend(
                    (min(created + (2 + time) * DAY, self.world.epoch), id_)
                    for time in range(times)
                )
        refunds.sort()
        for id_, (_at, order) in enumerate(refunds, start=1):
            self._note_refund(id_, order)
        self.refunds.fill((id_, at, at) for id_, (at, _) in enumerate(refunds, start=1))
        for id_, (_at, order) in enumerate(certificates, start=24):
            self.certificate_order[id_] = order
            self.certificate_of[order] = id_
        self.gift_certificates.fill(
            (id_, at, at) for id_, (at, _) in enumerate(certificates, start=24)
        )

    def _note_refund(self, id_: int, order: int) -> None:
        self.refund_order[id_] = order
        self.refunds_of.setdefault(order, []).append(id_)

    def add_refund(self, order: int, now: int) -> None:
        """Pay an order back."""
        self._note_refund(self.refunds.add(now), order)
        self.forget()

    def add_order(self, now: int) -> int:
        """A new order."""
        id_ = self.table.add(now)
        if _kind(self.world.dice("order.kind", id_).roll(1000)) in {"gift", "mixed"}:
            certificate = self.gift_certificates.add(now)
            self.certificate_order[certificate] = id_
            self.certificate_of[id_] = certificate
        return id_

    def forget(self) -> None:
        """Drop cached facts after a change."""
        self.facts.cache_clear()

    def is_full_refund(self, id_: int) -> bool:
        """Whether everything was paid back."""
        return bool(self.refunds_of.get(id_)) and self.refund_kind(id_, 0) == "full"

    def refund_kind(self, order: int, place: int) -> str:
        """`full`, `partial` or `tax` (an adjustment of the tax, with no items).

        A refund is never changed by what follows it.
        """
        if place or order in self._opened_with_two_refunds:
            return "partial"
        return self.world.dice("refund.kind", order).pick(("full", "partial", "partial", "tax"))

    def _facts(self, id_: int) -> Order:
        world = self.world
        changed = world.changed("order", id_)
        dice = world.dice("order", id_)
        kind = _kind(world.dice("order.kind", id_).roll(1000))
        status = dice.pick(words.STATUS_SHARES)
        if self.refunds_of.get(id_):
            status = words.REFUNDED if self.is_full_refund(id_) else words.PARTLY_REFUNDED
        elif kind == "digital" and status in {words.SHIPPED, words.PARTLY_SHIPPED, 8, 9}:
            status = words.COMPLETED
        status = changed.get("status_id", status)
        is_guest = dice.chance(180) or not self._customers.opening_ids
        customer = 0 if is_guest else dice.pick(self._customers.opening_ids)
        who = person(dice, id_ + 10**9) if is_guest else self._customers.who(customer)
        currency = words.CURRENCIES[0 if dice.chance(850) else dice.roll(4)]
        tax_rate = dice.pick(_TAXES)
        boxes = tuple(self._boxes(id_, dice, kind, who, tax_rate))
        lines = tuple(self._lines(id_, dice, kind, boxes, (status, tax_rate)))
        fees = tuple(
            Fee(id_ * 3 + at, name, 85_000, 85_000 * tax_rate // 10_000)
            for at, name in enumerate(("Package Protection", "Små gebyrer"))
            if dice.chance(30)
        )
        subtotal = sum(line.price * line.quantity for line in lines)
        coupons = tuple(self._coupons(id_, dice, subtotal))
        total_discount = sum(used.discount for used in coupons)
        if total_discount:
            lines = _spread(lines, total_discount, subtotal)
        return Order(
            id=id_,
            created=self.table.created_at(id_),
            modified=self.table.modified_at(id_),
            status_id=status,
            customer_id=customer,
            who=who,
            kind=kind,
            tax_rate=tax_rate,
            currency=currency,
            lines=lines,
            boxes=boxes,
            fees=fees,
            coupons=coupons,
            discount=min(15_900, subtotal // 2) if dice.chance(30) else 0,
            is_deleted=changed.get("is_deleted", dice.chance(5)),
        )

    def _boxes(self, id_: int, dice: Dice, kind: str, who: Person, tax_rate: int) -> Iterator[Box]:
        types = {
            "physical": ["shipping", "download"],
            "digital": ["download"],
            "pickup": ["pickup", "download"],
            "gift": ["gift"],
            "mixed": ["shipping", "download", "gift"],
        }[kind]
        if types[0] == "shipping" and dice.chance(40):
            types = ["shipping", *types]
        if kind == "digital" and dice.chance(400):
            types = ["download", "download"]
        for at, type_ in enumerate(types):
            cost = handling = 0
            if type_ == "shipping":
                cost = dice.pick((0, 51_000, 129_900, 49_500))
                handling = 41_000 if dice.chance(50) else 0
            recipient = who if dice.chance(850) else person(dice, id_ + 2 * 10**9 + at)
            yield Box(
                id=id_ * BOX_IDS + at,
                type=type_,
                who=recipient,
                cost=cost,
                tax=cost * tax_rate // 10_000,
                handling=handling,
                handling_tax=handling * tax_rate // 10_000,
            )

    def _lines(
        self, id_: int, dice: Dice, kind: str, boxes: tuple[Box, ...], terms: tuple[int, int]
    ) -> Iterator[Line]:
        status, tax_rate = terms
        count = dice.pick((1, 1, 1, 2, 2, 3, 4, 6))
        if (id_ + self.world.seed) % _BIG_EVERY == 0:
            count = 60 + dice.roll(61)
        if kind == "gift":
            count = 0
        is_full_refund = self.is_full_refund(id_)
        has_refund = bool(self.refunds_of.get(id_))
        physical_boxes = [at for at, box in enumerate(boxes) if box.type in {"shipping", "pickup"}]
        downloads = [at for at, box in enumerate(boxes) if box.type == "download"]
        for at in range(count):
            line = self._line(id_ * LINE_IDS + at, dice, kind, tax_rate)
            is_shippable = line.type == "physical"
            places = physical_boxes if is_shippable else downloads
            box = places[at % len(places)]
            shipped = 0
            if is_shippable and boxes[box].type == "shipping":
                is_sent = status in {words.SHIPPED, words.COMPLETED}
                is_part = status == words.PARTLY_SHIPPED and at % 2 == 0
                shipped = line.quantity if is_sent or is_part else 0
            refunded = 0
            if is_full_refund:
                refunded = line.quantity
            elif has_refund and at == 0:
                refunded = min(
                    line.quantity,
                    sum(
                        self.refund_kind(id_, place) == "partial"
                        for place in range(len(self.refunds_of[id_]))
                    ),
                )
            yield line._replace(box=box, shipped=shipped, refunded=refunded)
        if kind in {"gift", "mixed"}:
            amount = (1 + dice.roll(10)) * 250_000
            yield Line(
                id=id_ * LINE_IDS + count,
                product_id=0,
                variant_id=0,
                type="giftcertificate",
                name=f"${amount // 10_000} Gift Certificate",
                sku="",
                quantity=1,
                shipped=0,
                refunded=int(is_full_refund),
                price=amount,
                tax=0,
                cost=0,
                weight=0,
                wrapping=0,
                discount=0,
                box=len(boxes) - 1,
                brand="",
            )

    def _line(self, id_: int, dice: Dice, kind: str, tax_rate: int) -> Line:
        catalog = self._catalog
        if kind == "digital":
            ids = catalog.digital_ids or catalog.opening_ids
        else:
            ids = catalog.opening_ids if dice.chance(900) else catalog.physical_ids
        # What was sold keeps the price that it was sold at.
        facts = catalog.opening_facts(dice.pick(ids or catalog.opening_ids))
        variants = catalog.variants.born(facts.id)
        is_custom = dice.chance(15) and kind != "digital"
        price = min(facts.price, 10**9)
        return Line(
            id=id_,
            product_id=0 if is_custom else facts.id,
            variant_id=0 if is_custom else variants[dice.roll(len(variants))],
            type="digital" if facts.is_digital or kind == "digital" else "physical",
            name='Custom "one-off" item' if is_custom else facts.name,
            sku="" if is_custom else facts.sku,
            quantity=1 + dice.roll(3) if dice.chance(300) else 1,
            shipped=0,
            refunded=0,
            price=price,
            tax=price * tax_rate // 10_000,
            cost=min(facts.cost, 10**9),
            weight=facts.weight,
            wrapping=30_000 if dice.chance(20) else 0,
            discount=0,
            box=0,
            brand="" if is_custom else catalog.brand_name(facts.brand_id),
        )

    def _coupons(self, id_: int, dice: Dice, subtotal: int) -> Iterator[Used]:
        if not dice.chance(150):
            return
        for at in range(2 if dice.chance(70) else 1):
            yield Used(
                id=id_ * 2 + at,
                coupon_id=1 + dice.roll(40),
                discount=min(50_000 * (1 + dice.roll(4)), subtotal // 10),
            )


def opening_order(place: int) -> int:
    """Ids of the orders the store opens with: consecutive with a gap here and there."""
    return FIRST_ORDER + place + place // 197


def _kind(roll: int) -> str:
    for below, kind in ((60, "digital"), (100, "pickup"), (130, "gift"), (150, "mixed")):
        if roll < below:
            return kind
    return "physical"


def _spread(lines: tuple[Line, ...], discount: int, subtotal: int) -> tuple[Line, ...]:
    """Lines with their part of the discount; the last one takes what rounding leaves."""
    left = discount
    spread = []
    for line in lines[:-1]:
        part = discount * line.price * line.quantity // subtotal
        left -= part
        spread.append(line._replace(discount=part))
    return (*spread, lines[-1]._replace(discount=left))
