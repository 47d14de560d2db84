"""Companies of B2B Edition, who buys for them and who sells to them. Nothing of it changes."""

# ruff: noqa: PLR2004 - rows differ by their number, which needs no name

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.people import person
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_bigcommerce.sandbox.store.people import Person
    from tap_bigcommerce.sandbox.store.world import Row, World

COMPANIES = 14
USERS = 31
ADDRESSES = 26
ROLES = 12
PERMISSIONS = 34
SUPER_ADMINS = 11
STAFF = 6
LISTS = 13
EXTRA_FIELDS = 12
CHANNELS = (1, 664179)
PAYMENT_METHODS = ((1, "authorizenet", "Authorize.net"), (2, "cheque", "Cheque"))
FIRST_COMPANY = 7_826_000
FIRST_USER = 12_300_000


class B2BCompanies:
    """Companies, people and what is theirs, by number from 0."""

    def __init__(self, world: World, customers: Sequence[int], products: Sequence[int]) -> None:
        self._world = world
        # As they are at first: what of them is deleted later is still named here.
        self._customers = customers[:USERS]
        self.products = products[:8]

    def made_at(self, kind: str, number: int) -> int:
        """When a row was made; later numbers later."""
        dice = self._world.dice(f"b2b.{kind}.made", number)
        return self._world.epoch - (900 - number * 9) * DAY + dice.roll(DAY)

    def changed_at(self, kind: str, number: int) -> int:
        """When a row was last changed, some in one and the same second."""
        made = self.made_at(kind, number)
        if number % 4 == 3:
            return max(made, self._world.epoch - 50 * DAY)
        return made + self._world.dice(f"b2b.{kind}.changed", number).roll(9 * DAY)

    def extra_values(self, kind: str, number: int) -> list[Row]:
        """What was entered in added fields."""
        note = self._world.dice(f"b2b.{kind}.extra", number).pick(words.NOTES)
        values = [("Tax code", f"G{number}"), ("Note", note)]
        return [{"fieldName": name, "fieldValue": text} for name, text in values[: number % 3]]

    def extra_field(self, number: int) -> Row:
        """`.../extra-fields` of all but orders."""
        kind = number % 4
        return {
            "id": 500 + number,
            "uuid": f"ERP-{number}",
            "fieldName": f"Field {number} of {self._world.seed}",
            "fieldType": kind,
            "isRequired": number % 2 > 0,
            "isUnique": False,
            "visibleToEnduser": number % 3 > 0,
            "configType": 1 if number == 0 else 2,
            "defaultValue": "",
            "maximumLength": "100" if kind == 0 else "",
            "numberOfRows": "5" if kind == 1 else "",
            "maximumValue": "1000.50" if kind == 2 else "",
            "listOfValue": ["Retail", "Großhandel"] if kind == 3 else [],
        }

    def company(self, number: int) -> Row:
        """`/companies`."""
        who = self._person("company", number)
        is_below = number % 5 > 1
        above = number - number % 5
        return {
            "companyId": FIRST_COMPANY + number,
            "companyName": f"{who.company or 'Great Buys'} {number}",
            "companyEmail": who.email,
            "companyPhone": who.phone,
            "catalogId": str(10 + number) if number % 2 else "",
            "catalogName": f"Catalogue {number}" if number % 2 else "",
            "bcGroupId": 1 + number % 5,
            "bcGroupName": f"B2B {number}",
            "companyStatus": str(number % 4),
            "parentCompany": {"id": FIRST_COMPANY + above, "name": f"Group {above}"}
            if is_below
            else {},
            "priceListAssign": [
                {
                    "channelId": channel,
                    "priceListId": 1 + number % 3,
                    "priceListName": f"Tier {number}",
                    "channelName": f"Channel {channel}",
                }
                for channel in CHANNELS[: number % 3]
            ],
            "uuid": self._world.dice("b2b.company.uuid", number).uuid(),
            "createdAt": str(self.made_at("company", number)),
            "updatedAt": str(self.changed_at("company", number)),
        }

    def company_extra(self, number: int) -> list[Row]:
        """What was entered for a company, with what the fields are."""
        more = {"labelName": "Label", "isRequired": "0", "dataType": "0", "fieldType": 0}
        return [{**one, **more} for one in self.extra_values("company", number)]

    def subsidiaries(self, number: int) -> list[Row]:
        """`/companies/{companyId}/subsidiaries`, those two levels below inside of others."""
        if number % 5 != 0:
            return []
        below = [self._subsidiary(one) for one in range(number + 2, min(number + 5, COMPANIES))]
        if len(below) == 3:
            below[0]["subsidiaries"] = [below.pop()]
        return below

    def attachments(self, number: int) -> list[Row]:
        """`/companies/{companyId}/attachments`."""
        dice = self._world.dice("b2b.attachment", number)
        return [
            {"id": dice.uuid(), "attachmentFile": f"https://files.example.com/{number}/{place}.pdf"}
            for place in range(number % 3)
        ]

    def credit(self, number: int) -> Row:
        """`/companies/{companyId}/credit`."""
        return {
            "creditEnabled": number % 2 == 0,
            "creditCurrency": "USD",
            "availableCredit": wire.number(number * 1_234_500 + self._world.seed),
            "limitPurchases": number % 3 == 0,
            "creditHold": False,
        }

    def terms(self, number: int) -> Row:
        """`/companies/{companyId}/payment-terms`."""
        return {
            "isEnabled": number % 2 == 1,
            "paymentTerms": (0, 5, 15, 30, 45, 60)[(number + self._world.seed) % 6],
        }

    def company_payment_methods(self) -> Iterator[Row]:
        """`/company-payment-methods`."""
        for number in range(COMPANIES):
            for id_, code, title in PAYMENT_METHODS[: 1 + number % 2]:
                yield {
                    "companyId": FIRST_COMPANY + number,
                    "paymentId": id_,
                    "createdAt": self.made_at("method", number),
                    "updatedAt": self.changed_at("method", number),
                    "paymentMethodCode": code,
                    "paymentMethodTitle": title,
                }

    def role(self, number: int) -> Row:
        """`/companies/roles`."""
        name = f"Role {number} of {self._world.seed}"
        return {"id": 1 + number, "name": name, "roleType": 1 + (number > 2), "roleLevel": 1}

    def permission(self, number: int) -> Row:
        """`/companies/permissions`."""
        return {
            "id": 1 + number,
            "name": f"Get things {number} of {self._world.seed}",
            "description": "",
            "code": f"get_things_{number}",
            "moduleName": ("address", "quote", "order")[number % 3],
            "isCustom": number > 30,
        }

    def address(self, number: int) -> Row:
        """`/addresses`."""
        who = self._person("address", number)
        return {
            "addressId": 44_000 + number,
            "firstName": who.first,
            "lastName": who.last,
            "phoneNumber": who.phone,
            "zipCode": who.place.zip,
            "addressLine1": who.street,
            "addressLine2": who.street_2,
            "city": who.place.city,
            "stateName": who.place.state,
            "countryName": who.place.country,
            "stateCode": "",
            "countryCode": who.place.iso2,
            "companyId": FIRST_COMPANY + number % COMPANIES,
            "isBilling": True,
            "isShipping": number % 2 > 0,
            "isDefaultBilling": number < COMPANIES,
            "isDefaultShipping": False,
            "label": f"Warehouse {number}",
            "externalId": "",
        }

    def address_extra(self, number: int) -> list[Row]:
        """What was entered for an address, with the kind of field."""
        return [{**one, "fieldType": 0} for one in self.extra_values("address", number)]

    def user(self, number: int) -> Row:
        """`/users`."""
        who = self._person("user", number)
        return {
            "id": FIRST_USER + number,
            "firstName": who.first,
            "lastName": who.last,
            "email": who.email,
            "phoneNumber": who.phone,
            "role": number % 3,
            "companyRoleId": 1 + number % ROLES,
            "companyRoleName": f"Role {number % ROLES}",
            "uuid": "" if number % 2 else f"user-{number}",
            "companyId": FIRST_COMPANY + number % COMPANIES,
            "customerId": self._customers[number % len(self._customers)] if self._customers else 0,
            "createdAt": self.made_at("user", number),
            "updatedAt": self.changed_at("user", number),
            "channelList": [_channel(channel) for channel in CHANNELS[: 1 + number % 2]],
        }

    def super_admin(self, number: int) -> Row:
        """`/companies/super-admins`."""
        who = self._person("super", number)
        return {
            "id": 900 + number,
            "firstName": who.first,
            "lastName": who.last,
            "phone": who.phone,
            "uuid": None,
            "email": who.email,
            "createdAt": self.made_at("super", number),
            "updatedAt": self.changed_at("super", number),
            "channelList": [_channel(1)],
        }

    def super_admin_companies(self, number: int) -> list[Row]:
        """`/super-admins/{superAdminId}/companies`."""
        companies = map(self.company, range(number % 4, COMPANIES, 4))
        names = ("companyId", "companyName", "companyEmail")
        return [{name: row[name] for name in names} for row in companies]

    def staff(self, number: int) -> Row:
        """`/sales-staffs`."""
        who = self._person("staff", number)
        return {
            "id": 20_000 + number,
            "email": who.email,
            "salesRepName": f"{who.first} {who.last}",
            "roleName": "Sales Rep",
            "companyCount": len(self.staff_companies(number)),
        }

    def staff_companies(self, number: int) -> list[Row]:
        """`assignedCompanies` in `/sales-staffs/{salesStaffId}`."""
        return [
            {
                "id": row["companyId"],
                "bcId": str(row["bcGroupId"]),
                "companyName": row["companyName"],
                "bcGroupName": row["bcGroupName"],
                "assignedAt": self.made_at("staff", number),
            }
            for row in map(self.company, range(number % 3))
        ]

    def channel(self, number: int) -> Row:
        """`/channels`, whose dates are UNIX seconds in texts."""
        return {
            "id": 70 + number,
            "channelId": CHANNELS[number],
            "name": f"Storefront {number} of {self._world.seed}",
            "type": "storefront",
            "platform": "bigcommerce",
            "status": "active",
            "site": f"https://store{number}.example.com",
            "isVisible": True,
            "isEnabled": True,
            "iconUrl": "",
            "b2bEnabled": number == 0,
            "allowGlobalLogins": False,
            "createdAt": str(self.made_at("channel", number)),
            "updatedAt": str(self.changed_at("channel", number)),
        }

    def shopping_list(self, number: int) -> Row:
        """`/shopping-list`."""
        user = (number * 2) % USERS
        return {
            "id": 300 + number,
            "name": f"List {number} of {self._world.seed}",
            "description": self._world.dice("b2b.list", number).pick(words.NOTES),
            "status": (0, 30, 40)[number % 3],
            "companyId": FIRST_COMPANY + user % COMPANIES,
            "userId": FIRST_USER + user,
            "createdAt": self.made_at("list", number),
            "updatedAt": self.changed_at("list", number),
            "channelId": 1,
            "channelName": "Storefront 0",
        }

    def seen_lists(self, user: int) -> list[Row]:
        """The lists that a user sees: their own and, but for junior buyers, the company's."""
        rows = map(self.shopping_list, range(LISTS))
        one = self.user(user)
        return [
            row
            for row in rows
            if row["userId"] == one["id"]
            or (row["companyId"] == one["companyId"] and one["role"] < 2 and row["status"] != 30)
        ]

    def list_items(self, number: int) -> list[Row]:
        """`items` in `/shopping-list/{shoppingListId}`."""
        return [
            {
                "id": number * 100 + place,
                "productId": self.products[place % len(self.products)],
                "variantId": 345 + place,
                "quantity": 1 + place,
                "sortOrder": place,
                "optionList": {"optionId": "12", "optionValue": "red"} if place % 2 else {},
                "productNote": words.NOTES[place % len(words.NOTES)],
            }
            for place in range(number % 5)
        ]

    def _subsidiary(self, number: int) -> Row:
        row = self.company(number)
        return {
            "companyId": row["companyId"],
            "companyName": row["companyName"],
            "companyStatus": int(row["companyStatus"]),
            "subsidiaries": [],
        }

    def _person(self, kind: str, number: int) -> Person:
        return person(self._world.dice(f"b2b.{kind}", number), 50_000 + number)


def _channel(channel: int) -> Row:
    return {"channelId": channel, "channelName": f"Channel {channel}", "iconUrl": ""}
