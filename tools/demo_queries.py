"""Asks the demo's database for its keys, and two questions of a merchant; answers in JSON.

Runs in the environment of target-duckdb, where the library that wrote the file is.
"""

from __future__ import annotations

import json
import sys

import duckdb

# 0 incomplete, 5 cancelled, 6 declined: orders that nobody pays.
_ANSWERS = {
    "Revenue of the last seven days with orders, in the store's own currency": """
        select strftime(date_created, '%Y-%m-%d') as day, count(*) as orders,
               sum(total_inc_tax) as revenue
        from orders
        where status_id not in (0, 5, 6) and currency_code = default_currency_code
        group by day order by day desc limit 7
    """,
    "Products by revenue, in the store's own currency": """
        select line.name as product, sum(line.quantity)::bigint as sold,
               sum(line.total_inc_tax) as revenue
        from order_products line join orders on orders.id = line.order_id
        where orders.status_id not in (0, 5, 6) and currency_code = default_currency_code
        group by product order by revenue desc, product limit 5
    """,
}


def main(database: str, keys: dict[str, list[str]]) -> None:
    """Print the key of every row of each stream's table, and the answers."""
    connection = duckdb.connect(database, read_only=True)
    query = "select table_name from duckdb_tables()"
    tables = {name for (name,) in connection.execute(query).fetchall()}
    rows = {}
    for stream in tables & keys.keys():
        columns = ", ".join(f'"{name}"' for name in keys[stream]) or "null"
        selected = f'select {columns} from "{stream}"'  # noqa: S608 - the tap's own names
        rows[stream] = connection.execute(selected).fetchall()
    answers = {}
    if {"orders", "order_products"} <= tables:
        for title, query in _ANSWERS.items():
            result = connection.execute(query)
            names = [column[0] for column in result.description]
            answers[title] = {"columns": names, "rows": result.fetchall()}
    json.dump({"rows": rows, "answers": answers}, sys.stdout, default=float)


if __name__ == "__main__":
    main(sys.argv[1], json.load(sys.stdin))
