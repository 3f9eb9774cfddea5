"""What is left of each top-up, against points that are followed one by one."""

from collections import defaultdict
from datetime import date

import hypothesis.strategies as st
from hypothesis import given

from services.points.domain.buckets import NEVER, Share
from services.points.domain.lots import Lots, Move

TODAY, OVER, GRACE = date(2026, 11, 20), date(2026, 10, 31), date(2026, 12, 20)
POOL = 1


def left(moves: list[Move], origin: int) -> int:
    return sum(share.points for share in Lots(moves).of(origin, POOL))


def came(journal_id: int, points: int, day: date = NEVER) -> Move:
    return Move(journal_id, day, points, TODAY)


def test_the_first_is_spent_first():
    moves = [came(1, 100), came(2, 100), Move(3, NEVER, -150, TODAY)]

    assert (left(moves, 1), left(moves, 2)) == (0, 50)


def test_what_undoes_a_top_up_takes_of_that_one():
    moves = [came(1, 100), came(2, 100), Move(3, NEVER, -60, TODAY, corrects=2)]

    assert (left(moves, 1), left(moves, 2)) == (100, 40)


def test_each_bucket_has_its_own_first():
    moves = [came(1, 10), came(2, 10, GRACE), Move(3, GRACE, -4, TODAY)]

    assert (left(moves, 1), left(moves, 2)) == (10, 6)


def test_what_an_order_gives_back_in_another_bucket_is_of_the_one_that_is_over():
    spent = [Move(3, OVER, -10, date(2026, 10, 1), "ord"), Move(3, GRACE, -10, date(2026, 10, 1), "ord")]
    moves = [came(1, 10, OVER), came(2, 10, GRACE), *spent, Move(4, date(2026, 12, 31), 7, TODAY, "ord")]

    assert (left(moves, 1), left(moves, 2)) == (7, 0)


def test_what_is_held_is_as_good_as_spent():
    lots = Lots([came(1, 10), came(2, 10)])

    lots.set_aside([Share(POOL, NEVER, 8)])

    assert (lots.of(1, POOL), lots.of(2, POOL)) == ([], [Share(POOL, NEVER, 8)])


class Tokens:
    """Points one by one: ``there`` are (journal that brought it, place in it), the first first."""

    def __init__(self) -> None:
        self.there: list[tuple[int, int]] = []
        self.gone: list[tuple[int, int]] = []
        self.of_order: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.moves: list[Move] = []

    def top_up(self, points: int) -> None:
        number = self._note(points)
        self.there += [(number, place) for place in range(points)]

    def spend(self, points: int, order: str) -> None:
        points = min(points, len(self.there))
        if points:
            self._note(-points, order_id=order)
            self.of_order[order] += self.there[:points]
            self.there = self.there[points:]

    def refund(self, points: int, order: str) -> None:
        points = min(points, len(self.of_order[order]))
        if points:
            self._note(points, order_id=order)
            back = [self.of_order[order].pop() for _ in range(points)]
            self.there = sorted([*self.there, *back])

    def reverse(self, points: int, which: int) -> None:
        tops = sorted({origin for origin, _ in self.there})
        if tops:
            origin = tops[which % len(tops)]
            own = [token for token in self.there if token[0] == origin][:points]
            self._note(-len(own), corrects=origin)
            self.gone += own
            self.there = [token for token in self.there if token not in own]

    def _note(self, points: int, **more) -> int:
        number = len(self.moves) + 1
        self.moves.append(Move(number, NEVER, points, TODAY, **more))
        return number


POINTS, ORDERS = st.integers(1, 20), st.sampled_from("abc")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("top_up"), POINTS),
        st.tuples(st.just("spend"), POINTS, ORDERS),
        st.tuples(st.just("refund"), POINTS, ORDERS),
        st.tuples(st.just("reverse"), POINTS, st.integers(0, 5)),
    ),
    max_size=30,
)


@given(STEPS)
def test_what_is_left_and_what_was_spent_of_each_top_up_is_what_it_brought(steps):
    tokens = Tokens()
    for what, *how in steps:
        getattr(tokens, what)(*how)

    spent = [token for taken in tokens.of_order.values() for token in taken]
    brought = {move.journal_id: move.points for move in tokens.moves if not move.order_id and move.points > 0}
    for origin, points in brought.items():
        now = left(tokens.moves, origin)
        assert now == sum(token[0] == origin for token in tokens.there)
        assert now + sum(token[0] == origin for token in [*spent, *tokens.gone]) == points
    assert sum(left(tokens.moves, origin) for origin in brought) == sum(move.points for move in tokens.moves)
