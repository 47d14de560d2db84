"""One walk over a list, and everybody who gets something out of its pages.

A page is decoded once. What each stream wants of it is converted and encoded at once and waits in
that stream's outbox. Walks run in threads of their own, several at a time, so that streams whose
turn comes later are already being read; only the main thread writes messages and moves state.
"""

from __future__ import annotations

import threading
import typing as t
from array import array
from collections import deque
from dataclasses import dataclass, replace
from itertools import compress

from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.streams.children import Children

if t.TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from tap_bigcommerce.api.pages import Row
    from tap_bigcommerce.scans.reader import Pending
    from tap_bigcommerce.streams.children import ChildStream
    from tap_bigcommerce.streams.listing import Source
    from tap_bigcommerce.streams.outbox import Batch, Outbox

    Wants = Callable[[Row], bool] | None
    PageWithChildren = tuple[Page, Mapping[ChildStream, Children]]


SAMPLE: t.Final = 10
"""Lists that are looked at again before all others of their length: some may just be that long."""
ASKED_AGAIN: t.Final = 250
"""Parents that are asked side by side."""


@dataclass(slots=True, eq=False)
class Sink:
    """What one reader wants of a walk."""

    outbox: Outbox
    batch: Callable[[Page, Sequence[Sequence[Row]]], Batch]
    """Makes a batch of a page and the rows that belong to each row of the page."""
    whole: ChildStream | None = None
    """The stream whose rows belong to the page's; None for the page's rows themselves."""
    wants: Wants = None
    """Which rows of the page are wanted; None for all."""
    count: Count | None = None
    """Says whether all rows came, where the API counts them elsewhere."""


class Count:
    """Doubts that embedded rows are all, where the API counts more of them elsewhere.

    No row can slip out of a walk, so fewer rows than are counted mean that some were deleted or
    born meanwhile, or that the store cuts off long lists. The lists that are cut off are then the
    longest of all, and longer when their parents are asked for them.
    """

    def __init__(self, whole: ChildStream, before: dict[ChildStream, Pending]) -> None:
        """Prepare; nothing is asked for yet.

        Args:
            whole: The stream whose rows are embedded.
            before: Counts that were asked for before the walk, for all readers of these rows.
        """
        self._whole = whole
        self._before = before
        self._rows = 0
        self._longest = 0
        self._parents = array("q")  # of a million products, all may have one variant

    def add(self, parents: Sequence[Row], found: Sequence[Sequence[Row]]) -> None:
        """Take a page into account; the first asks for the count, which comes meanwhile."""
        if self._whole not in self._before:
            self._before[self._whole] = self._ask()
        for parent, rows in zip(parents, found, strict=True):
            self._rows += len(rows)
            if len(rows) > self._longest:
                self._longest, self._parents = len(rows), array("q")
            if len(rows) == self._longest:
                self._parents.append(self._whole.parent.id_of(parent))

    def cut_off(self) -> Iterator[PageWithChildren]:
        """Parents whose lists may have been cut off, with the lists that they have."""
        if self._is_all():
            return
        some = ({"id": number} for number in self._parents[:SAMPLE])
        if not any(len(self._whole.own_rows(parent)) > self._longest for parent in some):
            return
        for start in range(0, len(self._parents), ASKED_AGAIN):
            page = Page([{"id": n} for n in self._parents[start : start + ASKED_AGAIN]])
            yield page, {self._whole: Children(self._whole, page.rows, [None])}

    def _is_all(self) -> bool:
        """Whether there are as many rows as were counted before the walk, or are by now."""
        before = self._before.get(self._whole)
        total = before.page().total if before else None
        if total is None or self._rows >= total:
            return True
        now = self._ask().page().total
        return now is None or self._rows >= now

    def _ask(self) -> Pending:
        return self._whole.counter().start({"limit": "1"})


