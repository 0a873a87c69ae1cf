"""The app as a whole, without a browser."""

from fastapi.testclient import TestClient


def test_the_overview_is_there(results_app: TestClient) -> None:
    answer = results_app.get("/")
    assert answer.status_code == 200
    assert "Account engagement" in answer.text
