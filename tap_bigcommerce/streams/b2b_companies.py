"""Companies that buy from a store, their addresses, roles, credit and place in a hierarchy.

Source: BigCommerce's B2B Edition REST Management V3 API, "Company", "Address" and, for credit and
terms, "Payment".
"""

# ruff: noqa: N815 - B2B Edition's names are mixed

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.b2b_base import (
    MODIFIED,
    WITH_EXTRA_FIELDS,
    B2BChildStream,
    B2BEdition,
    B2BStream,
    by_modification,
)
from tap_bigcommerce.streams.b2b_extra_fields import ExtraFieldValue


class ParentCompany(Record):
    """The company above in a hierarchy."""

    id: int
    name: str


class PriceListAssigned(Record):
    """A price list that a company buys by in one channel."""

    channelId: int
    priceListId: int
    priceListName: str
    channelName: str


class CompanyExtraField(ExtraFieldValue):
    """What was entered in an added field, with what the field is."""

    labelName: str
    isRequired: Annotated[str, "0 or 1"]
    dataType: Annotated[str, "As `fieldType`."]
    fieldType: Annotated[int, "0 text, 1 several lines of text, 2 number, 3 list to choose from"]


class Company(Record):
    """A business that buys, with users of its own."""

    companyName: str
    companyEmail: Annotated[str, Personal]
    companyPhone: Annotated[str, Personal]
    companyId: int
    catalogId: Annotated[str, "The price list assigned to it."]
    catalogName: str
    bcGroupName: Annotated[str, "Name of its customer group."]
    companyStatus: Annotated[str, "0 pending, 1 approved, 2 rejected, 3 inactive"]
    parentCompany: ParentCompany
    priceListAssign: list[PriceListAssigned]
    extraFields: list[CompanyExtraField]
    uuid: Annotated[str, "Its ID in another system."]
    updatedAt: datetime
    createdAt: datetime
    bcGroupId: Annotated[int, "Its customer group."]


class B2BCompanies(B2BStream):
    """Businesses that buy, with their hierarchy, price lists and added fields."""

    name = "b2b_companies"
    path = "/api/v3/io/companies"
    record = Company
    primary_keys = ("companyId",)
    foreign_keys = {
        "bcGroupId": "customer_groups.id",
        "parentCompany.id": "b2b_companies.companyId",
        "priceListAssign.channelId": "channels.id",
        "priceListAssign.priceListId": "price_lists.id",
    }
    replication_key = "updatedAt"
    id_field = "companyId"
    params = WITH_EXTRA_FIELDS
    time = MODIFIED
    full_scan = changed_scan = by_modification("companyId")


class CompanyRole(Record):
    """What a company's users may be."""

    id: int
    name: str
    roleType: Annotated[int, "1 predefined, 2 made by the merchant"]
    roleLevel: Annotated[int, "1: every company may use it."]


class B2BCompanyRoles(B2BStream):
    """Roles of companies' users; predefined and the merchant's own."""

    name = "b2b_company_roles"
    path = "/api/v3/io/companies/roles"
    record = CompanyRole
    primary_keys = ("id",)


class CompanyPermission(Record):
    """One thing that a role may allow."""

    name: str
    description: str
    code: str
    moduleName: Annotated[str, "The area that it is about, such as address."]
    id: int
    isCustom: Annotated[bool, "Whether the merchant made it."]


class B2BCompanyPermissions(B2BStream):
    """What roles may allow; predefined and the merchant's own."""

    name = "b2b_company_permissions"
    path = "/api/v3/io/companies/permissions"
    record = CompanyPermission
    primary_keys = ("id",)
    page_limit = None
    full_scan = Once()


class CompanyAttachment(Record):
    """A file that was added to a company's account."""

    company_id: int
    id: str
    attachmentFile: Annotated[str, "Its address."]


class B2BCompanyAttachments(B2BChildStream):
    """Files in companies' accounts; one request per company."""

    name = "b2b_company_attachments"
    path = "/api/v3/io/companies/{company_id}/attachments"
    record = CompanyAttachment
    primary_keys = ("company_id", "id")
    parent = B2BCompanies
    parent_key = "company_id"


