"""Codes of promotions: the only one comes with its promotion, many are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.streams.fakes import Offline, envelope

STREAM = "promotion_codes"
CODE = {
    "id": 5,
    "code": "ONE",
    "current_uses": 2,
    "max_uses": 0,
    "max_uses_per_customer": 1,
    "created": "2026-01-20T22:00:00.000Z",
}


def single(number, **fields):
    several = {"has_multiple_codes": False}
    return {
        "id": number,
        "coupon_type": "SINGLE",
        "multiple_codes": several,
        "codes": dict(CODE),
        **fields,
    }


def bulk(number):
    return {"id": number, "coupon_type": "BULK", "multiple_codes": {"has_multiple_codes": True}}


def codes(*numbers, after=None):
    """A page of codes; with a link to the next one if there is any."""
    links = {"next": f"?limit=250&after={after}"} if after else {}
    rows = [{**CODE, "id": number, "code": f"C{number}"} for number in numbers]
    return {"data": rows, "meta": {"cursor_pagination": {"count": len(rows), "links": links}}}


def offline(*promotions, **lists: Any):
    def answer(request):
        if request.path == "/v3/promotions":
            return envelope(list(promotions))
        number = request.path.split("/")[3]
        return lists[f"_{number}{request.params.get('after', '')}"]

    return Offline(answer, select=[STREAM])


def read(made):
    rows = made.sync().rows(STREAM)
    assert made.exit_code == 0, made.run.failures
    return [(row["promotion_id"], row["id"]) for row in rows]


def test_automatic_promotions_are_not_asked_for_codes():
    """The list was filtered by `redemption_type=COUPON`, where the reference has `coupon`."""
    made = offline({"id": 2, "redemption_type": "AUTOMATIC"}, single(1, redemption_type="COUPON"))
    assert read(made) == [(1, 5)]
    (request,) = made.client.asked
    assert "redemption_type" not in request.params


def test_the_only_code_is_taken_out_of_its_promotion():
    assert read(offline(single(1), single(2, codes={**CODE, "id": 6}))) == [(1, 5), (2, 6)]


def test_many_codes_are_read_from_cursor_to_cursor():
    made = offline(bulk(3), _3=codes(7, 8, after="x"), _3x=codes(9))
    assert read(made) == [(3, 7), (3, 8), (3, 9)]
    assert [request.params.get("after") for request in made.client.asked] == [None, None, "x"]
    assert all("page" not in request.params for request in made.client.asked[1:])


@pytest.mark.parametrize(
    "fields",
    [
        {"codes": None},
        {"codes": {name: CODE[name] for name in CODE if name != "current_uses"}},
        {"multiple_codes": {"has_multiple_codes": True}},
        {"coupon_type": None},
        {"coupon_type": "BULK"},
    ],
    ids=str,
)
def test_a_promotion_that_does_not_show_all_of_one_code_is_asked(fields):
    made = offline(single(4, **fields), _4=codes(5))
    assert read(made) == [(4, 5)]
    assert made.client.paths() == ["/v3/promotions", "/v3/promotions/4/codes"]


def test_a_promotion_without_a_word_on_several_codes_has_one():
    promotion = single(1)
    del promotion["multiple_codes"]
    assert read(offline(promotion)) == [(1, 5)]
