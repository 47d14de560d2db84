"""What hangs on a product: images, videos, reviews, custom fields, price rules, options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.variant_rows import colour_label
from tap_bigcommerce.sandbox.store.world import DAY, Row

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.variant_rows import VariantRows

_MANY_IMAGES = 300
"""One product in some hundred has more images than a page holds."""


class ProductParts:
    """Renders the children of products. Their ids are unique over all products."""

    def __init__(self, variants: VariantRows) -> None:
        self._variants = variants
        self._catalog = variants.catalog
        self._world = variants.world

    def images(self, product_id: int) -> list[Row]:
        """`/v3/catalog/products/{product_id}/images`."""
        dice = self._world.dice("images", product_id)
        count = dice.pick((0, 1, 1, 2, 3, 6))
        if (product_id + self._world.seed) % 211 == 0:
            count = _MANY_IMAGES
        made = self._catalog.products.created_at(product_id)
        return [
            self._image(product_id, product_id * 1000 + at, at, made + at * 7)
            for at in range(count)
        ]

    def primary_image(self, product_id: int) -> Row | None:
        """The thumbnail, in the slightly different form of the include."""
        images = self.images(product_id)
        if not images:
            return None
        image = images[0]
        del image["image_url"]
        return {**image, "image_file": f"a/{image['id']}/photo.jpg"}

    def _image(self, product_id: int, id_: int, place: int, at: int) -> Row:
        path = (
            f"https://cdn11.bigcommerce.com/s-{self._world.store_hash}"
            f"/products/{product_id}/images/{id_}/photo.{at}"
        )
        return {
            "id": id_,
            "product_id": product_id,
            "is_thumbnail": place == 0,
            "sort_order": place,
            "description": words.NOTES[id_ % len(words.NOTES)],
            "image_url": "",
            "url_zoom": f"{path}.1280.1280.jpg?c=2",
            "url_standard": f"{path}.386.513.jpg?c=2",
            "url_thumbnail": f"{path}.220.290.jpg?c=2",
            "url_tiny": f"{path}.44.58.jpg?c=2",
            "date_modified": wire.iso(at),
        }

    def videos(self, product_id: int) -> list[Row]:
        """`/v3/catalog/products/{product_id}/videos`."""
        dice = self._world.dice("videos", product_id)
        if not dice.chance(150):
            return []
        return [
            {
                "id": product_id * 10 + at,
                "product_id": product_id,
                "title": "How it is made",
                "description": "",
                "sort_order": at,
                "type": "youtube",
                "video_id": f"v{dice.roll(10**9):09d}x",
                "length": f"{dice.roll(9):02d}:{dice.roll(60):02d}",
            }
            for at in range(1 + dice.roll(2))
        ]

    def reviews(self, product_id: int) -> list[Row]:
        """`/v3/catalog/products/{product_id}/reviews`."""
        dice = self._world.dice("reviews", product_id)
        made = self._catalog.products.created_at(product_id)
        rows = []
        for at in range(dice.pick((0, 0, 0, 1, 2, 5))):
            when = min(made + (1 + dice.roll(60)) * DAY, self._world.epoch)
            rows.append(
                {
                    "id": product_id * 50 + at,
                    "title": dice.pick(("Great", "It's fine", "Überraschend gut", "")),
                    "text": dice.pick(words.NOTES),
                    "status": dice.pick(("approved", "approved", "disapproved", "pending")),
                    "rating": dice.roll(6),
                    "email": f"reviewer{product_id}.{at}@example.com",
                    "name": dice.pick(words.FIRST_NAMES),
                    "date_reviewed": wire.iso(when),
                    "date_created": wire.iso(when),
                    "date_modified": wire.iso(when + 60),
                }
            )
        return rows

    def custom_fields(self, product_id: int) -> list[Row]:
        """`/v3/catalog/products/{product_id}/custom-fields`."""
        dice = self._world.dice("custom_fields", product_id)
        return [
            {
                "id": product_id * 20 + at,
                "name": ("ISBN", "Made in", "Care", "Season")[at],
                "value": dice.pick(("9781234567897", "Österreich", '30° "gentle"', "0")),
            }
            for at in range(dice.pick((0, 0, 1, 2, 4)))
        ]

    def bulk_pricing_rules(self, product_id: int) -> list[Row]:
        """`/v3/catalog/products/{product_id}/bulk-pricing-rules`."""
        dice = self._world.dice("bulk", product_id)
        if not dice.chance(100):
            return []
        percent = 5 + dice.roll(20)
        return [
            {
                "id": product_id * 10 + at,
                "quantity_min": 10 + at * 10,
                "quantity_max": 0 if at else 19,
                "type": dice.pick(("percent", "fixed", "price")),
                # Both documented forms are met in the wild.
                "amount": f"{percent + at}.50" if product_id % 2 else percent + at,
            }
            for at in range(2)
        ]

    def options(self, product_id: int) -> list[Row]:
        """`/v3/catalog/products/{product_id}/options`. Not every value has a variant."""
        ids = self._variants.option_ids(product_id)
        colours = [colour_label(at) for at in range(self._catalog.colours(product_id))]
        sizes = words.SIZES[: self._catalog.facts(product_id).sizes]
        default = self._edition(product_id) % max(1, len(sizes))
        return [
            {
                "id": option,
                "product_id": product_id,
                "name": f"{name}1535042499-{product_id}",
                "display_name": name,
                "type": type_,
                "sort_order": place,
                "config": {},
                "option_values": [
                    {
                        "id": option * 100 + at,
                        "label": label,
                        "sort_order": at,
                        "value_data": _swatch(at) if type_ == "swatch" else None,
                        # Swatches have no default.
                        "is_default": type_ != "swatch" and at == default,
                    }
                    for at, label in enumerate(labels)
                ],
            }
            for place, (option, (name, type_, labels)) in enumerate(
                zip(
                    ids,
                    (("Color", "swatch", colours), ("Size", "rectangles", sizes)),
                    strict=False,  # many have colours only
                )
            )
        ]

    def modifiers(self, product_id: int) -> list[Row]:
        """`/v3/catalog/products/{product_id}/modifiers`."""
        dice = self._world.dice("modifiers", product_id)
        if not dice.chance(300):
            return []
        first = dice.roll(len(_CONFIGS))
        rows = [
            _modifier(product_id, at, *_CONFIGS[(first + at) % len(_CONFIGS)])
            for at in range(1 + dice.roll(2))
        ]
        if dice.chance(500):
            rows.append(_wrapping(product_id, dice.roll(500)))
        rows[0]["required"] = bool(self._edition(product_id) % 2)
        return rows

    def complex_rules(self, product_id: int) -> list[Row]:
        """`/v3/catalog/products/{product_id}/complex-rules`: one for a modifier's value each."""
        dice = self._world.dice("rules", product_id)
        variant = next(iter(self._catalog.variants.born(product_id)), None)
        values = [
            (modifier["id"], value["id"])
            for modifier in self.modifiers(product_id)
            for value in modifier["option_values"]
        ]
        return [
            {
                "id": product_id * 10 + at,
                "product_id": None if dice.chance(200) else product_id,
                "sort_order": at,
                "enabled": dice.chance(900),
                "stop": dice.chance(100),
                "price_adjuster": {"adjuster": "relative", "adjuster_value": 8.25} if at else {},
                "weight_adjuster": {"adjuster": None, "adjuster_value": 0} if at else {},
                "purchasing_disabled": not at,
                "purchasing_disabled_message": "" if at else "Not sold like this",
                "purchasing_hidden": False,
                "image_url": "",
                "conditions": [
                    {
                        "id": None if at else value + 1,
                        "rule_id": product_id * 10 + at,
                        "modifier_id": modifier,
                        "modifier_value_id": value,
                        "variant_id": variant if dice.chance(300) else None,
                        "combination_id": 0,
                    }
                ],
            }
            for at, (modifier, value) in enumerate(values)
        ]

    def _edition(self, product_id: int) -> int:
        """A number that changes when the product does: its options are edited along with it."""
        price: int = self._world.changed("product", product_id).get("price", 0)
        return price // 100

    def parent_relations(self, product_id: int) -> list[Row]:
        """Products that sell this one as one of their options. Known to the include only."""
        dice = self._world.dice("relations", product_id)
        if not dice.chance(30):
            return []
        parent = dice.pick(self._catalog.opening_ids)
        return [{"type": "modifier", "product_id": parent, "attribute_id": parent * 10 + 5}]

    def channels(self, product_id: int) -> list[int]:
        """Channel ids of the product."""
        return [1] if product_id % 4 else [1, 664179]


