from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.dedupe import SeenKeys


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_a_key__seen_before__is_not_new():
    once = SeenKeys(60, Clock())
    assert once.add("click")
    assert not once.add("click")
    assert once.add("another click")


def test_a_key__after_its_time__is_new_again():
    clock = Clock()
    once = SeenKeys(60, clock)
    once.add("click")
    clock.now += 59.9
    assert not once.add("click")
    clock.now += 0.1
    assert once.add("click")


def test_a_repeat__does_not_make_a_key_last_longer():
    clock = Clock()
    once = SeenKeys(60, clock)
    once.add("click")
    clock.now += 40
    once.add("click")
    clock.now += 40
    assert once.add("click")


def test_memory__with_many_keys__stays_bounded_and_forgets_the_oldest():
    once = SeenKeys(60, Clock(), limit=3)
    for key in ("1", "2", "3", "4"):
        once.add(key)
    assert len(once) == 3
    assert not once.add("4")
    assert once.add("1")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 100))))
def test_a_key__whatever_happened_before__is_new_exactly_when_it_was_not_taken_within_its_time(deliveries):
    clock = Clock()
    once = SeenKeys(60, clock)
    taken = {}
    for key, later in deliveries:
        clock.now += later
        is_new = key not in taken or clock.now - taken[key] >= 60
        assert once.add(key) == is_new
        if is_new:
            taken[key] = clock.now
