"""Waiting for a condition."""

import pytest

from tests.load.failures import NeverCame
from tests.load.patience import wait_until


def test_it_looks_until_it_is_so() -> None:
    looks = iter([False, False, True])

    wait_until("the third look", lambda: next(looks))

    assert list(looks) == []


def test_what_never_comes_is_named() -> None:
    with pytest.raises(NeverCame, match="the stock shows every order: not within 0 s"):
        wait_until("the stock shows every order", lambda: False, within_s=0.0)
