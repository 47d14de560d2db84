"""Who buys for companies, and who sells to them.

Source: BigCommerce's B2B Edition REST Management V3 API, "User", "Super Admin" and "Sales Staff".
"""

# ruff: noqa: N815 - B2B Edition's names are mixed

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.api.b2b_pages import read_b2b
from tap_bigcommerce.scans import CheckedPages
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.b2b_base import (
    MODIFIED,
    WITH_EXTRA_FIELDS,
    B2BChildStream,
    B2BEdition,
    B2BStream,
)
from tap_bigcommerce.streams.b2b_extra_fields import ExtraFieldValue

if TYPE_CHECKING:
    from tap_bigcommerce.api.pages import Row


class UserChannel(Record):
    """A channel that somebody may use."""

    channelId: int
    channelName: str
    iconUrl: str


class User(Record):
    """Somebody who buys for a company."""

    id: int
    firstName: Annotated[str, Personal]
    lastName: Annotated[str, Personal]
    email: Annotated[str, Personal]
    phoneNumber: Annotated[str, Personal]
    role: Annotated[int, "0 admin, 1 senior buyer, 2 junior buyer; `companyRoleId` goes before"]
    companyRoleId: int
    uuid: Annotated[str, "Its ID in another system."]
    extraFields: list[ExtraFieldValue]
    companyId: int
    createdAt: datetime
    updatedAt: datetime
    customerId: Annotated[int, "As customers.id."]
    companyRoleName: str
    channelList: list[UserChannel]


class B2BUsers(B2BStream):
    """People who buy for companies; super admins have a stream of their own."""

    name = "b2b_users"
    path = "/api/v3/io/users"
    record = User
    primary_keys = ("id",)
    foreign_keys = {
        "companyId": "b2b_companies.companyId",
        "companyRoleId": "b2b_company_roles.id",
        "customerId": "customers.id",
        "channelList.channelId": "channels.id",
    }
    replication_key = "updatedAt"
    params = WITH_EXTRA_FIELDS
    channel_filter = "channelId"
    page_limit = 250
    time = MODIFIED
    full_scan = changed_scan = CheckedPages(MODIFIED)


class SuperAdmin(Record):
    """Somebody of the merchant's who buys in companies' names."""

    id: int
    firstName: Annotated[str, Personal]
    lastName: Annotated[str, Personal]
    phone: Annotated[str, Personal]
    uuid: Annotated[str, "Its ID in another system; not always unique."]
    email: Annotated[str, Personal]
    createdAt: datetime
    updatedAt: datetime
    channelList: list[UserChannel]
    extraFields: list[ExtraFieldValue]


class B2BSuperAdmins(B2BStream):
    """The merchant's people who may buy in companies' names."""

    name = "b2b_super_admins"
    path = "/api/v3/io/companies/super-admins"
    record = SuperAdmin
    primary_keys = ("id",)
    foreign_keys = {"channelList.channelId": "channels.id"}
    replication_key = "updatedAt"
    params = WITH_EXTRA_FIELDS
    time = MODIFIED
    full_scan = changed_scan = CheckedPages(MODIFIED, sort={"orderBy": "ASC"})


class SuperAdminCompany(Record):
    """A company that a super admin may buy for."""

    super_admin_id: int
    companyId: int
    companyName: str
    companyEmail: Annotated[str, Personal]


class B2BSuperAdminCompanies(B2BChildStream):
    """Which companies super admins may buy for; one request per super admin."""

    name = "b2b_super_admin_companies"
    path = "/api/v3/io/super-admins/{super_admin_id}/companies"
    record = SuperAdminCompany
    primary_keys = ("super_admin_id", "companyId")
    foreign_keys = {"companyId": "b2b_companies.companyId"}
    page_limit = B2BEdition.page_limit
    parent = B2BSuperAdmins
    parent_key = "super_admin_id"


class SalesStaff(Record):
    """Somebody of the merchant's who looks after companies."""

    id: int
    email: Annotated[str, Personal]
    salesRepName: Annotated[str, Personal]
    roleName: str
    companyCount: Annotated[int, "Companies that they look after."]


class B2BSalesStaff(B2BStream):
    """The merchant's people who look after companies. No time of change is in them."""

    name = "b2b_sales_staff"
    path = "/api/v3/io/sales-staffs"
    record = SalesStaff
    primary_keys = ("id",)


class SalesStaffCompany(Record):
    """A company that somebody looks after."""

    sales_staff_id: int
    id: Annotated[int, "As b2b_companies.companyId."]
    bcId: Annotated[str, "The company's customer group."]
    companyName: str
    bcGroupName: str
    assignedAt: datetime


class B2BSalesStaffCompanies(B2BChildStream):
    """Who looks after which companies since when; one request per person who has some."""

    name = "b2b_sales_staff_companies"
    path = "/api/v3/io/sales-staffs/{sales_staff_id}"
    record = SalesStaffCompany
    primary_keys = ("sales_staff_id", "id")
    foreign_keys = {"id": "b2b_companies.companyId"}
    parent = B2BSalesStaff
    parent_key = "sales_staff_id"
    decode = staticmethod(partial(read_b2b, inside="assignedCompanies"))

    @classmethod
    def rules_out(cls, parent: Row) -> bool:
        """Whether they look after none."""
        return parent.get("companyCount") == 0


STREAMS = (B2BUsers, B2BSuperAdmins, B2BSuperAdminCompanies, B2BSalesStaff, B2BSalesStaffCompanies)
