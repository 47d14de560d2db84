"""The blog, and where old addresses lead. Pages are in `store.py`.

Source: BigCommerce's REST Management API, "Store Content V2" (Blog Posts, Blog Tags) and
"Redirects V3".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from tap_bigcommerce.api.pages import decode, read_v2
from tap_bigcommerce.scans import IdFilter, IdRanges, Once
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.v2 import V2Stream
from tap_bigcommerce.streams.v3 import V3Stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_bigcommerce.api.pages import Page, Parse

REDIRECT_IDS = IdFilter(
    above="id:min",
    below="id:max",
    is_inclusive=True,
    ascending={"sort": "id", "direction": "asc"},
    descending={"sort": "id", "direction": "desc"},
)


class BlogPost(Record):
    """An entry of the store's blog."""

    id: int
    title: str
    url: Annotated[str, "Relative to the storefront."]
    preview_url: Annotated[str, "Relative to the storefront."]
    body: Annotated[str, "HTML."]
    tags: list[str]
    summary: Annotated[str, "HTML."]
    is_published: bool
    published_date: datetime
    # ISO 8601 in one of the reference's examples, `5/18/2023 1:26:42 PM` in another.
    published_date_iso8601: Annotated[str, "The same as BigCommerce words it."]
    meta_description: str
    meta_keywords: Annotated[str, "Separated by commas."]
    author: Annotated[str, Personal]
    thumbnail_path: Annotated[str, "Below /product_images/, in WebDAV."]


class BlogPosts(V2Stream):
    """Posts of the blog with their bodies, published or not."""

    # By the reference `page` ends at 50: of more than 12,500 posts the others cannot be read.
    name = "blog_posts"
    path = "/v2/blog/posts"
    record = BlogPost
    primary_keys = ("id",)
    scope = ("store_v2_content_read_only",)


class BlogTag(Record):
    """A word that blog posts are sorted by."""

    tag: str
    post_ids: Annotated[list[int], "IDs of blog posts."]


def read_tags(bodies: Iterable[bytes], limit: int | None, parse: Parse = decode) -> Page:
    """Page of tags; the schema has lists of them inside a list, which may be meant."""
    return read_v2(bodies, limit, lambda body: _flat(parse(body)))


def _flat(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    if isinstance(value, list) and any(isinstance(one, list) for one in value):
        return [tag for one in value for tag in (one if isinstance(one, list) else [one])]
    return value


class BlogTags(V2Stream):
    """Tags with the posts that have them."""

    name = "blog_tags"
    path = "/v2/blog/tags"
    decode = staticmethod(read_tags)
    record = BlogTag
    primary_keys = ("tag",)
    foreign_keys = {"post_ids": "blog_posts.id"}
    page_limit = None
    scope = ("store_v2_content_read_only",)
    full_scan = Once("tag")
    selected_by_default = False


class RedirectTarget(Record):
    """What a redirect leads to."""

    type: Annotated[str, "product, brand, category, page, post or url"]
    entity_id: Annotated[int, "ID of what `type` names."]
    url: Annotated[str, "For type url."]


class Redirect(Record):
    """An old address of a site, and where it leads (301)."""

    id: int
    site_id: int
    from_path: str
    to: RedirectTarget
    to_url: Annotated[str, "The whole address."]


class Redirects(V3Stream):
    """Permanent redirects of all sites."""

    # Neither dates nor a filter by them: full table.
    name = "redirects"
    path = "/v3/storefront/redirects"
    record = Redirect
    primary_keys = ("id",)
    foreign_keys = {"site_id": "sites.id"}
    include = ("to_url",)
    scope = ("store_v2_content_read_only",)
    full_scan = IdRanges(REDIRECT_IDS)


class JobError(Record):
    """A line that could not be imported."""

    row: Annotated[int, "Of the CSV file."]
    message: str


class RedirectJob(Record):
    """An import or export of redirects as a file."""

    id: Annotated[str, "UUID"]
    type: Annotated[str, "import or export"]
    status: Annotated[str, "new, working, complete, aborted or failed"]
    completed_items: int
    failed_items: int
    total_items: int
    errors: list[JobError]
    created_at: datetime
    completed_at: datetime


class RedirectImportExportJobs(V3Stream):
    """Imports and exports of redirects, with what went wrong."""

    name = "redirect_import_export_jobs"
    path = "/v3/storefront/redirects/imex/jobs"
    record = RedirectJob
    primary_keys = ("id",)
    scope = ("store_v2_content_read_only",)
    selected_by_default = False


STREAMS = (BlogPosts, BlogTags, Redirects, RedirectImportExportJobs)
