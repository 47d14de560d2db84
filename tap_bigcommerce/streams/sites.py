"""Where storefronts are hosted: their sites, routes and TLS certificates.

Source: BigCommerce's REST Management API, "Sites" (Sites, Site Routes, Site Certificates).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from tap_bigcommerce.api.pages import decode, read_v3
from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.v3 import V3ChildStream, V3Stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_bigcommerce.api.pages import Page, Parse


class SiteUrl(Record):
    """One of a site's addresses."""

    url: str
    type: Annotated[str, "primary, canonical or checkout"]
    created_at: datetime
    updated_at: datetime


class Site(Record):
    """Where a channel's storefront is."""

    id: int
    url: Annotated[str, "What all addresses of the site begin with."]
    channel_id: int
    created_at: datetime
    updated_at: datetime
    ssl_status: Annotated[str, "Deprecated: see `site_certificates`. dedicated or shared"]
    urls: list[SiteUrl]
    is_checkout_url_customized: Annotated[bool, "False: the default channel's address is used."]


class Sites(V3Stream):
    """Hosts of storefronts, with all their addresses."""

    # `updated_at` is no filter: every row is read anyway. Full table.
    name = "sites"
    path = "/v3/sites"
    record = Site
    primary_keys = ("id",)
    foreign_keys = {"channel_id": "channels.id"}
    scope = ("store_sites_read_only",)
    channel_filter = "channel_id:in"


class SiteRoute(Record):
    """How a site's addresses of one kind are made."""

    site_id: int
    id: int
    type: Annotated[
        str,
        "product, brand, category, page, blog, home, cart, checkout, search, account, login, "
        "returns or static",
    ]
    matching: Annotated[str, "ID of the one item that it is for, or * for all of the type."]
    route: Annotated[str, "With the tokens {id}, {slug} and {language}."]


class SiteRoutes(V3ChildStream):
    """Patterns of storefront addresses: where a headless site shows products, pages, carts."""

    name = "site_routes"
    path = "/v3/sites/{site_id}/routes"
    parent = Sites
    parent_key = "site_id"
    record = SiteRoute
    primary_keys = ("site_id", "id")
    scope = ("store_sites_read_only",)
    selected_by_default = False


class SiteCertificate(Record):
    """A certificate without its private key."""

    common_name: str
    subject_alternative_names: Annotated[list[str], "Further hosts that it is valid for."]
    validity_not_before: datetime
    validity_not_after: Annotated[str, "RFC 3339; as it came, because it is part of the key."]
    signing_algorithm: str
    issuer: str
    certificate: Annotated[str, "As text in PEM form."]
    intermediate_certificates: Annotated[str, "As text in PEM form."]


def without_nulls(bodies: Iterable[bytes], limit: int | None, parse: Parse = decode) -> Page:
    """V3's page of a list in which the reference has null in place of rows."""

    def parse_rows(body: bytes) -> Any:  # noqa: ANN401 (any JSON value)
        answer = parse(body)
        if isinstance(answer, dict) and isinstance(answer.get("data"), list):
            answer["data"] = [row for row in answer["data"] if row is not None]
        return answer

    return read_v3(bodies, limit, parse_rows)


class SiteCertificates(V3Stream):
    """TLS certificates of all hosts of the store; the API gives them no ID and no site."""

    name = "site_certificates"
    path = "/v3/sites/certificates"
    record = SiteCertificate
    primary_keys = ("common_name", "validity_not_after")
    scope = ("store_sites_read_only",)
    page_limit = None
    full_scan = Once()
    selected_by_default = False
    decode = staticmethod(without_nulls)


STREAMS = (Sites, SiteRoutes, SiteCertificates)
