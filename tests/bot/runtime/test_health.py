from bot.runtime.health import Health


def started():
    health = Health()
    health.mark_started()
    return health


def test_readiness__before_the_first_start_is_done__is_not_ready():
    health = Health()
    assert health.readiness() == (False, {"ready": False, "state": "starting"})
    health.mark_started()
    assert health.readiness() == (True, {"ready": True, "state": "running"})


def test_readiness__when_one_probe_complains__says_which_and_why():
    health = started()
    health.add_probe("wire", lambda: None)
    health.add_probe("socket_mode", lambda: "not_connected")
    assert health.readiness() == (
        False,
        {"ready": False, "state": "running", "wire": "ok", "socket_mode": "not_connected"},
    )


def test_readiness__when_the_cause_is_gone__is_ready_again():
    complaints = ["not_connected"]
    health = started()
    health.add_probe("socket_mode", lambda: complaints[0] if complaints else None)
    assert not health.readiness()[0]
    complaints.clear()
    assert health.readiness()[0]


def test_readiness__while_draining__is_not_ready_though_all_is_well():
    health = started()
    health.add_probe("socket_mode", lambda: None)
    health.drain()
    assert health.readiness() == (False, {"ready": False, "state": "draining", "socket_mode": "ok"})


def test_tell__adds_facts_without_judging_them():
    """A database that is away is reported, and takes away nothing that still works."""
    health = started()
    health.add_fact("database", lambda: "away")
    health.add_fact("not_posted", lambda: 3)
    assert health.readiness() == (True, {"ready": True, "state": "running", "database": "away", "not_posted": 3})


def test_add__of_a_name_that_is_there__replaces_the_probe():
    health = started()
    health.add_probe("socket_mode", lambda: "not_connected")
    health.add_probe("socket_mode", lambda: None)
    assert health.readiness()[0]
