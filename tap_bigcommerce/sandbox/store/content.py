"""Blog, redirects, widgets, scripts and layouts. None of them changes."""

# ruff: noqa: PLR2004 - rows differ by their number, which needs no name

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.world import Row, World

POSTS = 33
REDIRECTS = 130
JOBS = 23
TEMPLATES = 8
WIDGETS = 22
PLACEMENTS = 27
SCRIPTS = 17
ASSOCIATIONS = 16
_TAGS = ("Café", "sale", "news 🗞", "how-to")


class Content:
    """Rows of all content that has a list."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.posts = [self._post(id_) for id_ in range(POSTS, 0, -1)]
        self.tags = [
            {"tag": tag, "post_ids": [row["id"] for row in self.posts if tag in row["tags"]]}
            for tag in _TAGS
        ]
        # Some were deleted.
        self.redirects = [self._redirect(id_) for id_ in range(3, 3 + REDIRECTS) if id_ % 9]
        self.jobs = [self._job(id_) for id_ in range(1, 1 + JOBS)]
        self.widget_templates = [self._template(id_) for id_ in range(1, 1 + TEMPLATES)]
        self.widgets = [self._widget(id_) for id_ in range(1, 1 + WIDGETS)]
        self.placements = [self._placement(id_) for id_ in range(1, 1 + PLACEMENTS)]
        self.scripts = [self._script(id_) for id_ in range(1, 1 + SCRIPTS)]
        self.associations = [self._association(id_) for id_ in range(1, 1 + ASSOCIATIONS)]

    def _ago(self, days: int) -> int:
        return self._world.epoch - days * DAY

    def _uuid(self, kind: str, id_: int) -> str:
        return self._world.dice(kind, id_).uuid()

    def _post(self, id_: int) -> Row:
        at = self._ago(400 - 5 * id_)
        # The reference has offsets and zones by name.
        offset, zone = ((0, "+00:00"), (-18_000, "-05:00"), (0, "UTC"))[id_ % 3]
        local = wire.sql(at + offset) + ".000000"
        iso = wire.iso(at, "+0000") if id_ % 2 else "5/18/2023 1:26:42 PM"
        return {
            "id": id_,
            "title": f"Post №{id_}: naïve & café",
            "url": f"/blog/post-{id_}/",
            "preview_url": f"/blog/post-{id_}/",
            "body": f"<p>Hello, 世界 {id_} 👋</p>",
            "tags": [tag for place, tag in enumerate(_TAGS) if (id_ + place) % 3 == 0],
            "summary": "" if id_ == 4 else f"Hello {id_} [...]",
            "is_published": id_ % 7 > 0,
            "published_date": {
                "timezone_type": 3 if zone == "UTC" else 1,
                "date": "0000-00-00 00:00:00.000000" if id_ == 5 else local,
                "timezone": zone,
            },
            "published_date_iso8601": iso,
            "meta_description": None if id_ % 2 else "About it",
            "meta_keywords": None if id_ % 4 else "a,b",
            "author": "" if id_ % 5 else "Zoë",
            "thumbnail_path": None if id_ % 2 else "",
        }

    def _redirect(self, id_: int) -> Row:
        kind = ("product", "brand", "category", "page", "post", "url")[id_ % 6]
        target = {"url": f"/new-{id_}/?a=1&b=2"} if kind == "url" else {"entity_id": 100 + id_}
        return {
            "id": id_,
            "site_id": 1000 + id_ % 2,
            "from_path": f"/old-{id_}-ü",
            "to": {"type": kind, **target},
        }

    def redirect_row(self, row: Row, *, with_url: bool) -> Row:
        """`/v3/storefront/redirects`."""
        return {**row, "to_url": f"https://shop.example.com/to/{row['id']}"} if with_url else row

    def _job(self, id_: int) -> Row:
        status = ("complete", "failed", "working", "aborted", "new")[id_ % 5]
        began = self._ago(90 - id_)
        return {
            "id": self._uuid("redirect_job", id_),
            "type": "import" if id_ % 3 else "export",
            "status": status,
            "completed_items": 0 if status == "new" else 10 * id_,
            "failed_items": id_ % 4,
            "total_items": 10 * id_ + id_ % 4,
            "errors": [
                {"row": 2 + at, "message": 'Duplicate "from" path'} for at in range(id_ % 4)
            ],
            "created_at": wire.iso(began, ".000Z"),
            "completed_at": wire.iso(began + 60, ".000Z") if status == "complete" else None,
        }

    def _template(self, id_: int) -> Row:
        tabs: list[Row] = [
            {
                "type": "tab",
                "label": "Content",
                "sections": [
                    {
                        "label": "Picture",
                        "settings": [
                            {"type": "input", "id": "title", "label": "Title", "default": "Hi"},
                            {"type": "boxModel", "id": "margin", "default": {"top": {"value": 0}}},
                        ],
                    }
                ],
            },
            {"type": "array", "label": "Slides", "id": "slides", "schema": [{"type": "hidden"}]},
        ]
        return {
            "uuid": self._uuid("widget_template", id_),
            "name": f"Template {id_}",
            "schema": tabs[: id_ % 3],
            "template": "{{#each images}}<img src='{{src}}'>{{/each}}",
            "storefront_api_query": "" if id_ % 2 else "query { site { settings { storeName } } }",
            "kind": "custom" if id_ % 4 else "pp-cartpage-fullbanner",
            "date_created": wire.iso(self._ago(300 - id_), ".112Z"),
            "date_modified": wire.iso(self._ago(200 - id_), ".112Z"),
            "current_version_uuid": self._uuid("widget_version", id_),
            "icon_name": "default",
            "channel_id": 0 if id_ % 4 == 0 else 1,
            "client_rerender": id_ % 2 == 0,
            "template_engine": "handlebars_v3",
        }

    def _widget(self, id_: int) -> Row:
        template = self.widget_templates[id_ % TEMPLATES]
        return {
            "uuid": self._uuid("widget", id_),
            "name": f"Widget {id_}",
            "description": "" if id_ % 2 else "Größer & schöner",
            "widget_configuration": {"title": "“Hi” 🎈", "margin": {"top": 1.25}, "images": []},
            "widget_template": template,
            "date_created": wire.iso(self._ago(150 - id_), ".406Z"),
            "date_modified": wire.iso(self._ago(100 - id_), ".406Z"),
            "version_uuid": template["current_version_uuid"],
            "channel_id": 1 if id_ % 3 else 664179,
            "storefront_api_query_params": {},
        }

    def _placement(self, id_: int) -> Row:
        widget = self.widgets[id_ % WIDGETS]
        return {
            "uuid": self._uuid("placement", id_),
            "template_file": "pages/category" if id_ % 2 else "pages/home",
            "date_created": wire.iso(self._ago(80 - id_), ".796Z"),
            "date_modified": wire.iso(self._ago(60 - id_), ".796Z"),
            "channel_id": widget["channel_id"],
            "entity_id": str(20 + id_) if id_ % 2 else "",
            "sort_order": id_ % 5,
            "region": "header_banner",
            "status": "active" if id_ % 4 else "inactive",
            "widget": widget,
        }

    def _script(self, id_: int) -> Row:
        is_src = id_ % 2 == 0
        row: Row = {
            "uuid": self._uuid("script", id_),
            "name": f"Script {id_}",
            "description": "" if id_ % 3 else "Counts visits",
            "date_created": wire.iso(self._ago(120 - id_), "Z"),
            "date_modified": wire.iso(self._ago(110 - id_), "Z"),
            "auto_uninstall": id_ % 5 > 0,
            "load_method": ("default", "async", "defer")[id_ % 3],
            "location": "head" if id_ % 2 else "footer",
            "visibility": ("storefront", "all_pages", "checkout", "order_confirmation")[id_ % 4],
            "kind": "src" if is_src else "script_tag",
            "api_client_id": "",
            "consent_category": ("essential", "functional", "analytics", "targeting")[id_ % 4],
            "enabled": id_ % 6 > 0,
            "channel_id": 1 if id_ % 3 else 664179,
        }
        if is_src:
            row["src"] = f"https://code.example.com/{id_}.js"
            row["integrity_hashes"] = ["sha384-DgtwqxoPLKnJSER"][: id_ % 4]
        else:
            row["html"] = "<script>if (1 < 2 && true) {}</script>"
        return row

    def _association(self, id_: int) -> Row:
        kind = ("product", "category", "brand", "page")[id_ % 4]
        return {
            "id": id_ * 2,
            "channel_id": 1 if id_ % 3 else 664179,
            "entity_type": kind,
            "entity_id": 100 + id_,
            "file_name": f"custom-{kind}-{id_ % 2}.html",
            "is_valid": id_ % 5 > 0,
            "date_created": wire.iso(self._ago(50), "Z"),
            "date_modified": wire.iso(self._ago(50 - id_), "Z"),
        }
