from bot.health import Health


def test_readiness__with_no_probes__is_ready():
    assert Health().readiness() == (True, {"ready": True, "draining": False, "probes": {}})


def test_readiness__when_one_probe_complains__says_which_and_why():
    health = Health()
    health.add("scheduler", lambda: None)
    health.add("socket mode", lambda: "not connected to Slack")
    ready, details = health.readiness()
    assert not ready
    assert details["probes"] == {"scheduler": "ok", "socket mode": "not connected to Slack"}


def test_readiness__when_the_cause_is_gone__is_ready_again():
    complaints = ["not connected to Slack"]
    health = Health()
    health.add("socket mode", lambda: complaints[0] if complaints else None)
    assert not health.readiness()[0]
    complaints.clear()
    assert health.readiness()[0]


def test_readiness__while_draining__is_not_ready_though_all_is_well():
    health = Health()
    health.add("scheduler", lambda: None)
    health.drain()
    assert health.readiness() == (False, {"ready": False, "draining": True, "probes": {"scheduler": "ok"}})


def test_tell__adds_facts_without_judging_them():
    health = Health()
    health.tell("seconds since the scheduler woke up", lambda: 7)
    ready, details = health.readiness()
    assert ready
    assert details["facts"] == {"seconds since the scheduler woke up": 7}


def test_add__of_a_name_that_is_there__replaces_the_probe():
    health = Health()
    health.add("scheduler", lambda: "late")
    health.add("scheduler", lambda: None)
    assert health.readiness()[0]
