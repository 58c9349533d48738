"""Sets as the bits of 64-bit words."""

from __future__ import annotations

import numpy as np

ZERO, ONE = np.uint64(0), np.uint64(1)
_PAIRS, _FOURS, _EIGHTS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
_SUM, _GOLDEN = np.uint64(0x0101010101010101), np.uint64(0x9E3779B97F4A7C15)
_1, _2, _4, _32, _56 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(32), np.uint64(56)


def ones(word):
    """How many bits are set; one machine instruction once compiled."""
    word = word - ((word >> _1) & _PAIRS)
    word = (word & _FOURS) + ((word >> _2) & _FOURS)
    word = (word + (word >> _4)) & _EIGHTS
    return np.int64((word * _SUM) >> _56)


def lowest(word):
    """The position of the lowest bit that is set."""
    return ones((word & (ZERO - word)) - ONE)


def bit(position):
    """The word in which only that bit is set."""
    return ONE << np.uint64(position)


def whole(word, size):
    """That word of the set of the first `size` numbers."""
    rest = size - 64 * word
    return ~ZERO if rest >= 64 else (ONE << np.uint64(rest)) - ONE


def find(word, known, stamps, stamp):
    """Where a word is, or belongs, in a table of words that counts as empty wherever it has another stamp."""
    last = known.shape[0] - 1
    place = np.int64((word * _GOLDEN) >> _32) & last
    while stamps[place] == stamp and known[place] != word:
        place = (place + 1) & last
    return place