class CompanySubsidiary(Record):
    """A company below another in a hierarchy."""

    company_id: int
    companyId: int
    companyName: str
    companyStatus: Annotated[int, "0 pending, 1 approved, 2 rejected, 3 inactive"]
    # The same again for those below it, without end.
    subsidiaries: list[dict]  # type: ignore[type-arg] # an object of no fixed shape


class B2BCompanySubsidiaries(B2BChildStream):
    """All companies below each; `b2b_companies.parentCompany` says as much at no request."""

    name = "b2b_company_subsidiaries"
    path = "/api/v3/io/companies/{company_id}/subsidiaries"
    record = CompanySubsidiary
    primary_keys = ("company_id", "companyId")
    foreign_keys = {"companyId": "b2b_companies.companyId"}
    page_limit = B2BEdition.page_limit
    parent = B2BCompanies
    parent_key = "company_id"


class AddressExtraField(ExtraFieldValue):
    """What was entered in an added field of an address."""

    fieldType: Annotated[int, "0 text, 1 several lines of text, 2 number, 3 list to choose from"]


class CompanyAddress(Record):
    """Where a company wants goods or bills."""

    addressId: int
    firstName: Annotated[str, Personal]
    lastName: Annotated[str, Personal]
    phoneNumber: Annotated[str, Personal]
    zipCode: Annotated[str, Personal]
    addressLine1: Annotated[str, Personal]
    addressLine2: Annotated[str, Personal]
    city: Annotated[str, Personal]
    stateName: str
    countryName: str
    stateCode: str
    countryCode: Annotated[str, "ISO 3166-1 alpha-2"]
    companyId: int
    isBilling: bool
    isShipping: bool
    isDefaultBilling: bool
    isDefaultShipping: bool
    label: Annotated[str, "What buyers see it by."]
    externalId: Annotated[str, "Its ID in another system."]
    extraFields: list[AddressExtraField]


class B2BAddresses(B2BStream):
    """Address books of companies. No time of change is in them."""

    name = "b2b_addresses"
    path = "/api/v3/io/addresses"
    record = CompanyAddress
    primary_keys = ("addressId",)
    foreign_keys = {"companyId": "b2b_companies.companyId"}
    id_field = "addressId"
    params = WITH_EXTRA_FIELDS
    # Fewer than 250, as the reference has it, and such that a heavy page can be cut.
    page_limit = 240


class CompanyCredit(Record):
    """What a company may buy on credit."""

    company_id: int
    creditEnabled: bool
    creditCurrency: Annotated[str, "ISO 4217"]
    availableCredit: Decimal
    limitPurchases: Annotated[bool, "Whether purchase orders may not exceed the credit."]
    creditHold: Annotated[bool, "Whether no purchase orders are taken."]


class B2BCompanyCredit(B2BChildStream):
    """What companies may buy on credit; one request per company."""

    name = "b2b_company_credit"
    path = "/api/v3/io/companies/{company_id}/credit"
    record = CompanyCredit
    primary_keys = ("company_id",)
    parent = B2BCompanies
    parent_key = "company_id"
    # 400 where the store does not give credit.
    missing_statuses = B2BEdition.missing_statuses | {400}


class CompanyPaymentTerms(Record):
    """How long a company has to pay."""

    company_id: int
    isEnabled: bool
    paymentTerms: Annotated[int, "Days; the store's where it is not enabled."]


class B2BCompanyPaymentTerms(B2BChildStream):
    """How long companies have to pay; one request per company."""

    name = "b2b_company_payment_terms"
    path = "/api/v3/io/companies/{company_id}/payment-terms"
    record = CompanyPaymentTerms
    primary_keys = ("company_id",)
    parent = B2BCompanies
    parent_key = "company_id"


STREAMS = (
    B2BCompanies,
    B2BCompanyRoles,
    B2BCompanyPermissions,
    B2BCompanyAttachments,
    B2BCompanySubsidiaries,
    B2BAddresses,
    B2BCompanyCredit,
    B2BCompanyPaymentTerms,
)
