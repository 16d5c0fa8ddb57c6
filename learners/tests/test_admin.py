import pytest
from django.urls import reverse
from django.utils import timezone

from learners.admin import people
from learners.api_keys import create_key, key_for
from learners.models import ApiKey, ContactPreference, Learner, Note
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory
from riskscoring.models import RiskScore

pytestmark = pytest.mark.django_db
ADD = reverse("admin:learners_learner_add")
LIST = reverse("admin:learners_learner_changelist")


def change(learner):
    return reverse("admin:learners_learner_change", args=[learner.pk])


def form(**values):
    blank = dict.fromkeys(people.LearnerForm.Meta.fields, "")
    sums = {"preferences-TOTAL_FORMS": 0, "preferences-INITIAL_FORMS": 0}
    return {
        **blank,
        "uid": "l1",
        "name": "Aman",
        "status": "active",
        "language": "en",
        "timezone": "UTC",
        **sums,
        **values,
    }


def errors_of(answer):
    return answer.context["adminform"].form.errors


@pytest.mark.parametrize("model", ["learner", "program", "cohort", "note", "apikey"])
def test_pages_open_for_staff(staff_client, model):
    LearnerFactory()
    assert staff_client.get(reverse(f"admin:learners_{model}_changelist")).status_code == 200
    assert staff_client.get(reverse(f"admin:learners_{model}_add")).status_code == 200


def test_added_learner_is_normalised_scored_and_in_the_history(staff_client, staff):
    answer = staff_client.post(ADD, form(email="AMAN@ex.org", completed_percent="20", avg_quiz_score="30"))
    assert answer.status_code == 302
    learner = Learner.objects.get()
    assert learner.email == "aman@ex.org"
    assert RiskScore.objects.filter(learner=learner).exists()
    assert (learner.history.get().history_user, learner.history.get().history_change_reason) == (staff, "admin")


def test_changed_learner_is_rescored_and_program_and_cohort_kept(staff_client):
    cohort = CohortFactory()
    learner = LearnerFactory(uid="l1", program=cohort.program, cohort=cohort)
    values = form(program=cohort.program.pk, cohort=cohort.pk, completed_percent="0", avg_quiz_score="0")
    assert staff_client.post(change(learner), values).status_code == 302
    learner.refresh_from_db()
    assert (learner.cohort, learner.completed_percent) == (cohort, 0)
    assert learner.risk.label == "high"


def test_form_refuses_what_the_rules_refuse_and_a_cohort_of_another_program(staff_client):
    cohort = CohortFactory(program=ProgramFactory(name="SQL"))
    values = form(uid="import", phone="017", timezone="Mars", program=ProgramFactory().pk, cohort=cohort.pk)
    assert set(errors_of(staff_client.post(ADD, values))) == {"uid", "phone", "timezone", "cohort"}
    assert not Learner.objects.exists()


def test_email_of_another_learner_is_refused_in_place(staff_client):
    LearnerFactory(email="aman@ex.org")
    assert errors_of(staff_client.post(ADD, form(email="AMAN@ex.org")))


def test_learner_who_appears_meanwhile_is_a_message_and_not_a_crash(staff_client, monkeypatch):
    LearnerFactory(email="aman@ex.org")
    monkeypatch.setattr(people.LearnerForm, "_post_clean", lambda self: None)
    answer = staff_client.post(ADD, form(email="aman@ex.org"), follow=True)
    assert b"Another learner has this email address." in answer.content


def preference_form(**values):
    return form(
        **{
            "preferences-TOTAL_FORMS": 1,
            "preferences-0-channel": "email",
            "preferences-0-source": "Phone call",
            **{f"preferences-0-{name}": value for name, value in values.items()},
        }
    )


def test_consent_is_recorded_with_its_time_and_who_recorded_it(staff_client, staff):
    learner = LearnerFactory(uid="l1")
    staff_client.post(change(learner), preference_form(allowed="on", is_verified="on"))
    preference = learner.preferences.get()
    assert (preference.allowed, preference.source) == (True, "Phone call")
    assert preference.verified_at is not None
    assert preference.history.get().history_user == staff


