"""Names and addresses, which customers, orders and shipments share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tap_bigcommerce.sandbox.store import words

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.dice import Dice

Value = str | float | list[str]


class Person(NamedTuple):
    """Somebody with an address."""

    first: str
    last: str
    company: str
    street: str
    street_2: str
    place: words.Place
    phone: str
    email: str


def person(dice: Dice, key: int) -> Person:
    """Somebody; `key` makes the e-mail address their own."""
    place = dice.pick(words.PLACES)
    return Person(
        first=dice.pick(words.FIRST_NAMES),
        last=dice.pick(words.LAST_NAMES),
        company=dice.pick(words.COMPANIES),
        street=f"{1 + dice.roll(1800)} {dice.pick(words.STREETS)}",
        street_2="" if dice.chance(800) else f"Apt #{1 + dice.roll(99)}",
        place=place,
        phone="" if dice.chance(300) else f"555-01{dice.roll(100):02d}-{dice.roll(10_000):04d}",
        email=f"shopper{key}@example.com",
    )


def v2_address(who: Person) -> dict[str, object]:
    """The address block of V2 orders and shipments."""
    return {
        "first_name": who.first,
        "last_name": who.last,
        "company": who.company,
        "street_1": who.street,
        "street_2": who.street_2,
        "city": who.place.city,
        "state": who.place.state,
        "zip": who.place.zip,
        "country": who.place.country,
        "country_iso2": who.place.iso2,
        "phone": who.phone,
        "email": who.email,
    }


def form_values(dice: Dice) -> list[tuple[str, Value]]:
    """Custom form fields with the three types of value that the API knows."""
    fields: tuple[tuple[str, Value], ...] = (
        ("License ID", f"{dice.roll(1000):03d}BAF"),
        ("Loyalty points", dice.roll(100_000) / 8),
        ("Interests", [dice.pick(words.DEPARTMENTS), dice.pick(words.DEPARTMENTS)]),
        ("Nickname", dice.pick(words.NOTES)),
    )
    return [field for field in fields if dice.chance(500)]
