"""That the contract checks would notice something."""

import pytest

ID = "69da451ef77b1b51f40e83ee"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/incident/ack", {"incident_ids": [ID], "colour": "red"}),
        ("/incident/ack", {"incident_ids": []}),
        ("/incident/ack", {"incident_ids": [ID] * 101}),
        ("/incident/ack", {"incident_ids": ["0E83EE"]}),
        ("/incident/ack", {}),
        ("/incident/list", {"start_time": 1.5, "end_time": 2}),
        ("/incident/list", {"start_time": 1, "end_time": 2, "limit": 101}),
        ("/incident/list", {"start_time": 1, "end_time": 2, "progress": ["Triggered"]}),
        ("/incident/list", {"start_time": 1, "end_time": 2, "query": None}),
        ("/insight/team", {"start_time": 1, "end_time": 2, "aggregate_unit": "hour"}),
        ("/insight/team", {"start_time": 1, "end_time": 2, "colour": "red"}),
    ],
)
def test_a_request__that_is_wrong__has_problems(document, path, body):
    assert document.problems_in_request(path, body)


@pytest.mark.parametrize("path", ["/incident/list", "/schedule/info", "/insight/alert/topk-by-label", "/person/infos"])
def test_the_documents_own_examples__have_no_problems(document, path):
    operation = document.operation(path)
    assert document.problems_in_request(path, operation["requestBody"]["content"]["application/json"]["example"]) == []
    answer = operation["responses"]["200"]["content"]["application/json"]["example"]
    assert document.problems_in_answer(path, 200, answer) == []


def test_an_answer__that_is_wrong__has_problems(document):
    def answer(data):
        return document.problems_in_answer("/incident/list", 200, {"request_id": "01", "data": data})

    assert answer({"items": None, "total": 0, "has_next_page": False}) == []
    assert answer({"items": None, "total": None, "has_next_page": False})
    assert answer({"items": None, "total": 0})
    assert answer({"items": [{"incident_id": ID}], "total": 0, "has_next_page": False})
    assert answer({"items": None, "total": 0, "has_next_page": False, "colour": "red"})


def test_an_error__with_another_status_than_the_documents__has_problems(document):
    error = {"request_id": "01", "error": {"code": "ResourceNotFound", "message": "No."}}
    assert document.problems_in_answer("/incident/info", 400, error) == []
    assert document.problems_in_answer("/incident/info", 404, error)


@pytest.mark.parametrize(("kind", "detail"), [("i_comm", {"minutes": 5}), ("i_rslv", {}), ("i_ack", {"comment": "x"})])
def test_an_entry_of_a_timeline__with_the_detail_of_another_type__has_problems(document, kind, detail):
    entry = {"ref_id": ID, "type": kind, "detail": detail, "account_id": 1, "creator_id": 0}
    data = {"items": [entry | {"created_at": 1, "updated_at": 1}], "has_next_page": False}
    assert document.problems_in_answer("/incident/feed", 200, {"request_id": "01", "data": data})
    data["items"][0]["detail"] = {"i_comm": {"comment": "x"}, "i_rslv": {"from": "card"}, "i_ack": {}}[kind]
    assert document.problems_in_answer("/incident/feed", 200, {"request_id": "01", "data": data}) == []


def test_the_list_of_newer_fields__finds_what_is_wrong(newer):
    def request(**body):
        return newer.problems_in_request("/incident/reopen", body)

    def answer(**change):
        entry = {"ref_id": ID, "type": "i_ack", "detail": {}, "account_id": 1, "creator_id": 0}
        items = [entry | {"created_at": 1, "updated_at": 1} | change]
        return newer.problems_in_answer("/incident/feed", {"has_next_page": False, "items": items})

    assert request(incident_ids=[ID], reason="x") == []
    assert request(reason="x") == ["incident_ids is required"]
    assert request(incident_ids=[ID], colour="red") == ["colour is not in the list"]
    assert answer() == []
    assert answer(detail={"persons": [{"person_id": 1, "failed_reason": "x"}]}) == []
    assert answer(detail={"persons": [{"person_id": "1"}]}) == [
        "data.items[0].detail.persons[0].person_id is no integer"
    ]
    assert answer(colour="red") == ["data.items[0].colour is not in the list"]
    assert answer(created_at="now") == ["data.items[0].created_at is no integer"]
    assert newer.problems_in_answer("/incident/feed", {"items": None}) == ["data.has_next_page is missing"]
