"""The catalogue: which products, variants, brands and categories there are, and their key facts."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.table import Children, Table

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.world import Row, World

FIRST_PRODUCT = 77
FIRST_VARIANT = 382
FIRST_BRAND = 35
FIRST_CATEGORY = 18
TREE_ID = 1
DIGITAL_PER_THOUSAND = 60
_SPARE_COLOURS = 2
"""Values of the colour option that no variant has yet."""
_EXTREME_PRICE = 123_456_789_012_345_678_901
"""21 digits, in ten-thousandths: more than a float holds."""


class Product(NamedTuple):
    """What others need to know of a product: orders sell it, variants inherit from it."""

    id: int
    name: str
    sku: str
    is_digital: bool
    price: int
    cost: int
    weight: int
    colours: int
    sizes: int
    brand_id: int
    tracking: str


class Catalog:
    """Products with their variants, brands, categories."""

    def __init__(self, world: World, products: int) -> None:
        self.world = world
        self.products = Table("products")
        self.variants = Children(Table("variants"))
        self.brands = Table("brands")
        self.categories = Table("categories")

        # Merchants delete products: every 13th id is free.
        self.opening_ids = [
            FIRST_PRODUCT + world.seed % 7 + place + place // 12 for place in range(products)
        ]
        brands = range(FIRST_BRAND, FIRST_BRAND + max(3, products // 12))
        categories = range(FIRST_CATEGORY, FIRST_CATEGORY + max(8, min(900, products // 6)))
        self.opening_brands = list(brands)
        self.opening_categories = list(categories)
        self.opening_facts = lru_cache(maxsize=20_000)(self._facts)
        self.brands.fill((id_, world.epoch, world.epoch) for id_ in brands)
        self.categories.fill((id_, world.epoch, world.epoch) for id_ in categories)
        self.products.fill(world.history("product", self.opening_ids, 900, youngest_days=1))
        self.digital_ids: list[int] = []
        self.physical_ids: list[int] = []
        families = []
        for id_, created in zip(self.products.ids, self.products.created, strict=True):
            facts = self.opening_facts(id_)
            (self.digital_ids if facts.is_digital else self.physical_ids).append(id_)
            families.append((id_, max(1, facts.colours) * max(1, facts.sizes), created))
        self.variants.fill(families, FIRST_VARIANT)

    def facts(self, id_: int) -> Product:
        """A product as it is now; `opening_facts` is what it was when it came."""
        facts = self.opening_facts(id_)
        price = self.world.changed("product", id_).get("price")
        return facts if price is None else facts._replace(price=price)

    def colours(self, product_id: int) -> int:
        """How many colours there are to choose from, if any."""
        colours = self.facts(product_id).colours
        return colours and colours + _SPARE_COLOURS

    def takes_variant(self, product_id: int) -> bool:
        """Whether there is a combination of option values left that was never a variant."""
        combinations = self.colours(product_id) * max(1, self.facts(product_id).sizes)
        return self.variants.ever(product_id) < combinations

    def _facts(self, id_: int) -> Product:
        dice = self.world.dice("product", id_)
        material, style, thing = (
            dice.pick(words.MATERIALS),
            dice.pick(words.STYLES),
            dice.pick(words.THINGS),
        )
        is_digital = dice.chance(DIGITAL_PER_THOUSAND)
        price = (100 + dice.roll(25_000)) * 100 - (1 if dice.chance(30) else 0)
        if (id_ + self.world.seed) % 293 == 0:
            price = _EXTREME_PRICE
        elif dice.chance(10):
            price = 0
        colours = sizes = 0
        if not is_digital and dice.chance(400):
            colours, sizes = 2 + dice.roll(4), dice.roll(3)
        if (id_ + self.world.seed) % 151 == 0:
            colours, sizes = len(words.COLOURS), len(words.SIZES)
        weight = 0 if is_digital else 1 + dice.roll(400_000)
        cost = price * (30 + dice.roll(40)) // 100
        tracking = dice.pick(("none", "product", "variant" if colours else "product"))
        brand = dice.pick(self.opening_brands) if dice.chance(850) else 0
        return Product(
            id=id_,
            name=f"{style} {material} {thing} №{id_}",
            sku=f"{thing[:3].upper().strip()}-{material[:2].upper()}-{id_}",
            is_digital=is_digital,
            price=price,
            cost=cost,
            weight=weight,
            colours=colours,
            sizes=sizes,
            brand_id=brand,
            tracking=tracking,
        )

    def brand_row(self, id_: int) -> Row:
        """`/v3/catalog/brands`."""
        dice = self.world.dice("brand", id_)
        name = self.brand_name(id_)
        described = dice.chance(500)
        return {
            "id": id_,
            "name": name,
            "page_title": name if described else "",
            "meta_keywords": ["modern", "clean"] if described else [""],
            "meta_description": f"{name} since {1900 + dice.roll(120)}." if described else "",
            "image_url": self._cdn(f"product_images/b/{id_}.png") if dice.chance(300) else "",
            "search_keywords": "kitchen, laundry" if described else "",
            "custom_url": {"url": f"/brand-{id_}/", "is_customized": dice.chance(100)},
        }

    def brand_name(self, id_: int) -> str:
        """A brand's name, empty for brand 0."""
        if not id_:
            return ""
        dice = self.world.dice("brand.name", id_)
        return f"{dice.pick(words.LAST_NAMES)} & {dice.pick(words.LAST_NAMES)} {id_}"

    def category_row(self, id_: int) -> Row:
        """`/v3/catalog/trees/categories`."""
        dice = self.world.dice("category", id_)
        place = id_ - FIRST_CATEGORY
        is_top = place < len(words.DEPARTMENTS)
        parent = 0 if is_top else FIRST_CATEGORY + place % len(words.DEPARTMENTS)
        name = words.DEPARTMENTS[place] if is_top else f"{dice.pick(words.THINGS)}s {id_}"
        return {
            "category_id": id_,
            "category_uuid": dice.uuid(),
            "parent_id": parent,
            "tree_id": TREE_ID,
            "name": self.world.changed("category", id_).get("name", name),
            "description": f"<p>All in <em>{name}</em></p>" if dice.chance(700) else "",
            "views": dice.roll(100_000),
            "sort_order": dice.roll(10) - 1,
            "page_title": "",
            "meta_keywords": [""] if dice.chance(600) else ["shower", "tub"],
            "meta_description": "",
            "layout_file": "category.html",
            "image_url": "",
            "is_visible": dice.chance(900),
            "search_keywords": "",
            "default_product_sort": dice.pick(("use_store_settings", "newest", "price_asc")),
            "url": {"path": f"/category-{id_}/", "is_customized": dice.chance(100)},
        }

    def summary(self) -> Row:
        """`/v3/catalog/summary`."""
        ids = self.products.ids
        prices = [self.facts(id_).price for id_ in ids] or [0]
        made = self.variants.table.created
        return {
            "inventory_count": len(self.variants.table) * 25,
            "inventory_value": wire.number(sum(prices)),
            "primary_category_id": FIRST_CATEGORY,
            "primary_category_name": words.DEPARTMENTS[0],
            "variant_count": len(self.variants.table),
            "highest_variant_price": wire.number(max(prices)),
            "average_variant_price": wire.number(sum(prices) // len(prices)),
            "lowest_variant_price": str(wire.number(min(prices))),
            "oldest_variant_date": wire.iso(made[0] if made else self.world.epoch),
            "newest_variant_date": wire.iso(made[-1] if made else self.world.epoch),
        }

    def _cdn(self, path: str) -> str:
        return f"https://cdn11.bigcommerce.com/s-{self.world.store_hash}/{path}"