class Walk:
    """A walk that fills outboxes."""

    def __init__(
        self,
        pages: Callable[[], Iterator[Page]],
        sinks: Iterable[Sink],
        after: Source | None = None,
    ) -> None:
        """Prepare a walk; nothing is asked for yet.

        Args:
            pages: Begins the walk.
            sinks: Who gets what of its pages.
            after: Where the parents come out that it walks by.
        """
        self._pages = pages
        self._sinks = list(sinks)
        self._outboxes = [sink.outbox for sink in self._sinks]
        self._steps = self._walk()
        self._is_started = False
        self.after = after
        for outbox in self._outboxes:
            outbox.pump = self._step

    def start(self, then: Callable[[], None]) -> bool:
        """Walk in a thread of its own and call `then` at the end; False if that was begun."""
        if self._is_started:
            return False
        for outbox in self._outboxes:
            outbox.pump = None

        def work() -> None:
            for _ in self._steps:
                pass
            then()

        threading.Thread(target=work, name="walk", daemon=True).start()
        self._is_started = True  # not before: who reads would wait for a thread that never was
        return True

    def close(self) -> None:
        """End a walk without a thread: what it has asked for is not sent any more."""
        self._steps.close()

    def need(self, outbox: Outbox) -> None:
        """Somebody waits for this outbox."""
        for one in self._outboxes:
            one.need(is_this_one=one is outbox)

    def _step(self) -> None:
        """Read one page in the reader's thread."""
        next(self._steps, None)

    def _walk(self) -> Generator[None, None, None]:
        pages = _asking_ahead(self._with_children())
        error = None
        try:
            for page, children in pages:
                self._sinks = [sink for sink in self._sinks if _fill(sink, page, children)]
                if not self._sinks:
                    break
                yield
        except Exception as failure:  # noqa: BLE001 - whoever reads gets it
            error = failure
        finally:
            pages.close()
        for sink in self._sinks:
            if error or _complete(sink):
                sink.outbox.end(error)

    def _with_children(self) -> Iterator[PageWithChildren]:
        """Pages, and what belongs to their rows, which may be on its way."""
        for page in self._pages():
            wants: dict[ChildStream, list[Wants]] = {}
            for sink in self._sinks:
                if sink.whole:
                    wants.setdefault(sink.whole, []).append(sink.wants)
            yield page, {whole: Children(whole, page.rows, some) for whole, some in wants.items()}


def _asking_ahead(pages: Iterator[PageWithChildren]) -> Generator[PageWithChildren, None, None]:
    """The same pages; while one waits for its children, the next one's are asked for."""
    ready: deque[PageWithChildren] = deque()
    try:
        for page in pages:
            ready.append(page)
            while len(ready) > 1 or (ready and not _is_asking(ready[0])):
                yield ready[0]
                ready.popleft()
    except Exception:
        yield from ready  # it came before the failure
        raise
    else:
        yield from ready
    finally:
        for _, found in ready:
            for children in found.values():
                children.drop()


def _is_asking(page: PageWithChildren) -> bool:
    return any(children.is_asking for children in page[1].values())


def _fill(sink: Sink, page: Page, children: Mapping[ChildStream, Children]) -> bool:
    """Put into an outbox what its reader wants of a page; whether the reader wants more.

    What cannot be read or converted for one reader is that reader's failure alone.
    """
    if sink.outbox.is_closed:
        return False
    try:
        found: Sequence[Sequence[Row]] = children[sink.whole].rows() if sink.whole else ()
        if sink.wants:
            is_wanted = [sink.wants(row) for row in page.rows]
            found = list(compress(found, is_wanted))
            page = replace(page, rows=list(compress(page.rows, is_wanted)))
        if sink.count:
            sink.count.add(page.rows, found)
        batch = sink.batch(page, found)
    except Exception as error:  # noqa: BLE001 - the reader gets it
        sink.outbox.end(error)
        return False
    sink.outbox.put(batch)
    return True


def _complete(sink: Sink) -> bool:
    """Ask again for what may have been cut off; whether that went well."""
    try:
        for page, children in sink.count.cut_off() if sink.count else ():
            if not _fill(replace(sink, count=None), page, children):
                return False
    except Exception as error:  # noqa: BLE001 - the reader gets it
        sink.outbox.end(error)
        return False
    return True
