"""Blog, redirects, widgets, scripts and layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import BadValueError
from tap_bigcommerce.sandbox.filters import Filter, v3
from tap_bigcommerce.sandbox.fixed import fixed
from tap_bigcommerce.sandbox.listing import Answer, Call, v2_page, v3_page
from tap_bigcommerce.sandbox.paging import window
from tap_bigcommerce.sandbox.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

_LAST_BLOG_PAGE = 50
_JOBS_PAGE = 10
_BY_CHANNEL = v3("channel_id", "int", "in", eq=False)


def routes(store: Store) -> Iterator[Route]:
    """All content endpoints but that of pages."""
    content = store.content
    redirects = fixed(
        content.redirects,
        {**v3("id", "int", "in", "min", "max", eq=False), **v3("site_id", "int")},
        key="id",
        sorts=("from_path", "site_id", "id"),
    )

    def listed(
        path: str,
        rows: list[Row],
        filters: Mapping[str, Filter],
        scope: tuple[str, ...] = scopes.CONTENT,
        sorts: tuple[str, ...] = (),
    ) -> Route:
        listing = fixed(rows, filters, sorts=sorts)
        return Route(path, scope, lambda call: v3_page(call, listing))

    yield Route("/v2/blog/posts", scopes.CONTENT, _posts)
    # The schema has a list inside the list.
    yield Route(
        "/v2/blog/tags", scopes.CONTENT, lambda _: Answer([content.tags], list(content.tags))
    )
    yield Route(
        "/v3/storefront/redirects",
        scopes.CONTENT,
        lambda call: v3_page(
            call,
            redirects,
            lambda id_: content.redirect_row(
                redirects.row(id_), with_url="to_url" in call.words("include", ("to_url",))
            ),
        ),
    )
    yield Route("/v3/storefront/redirects/imex/jobs", scopes.CONTENT, _jobs)
    yield listed("/v3/content/widget-templates", content.widget_templates, _BY_CHANNEL)
    yield listed("/v3/content/widgets", content.widgets, {**_BY_CHANNEL, **v3("name", "text")})
    yield listed("/v3/content/placements", content.placements, _BY_CHANNEL)
    yield listed(
        "/v3/content/scripts",
        content.scripts,
        _BY_CHANNEL,
        scopes.SCRIPTS,
        ("name", "description", "date_created", "date_modified"),
    )
    yield listed(
        "/v3/storefront/custom-template-associations",
        content.associations,
        {**v3("channel_id", "int"), **v3("is_valid", "bool")},
        scopes.THEMES,
    )


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All rows by stream."""
    content = store.content
    return {
        "blog_posts": lambda: content.posts,
        "blog_tags": lambda: content.tags,
        "redirects": lambda: (
            content.redirect_row(row, with_url=True) for row in content.redirects
        ),
        "redirect_import_export_jobs": lambda: content.jobs,
        "widget_templates": lambda: content.widget_templates,
        "widgets": lambda: content.widgets,
        "placements": lambda: content.placements,
        "scripts": lambda: content.scripts,
        "custom_template_associations": lambda: content.associations,
    }


def _posts(call: Call) -> Answer:
    if window(call.query).page > _LAST_BLOG_PAGE:
        raise BadValueError(field="page", message=f"page ends at {_LAST_BLOG_PAGE}")
    filters = {
        "is_published": Filter("is_published", "eq", "bool"),
        "url": Filter("url", "eq", "text"),
        "tag": Filter("tags", "in", "text"),
    }
    return v2_page(call, fixed(call.store.content.posts, filters))


def _jobs(call: Call) -> Answer:
    filters = {**v3("id", "text"), **v3("type", "text"), **v3("status", "text")}
    call.query.setdefault("limit", str(_JOBS_PAGE))
    return v3_page(call, fixed(call.store.content.jobs, filters))
