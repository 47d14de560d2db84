"""Products as records, with every include."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tap_bigcommerce.sandbox.quirks import Quirks
    from tap_bigcommerce.sandbox.store.dice import Dice
    from tap_bigcommerce.sandbox.store.product_parts import ProductParts
    from tap_bigcommerce.sandbox.store.variant_rows import VariantRows
    from tap_bigcommerce.sandbox.store.world import Row

INCLUDES = (
    "variants",
    "images",
    "primary_image",
    "videos",
    "custom_fields",
    "bulk_pricing_rules",
    "options",
    "modifiers",
    "reviews",
    "parent_relations",
    "channels",
)


class ProductRows:
    """Renders products."""

    def __init__(self, variants: VariantRows, parts: ProductParts, quirks: Quirks) -> None:
        self._variants = variants
        self._quirks = quirks
        self._parts = parts
        self._catalog = variants.catalog
        self._world = variants.world
        self._includes: dict[str, Callable[[int], object]] = {
            "variants": self.variants,
            "images": parts.images,
            "primary_image": parts.primary_image,
            "videos": parts.videos,
            "custom_fields": parts.custom_fields,
            "bulk_pricing_rules": parts.bulk_pricing_rules,
            "options": self.options,
            "modifiers": parts.modifiers,
            "reviews": parts.reviews,
            "parent_relations": parts.parent_relations,
            "channels": parts.channels,
        }

    def variants(self, product_id: int) -> list[Row]:
        """All variants of a product."""
        return [self._variants.row(id_) for id_ in self._catalog.variants.of(product_id)]

    def options(self, product_id: int) -> list[Row]:
        """All options of a product, in the form of the include."""
        rows = self._parts.options(product_id)
        if not self._quirks.names_embedded_options:
            for row in rows:
                del row["name"]
        return rows

    def row(self, id_: int, includes: Collection[str] = ()) -> Row:
        """`/v3/catalog/products`."""
        row = self._plain(id_)
        for name in includes:
            part = self._includes[name](id_)
            if part is not None:
                row[name] = part
        return row

    def categories(self, id_: int) -> list[int]:
        """Ids of a product's categories, without the rest of its row."""
        dice = self._world.dice("product.row", id_)
        for _ in ("sale price", "preorder"):  # what is diced for before
            dice.roll(1)
        return self._categories(dice)

    def _categories(self, dice: Dice) -> list[int]:
        ids = self._catalog.opening_categories
        start = dice.roll(len(ids))
        return ids[start : start + 1 + dice.roll(3)]

    def _plain(self, id_: int) -> Row:
        facts = self._catalog.facts(id_)
        changed = self._world.changed("product", id_)
        dice = self._world.dice("product.row", id_)
        table = self._catalog.products
        variants = self._catalog.variants.of(id_)
        reviews = self._parts.reviews(id_)
        approved = [review for review in reviews if review["status"] == "approved"]
        sale = facts.price * 9 // 10 if dice.chance(150) else 0
        # Follows the variants' stock late: the product's own date would have to move with it.
        level = (
            0
            if facts.tracking == "none"
            else sum(self._variants.opening_level(one) for one in self._catalog.variants.born(id_))
        )
        is_preorder = dice.chance(20)
        categories = self._categories(dice)
        return {
            "id": id_,
            "name": changed.get("name", facts.name),
            "type": "digital" if facts.is_digital else "physical",
            "sku": facts.sku if dice.chance(970) else "",
            "description": f"<p>{facts.name}. {dice.pick(words.NOTES)}</p>",
            "weight": wire.number(facts.weight),
            "width": dice.roll(50),
            "depth": dice.roll(500) / 10,
            "height": 0 if dice.chance(200) else dice.roll(5000) / 100,
            "price": wire.number(facts.price),
            "cost_price": wire.number(facts.cost),
            "retail_price": wire.number(facts.price * 12 // 10) if dice.chance(300) else 0,
            "sale_price": wire.number(sale),
            "map_price": 0,
            "tax_class_id": dice.pick((0, 0, 0, 1)),
            "product_tax_code": dice.pick(("", "", "PC040100")),
            "calculated_price": wire.number(sale or facts.price),
            "categories": categories,
            "brand_id": facts.brand_id,
            "option_set_id": id_ if facts.colours else None,
            "option_set_display": "right",
            "inventory_level": level,
            "inventory_warning_level": dice.roll(6),
            "inventory_tracking": facts.tracking,
            "reviews_rating_sum": sum(review["rating"] for review in approved),
            "reviews_count": len(approved),
            "total_sold": dice.roll(900),
            "fixed_cost_shipping_price": 0 if dice.chance(900) else 7.95,
            "is_free_shipping": dice.chance(50),
            "is_visible": changed.get("is_visible", dice.chance(930)),
            "is_featured": dice.chance(100),
            "related_products": [-1] if dice.chance(700) else [self._other(dice.roll(10**9))],
            "warranty": dice.pick(("", "", "2 years")),
            "bin_picking_number": dice.pick(("", "", "0042")),
            "layout_file": "product.html",
            "upc": "" if dice.chance(500) else f"{dice.roll(10**12):012d}",
            "mpn": "" if dice.chance(700) else f"M-{id_}",
            "gtin": "" if dice.chance(700) else f"{dice.roll(10**13):013d}",
            "date_last_imported": "" if dice.chance(700) else wire.iso(table.created_at(id_)),
            "search_keywords": "",
            "availability": "preorder" if is_preorder else "available",
            "availability_description": "",
            "gift_wrapping_options_type": "any",
            "gift_wrapping_options_list": [],
            "sort_order": dice.roll(20) - 5,
            "condition": dice.pick(("New", "New", "Used", "Refurbished")),
            "is_condition_shown": dice.chance(100),
            "order_quantity_minimum": 0,
            "order_quantity_maximum": 0,
            "page_title": "",
            "meta_keywords": [] if dice.chance(700) else ["home", "déco"],
            "meta_description": "",
            "date_created": wire.iso(table.created_at(id_)),
            "date_modified": wire.iso(table.modified_at(id_)),
            "view_count": dice.roll(5000),
            "preorder_release_date": wire.iso(self._world.epoch) if is_preorder else None,
            "preorder_message": "Ships on %%DATE%%" if is_preorder else "",
            "is_preorder_only": False,
            "is_price_hidden": False,
            "price_hidden_label": "",
            "custom_url": {
                "url": f"/product-{id_}/",
                "is_customized": dice.chance(50),
                "create_redirect": False,
            },
            # Null for products that are sold in variants.
            "base_variant_id": None if facts.colours or not variants else variants[0],
            "open_graph_type": "product",
            "open_graph_title": "",
            "open_graph_description": "",
            "open_graph_use_meta_description": True,
            "open_graph_use_product_name": True,
            "open_graph_use_image": True,
        }

    def _other(self, roll: int) -> int:
        ids = self._catalog.opening_ids
        return ids[roll % len(ids)]
