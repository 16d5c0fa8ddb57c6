from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from learners.models import ImportUpload, Learner
from learners.tests.factories import LearnerFactory
from riskscoring.models import ScoringRun

pytestmark = pytest.mark.django_db
ADDRESS = reverse("learners:import")


def upload(client, content="id,name\na,Aman\n", name="learners.csv", **fields):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, content), **fields})


def test_form_names_the_columns(staff_client):
    assert b"consecutive_missed_sessions" in staff_client.get(ADDRESS).content


def test_upload_is_previewed_confirmed_imported_and_gone(staff_client, staff):
    LearnerFactory(uid="b", name="Riya")
    preview = upload(staff_client, "id,name,gender,as_of\na,Aman,M,2024-01-15\nb,Riyana,F,2024-01-15\nc,,F,\n")
    page = staff_client.get(preview["Location"]).content.decode()
    for words in ("Import 2 rows", "gender", "is needed for a new learner.", "Riyana", "15 Jan 2024"):
        assert words in page
    assert not Learner.objects.filter(uid="a").exists()
    assert "stored" in staff_client.post(preview["Location"]).content.decode()
    assert Learner.objects.get(uid="b").name == "Riyana"
    assert not ImportUpload.objects.exists()
    run = ScoringRun.objects.get()
    assert (run.trigger, run.started_by) == ("import", staff)


def test_importing_the_same_upload_again_says_that_it_is_gone(staff_client):
    address = upload(staff_client)["Location"]
    staff_client.post(address)
    assert b"not waiting any more" in staff_client.post(address, follow=True).content


def test_day_of_the_form_wins_over_the_rows(staff_client):
    preview = upload(staff_client, "id,name,as_of\na,Aman,2024-01-15\n", as_of="2024-02-01")
    assert preview["Location"].endswith("?as_of=2024-02-01")
    assert b"1 Feb 2024" in staff_client.get(preview["Location"]).content
    staff_client.post(preview["Location"].partition("?")[0], {"as_of": "2024-02-01"})
    assert str(Learner.objects.get().risk.as_of) == "2024-02-01"


def test_file_over_the_limit_is_told_the_command(staff_client, settings):
    settings.IMPORT_UPLOAD_MAX_BYTES = 10
    answer = upload(staff_client)
    assert answer.status_code == 422
    assert b"manage.py import_learners FILE.csv" in answer.content


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PK\x03\x04", b"spreadsheet"), (b"", b"empty"), (b"x,y\n1,2\n", b"No known column")],
)
def test_file_that_is_none_is_refused_on_the_form(staff_client, content, words):
    answer = upload(staff_client, content)
    assert answer.status_code == 422
    assert words in answer.content
    assert not ImportUpload.objects.exists()


def test_file_that_turns_out_wrong_later_is_refused_at_the_preview(staff_client):
    address = upload(staff_client, b"id,name\n" + b"a,Aman\n" * 20_000 + b"z,Zo\xeb\n")["Location"]
    assert b"is not UTF-8 text" in staff_client.get(address, follow=True).content


def test_form_without_a_file_or_with_a_day_that_is_none_is_refused(staff_client):
    assert staff_client.post(ADDRESS, {}).status_code == 422
    assert upload(staff_client, as_of="2024-13-45").status_code == 422
    assert upload(staff_client, as_of="0001-01-01").status_code == 422


def test_upload_of_somebody_else_is_not_shown(staff_client, make_user, client):
    address = upload(staff_client)["Location"]
    client.force_login(make_user("staff", "another"))
    assert client.get(address)["Location"] == ADDRESS


def test_uploads_that_wait_too_long_go(staff_client):
    upload(staff_client)
    ImportUpload.objects.update(uploaded_at=timezone.now() - timedelta(days=2))
    upload(staff_client)
    assert ImportUpload.objects.count() == 1


def test_coordinators_may_not_import(coordinator_client):
    assert coordinator_client.get(ADDRESS).status_code == 403