_CONFIGS: tuple[tuple[str, str, Row], ...] = (
    (
        "text",
        "Engraving",
        {
            "default_value": "",
            "text_characters_limited": True,
            "text_min_length": 1,
            "text_max_length": 55,
        },
    ),
    (
        "multi_line_text",
        "Message – multi-line",  # noqa: RUF001 - merchants do type this
        {
            "default_value": "Dear …",
            "text_characters_limited": False,
            "text_lines_limited": True,
            "text_max_lines": 4,
        },
    ),
    (
        "numbers_only_text",
        "Length in cm",
        {
            "default_value": "100",
            "number_limited": True,
            "number_limit_mode": "range",
            "number_lowest_value": 12.5,
            "number_highest_value": 400,
            "number_integers_only": False,
        },
    ),
    (
        "date",
        "Deliver on",
        {
            "default_value": "",
            "date_limited": True,
            "date_limit_mode": "range",
            "date_earliest_value": "2026-11-01",
            "date_latest_value": "2027-01-31",
        },
    ),
    (
        "file",
        "Your logo",
        {
            "file_types_mode": "specific",
            "file_types_supported": ["images", "other"],
            "file_types_other": ["pdf"],
            "file_max_size": 5,
        },
    ),
    (
        "product_list",
        "Goes with",
        {
            "product_list_adjusts_inventory": True,
            "product_list_adjusts_pricing": False,
            "product_list_shipping_calc": "weight",
        },
    ),
)
"""(type, display name, config) of modifiers; which settings there are depends on the type."""


