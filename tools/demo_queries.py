"""Asks the demo's database for its rows, and two questions of a merchant; answers in JSON.

Runs in the environment of target-duckdb, where the library that wrote the file is.
"""

from __future__ import annotations

import json
import sys

import duckdb

# 0 incomplete, 5 cancelled, 6 declined: orders that nobody pays.
_ANSWERS = {
    "Revenue by day, the last seven days with orders": """
        select strftime(date_created, '%Y-%m-%d') as day, count(*) as orders,
               sum(total_inc_tax) as revenue, currency_code as currency
        from orders where status_id not in (0, 5, 6)
        group by day, currency order by day desc, currency limit 7
    """,
    "Products by revenue": """
        select line.name as product, sum(line.quantity)::bigint as sold,
               sum(line.total_inc_tax) as revenue
        from order_products line join orders on orders.id = line.order_id
        where orders.status_id not in (0, 5, 6)
        group by product order by revenue desc, product limit 5
    """,
}


def main(database: str, streams: list[str]) -> None:
    """Print the counts and the answers."""
    connection = duckdb.connect(database, read_only=True)
    tables = {
        name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
    }
    rows = {}
    for stream in streams:
        if stream in tables:
            counted = connection.execute(f'select count(*) from "{stream}"').fetchall()  # noqa: S608 - a table's name
            rows[stream] = counted[0][0]
    answers = {}
    if {"orders", "order_products"} <= tables:
        for title, query in _ANSWERS.items():
            result = connection.execute(query)
            columns = [column[0] for column in result.description]
            answers[title] = {"columns": columns, "rows": result.fetchall()}
    json.dump({"rows": rows, "answers": answers}, sys.stdout, default=float)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