def test_consent_that_is_not_touched_keeps_its_time(staff_client):
    learner = LearnerFactory(uid="l1")
    given = timezone.now().replace(year=2024)
    preference = ContactPreference.objects.create(
        learner=learner, channel="email", allowed=True, source="Phone call", decided_at=given
    )
    values = preference_form(id=preference.pk, learner=learner.pk, allowed="on", is_verified="on")
    staff_client.post(change(learner), {**values, "preferences-INITIAL_FORMS": 1})
    preference.refresh_from_db()
    assert preference.decided_at == given
    assert preference.verified_at is not None


def test_search_finds_by_a_piece_of_the_name(staff_client):
    LearnerFactory(name="Amanda Rahman")
    LearnerFactory(name="Karan Sen")
    page = staff_client.get(LIST, {"q": "rahm"}).content.decode()
    assert "Amanda" in page
    assert "Karan" not in page


def test_list_needs_the_same_queries_for_many(staff_client, django_assert_max_num_queries):
    for _ in range(30):
        LearnerFactory()
    with django_assert_max_num_queries(12):
        staff_client.get(LIST)


def test_export_is_what_the_importer_reads_without_formulas(staff_client):
    LearnerFactory(uid="l1", name="=SUM(1)", email=None, completed_percent="45.50")
    address = reverse("admin:learners_learner_export")
    fields = {f"learnerresource_{name}": "on" for name in people.LearnerResource.Meta.fields}
    answer = staff_client.post(address, {"format": "0", "resource": "0", **fields})
    header, row = answer.content.decode().splitlines()
    assert header.startswith("id,name,email,phone,program,cohort,status,language,timezone,last_login,completed_percent")
    assert row.startswith("l1,'=SUM(1),,,Python Basics,,active,en,UTC,,45.50")


def test_export_of_too_many_says_what_to_do(staff_client, monkeypatch):
    monkeypatch.setattr(people, "EXPORTED_ROWS_LIMIT", 1)
    LearnerFactory.create_batch(2)
    answer = staff_client.get(reverse("admin:learners_learner_export"), follow=True)
    assert "export from the risk board" in answer.content.decode()


def test_list_leads_to_the_importer(staff_client):
    assert reverse("learners:import") in staff_client.get(LIST).content.decode()


def test_key_is_shown_once_and_revoked_by_action(staff_client, staff):
    add = reverse("admin:learners_apikey_add")
    page = staff_client.post(add, {"name": "LMS", "can_write": "on"}, follow=True).content.decode()
    token = page.partition("eng_")[2].partition("<")[0].strip()
    key = key_for(f"eng_{token}")
    assert (key.name, key.can_write, key.created_by) == ("LMS", True, staff)
    assert token not in staff_client.get(reverse("admin:learners_apikey_changelist")).content.decode()
    staff_client.post(
        reverse("admin:learners_apikey_changelist"), {"action": "revoke", "_selected_action": [key.pk]}, follow=True
    )
    assert key_for(f"eng_{token}") is None


def test_key_can_be_renamed_but_not_given_more_rights_or_deleted(staff_client):
    key, _token = create_key(name="LMS", can_write=False, by=None)
    staff_client.post(reverse("admin:learners_apikey_change", args=[key.pk]), {"name": "Moodle", "can_write": "on"})
    stored = ApiKey.objects.get()
    assert (stored.name, stored.can_write) == ("Moodle", False)
    assert staff_client.post(reverse("admin:learners_apikey_delete", args=[key.pk])).status_code == 403


def test_note_gets_its_author(staff_client, staff):
    learner = LearnerFactory()
    staff_client.post(reverse("admin:learners_note_add"), {"learner": learner.pk, "text": "Called her."})
    assert Note.objects.get().author == staff


def test_coordinators_and_ops_see_no_learners_in_the_admin(coordinator_client, client, ops):
    assert coordinator_client.get(LIST).status_code in {302, 403}
    client.force_login(ops)
    assert client.get(LIST).status_code == 403


def test_history_of_a_learner_opens(staff_client):
    learner = LearnerFactory()
    assert staff_client.get(reverse("admin:learners_learner_history", args=[learner.pk])).status_code == 200