def _swatch(place: int) -> Row:
    """Up to three colours, or a pattern."""
    if place % 5 == 4:  # noqa: PLR2004 - one in five
        return {"image_url": f"https://example.com/patterns/{place}.png"}
    return {"colors": [f"#{(place + at) * 1931 % 0xFFFFFF:06x}" for at in range(1 + place % 3)]}


def _modifier(product_id: int, place: int, type_: str, name: str, config: Row) -> Row:
    modifier = product_id * 10 + 4 + place
    values = [
        (f"With product {other}", {"product_id": other}, False)
        for other in (product_id - 1, product_id + 1)
    ]
    return {
        "id": modifier,
        "product_id": product_id,
        "name": f"{name} {product_id}",
        "display_name": name,
        "type": type_,
        "required": False,
        "sort_order": place,
        "config": dict(config),
        "option_values": _values(modifier, values, 0) if type_ == "product_list" else [],
    }


def _wrapping(product_id: int, cents: int) -> Row:
    modifier = product_id * 10 + 6
    return {
        "id": modifier,
        "product_id": product_id,
        "name": f"Gift box {product_id}",
        "display_name": "Gift box?",
        "type": "checkbox",
        "required": True,
        "sort_order": 2,
        "config": {"checkbox_label": "Yes, please", "checked_by_default": False},
        "option_values": _values(
            modifier,
            [("Yes", {"checked_value": True}, False), ("No", {"checked_value": False}, True)],
            cents,
        ),
    }


def _values(modifier: int, values: list[tuple[str, Row, bool]], cents: int) -> list[Row]:
    """Values from (label, data, whether it is the default); the first one costs extra."""
    return [
        {
            "id": modifier * 100 + at,
            "option_id": modifier,
            "label": label,
            "sort_order": at,
            "value_data": data,
            "is_default": is_default,
            "adjusters": {
                "price": {
                    "adjuster": None if at else "relative",
                    "adjuster_value": 0 if at else cents / 100,
                },
                "weight": {"adjuster": None, "adjuster_value": 0},
                "image_url": "",
                "purchasing_disabled": {"status": False, "message": ""},
            },
        }
        for at, (label, data, is_default) in enumerate(values)
    ]
