import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from nudges.models import Attempt, FallbackTemplate, NudgeEvent, Prompt
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory, PromptFactory, QuizFactory

pytestmark = pytest.mark.django_db
TEMPLATE = {
    "slug": "greeting",
    "channel": "in-app",
    "type": "reminder",
    "language": "en",
    "subject": "",
    "body": "Hi {first_name}, go on: {link}",
    "is_active": "on",
}
PROMPT = {"slug": "quiz", "purpose": "quiz", "system": "Ask.", "user": "About {topic}", "is_active": "on"}
ADD = reverse("admin:nudges_fallbacktemplate_add")
PREVIEW = reverse("admin:nudges_fallbacktemplate_preview")
IMPORT = reverse("admin:nudges_fallbacktemplate_import")


def change(row):
    return reverse(f"admin:nudges_{row._meta.model_name}_change", args=[row.pk])


def errors_of(response):
    return response.context["adminform"].form.errors


class TestTemplates:
    def test_a_good_template_is_saved_and_its_text_versioned(self, staff_client):
        staff_client.post(ADD, TEMPLATE)
        template = FallbackTemplate.objects.get()
        staff_client.post(change(template), TEMPLATE | {"body": "Hello {first_name}"})

        template.refresh_from_db()
        assert (template.body, template.version) == ("Hello {first_name}", 2)

    def test_an_unknown_placeholder_is_refused_with_the_known_ones(self, staff_client):
        response = staff_client.post(ADD, TEMPLATE | {"body": "Hi {nickname}"})

        assert "{first_name}, {program}" in errors_of(response)["body"][0]
        assert not FallbackTemplate.objects.exists()

    def test_the_checks_of_the_models_text_hold_here_too(self, staff_client):
        response = staff_client.post(ADD, TEMPLATE | {"body": "You are at risk, see https://evil.example " + "a" * 500})

        assert len(errors_of(response)["body"]) == 3

    def test_an_email_needs_a_subject(self, staff_client):
        response = staff_client.post(ADD, TEMPLATE | {"channel": "email"})

        assert "subject" in errors_of(response)

    def test_a_form_without_channel_or_text_comes_back_with_its_errors(self, staff_client):
        assert "channel" in errors_of(staff_client.post(ADD, TEMPLATE | {"channel": "pigeon"}))
        assert "body" in errors_of(staff_client.post(ADD, TEMPLATE | {"body": ""}))

    def test_staff_say_under_which_name_whatsapp_approved_it(self, staff_client):
        staff_client.post(ADD, TEMPLATE | {"channel": "whatsapp", "provider_template": "engage_reminder_1"})

        assert FallbackTemplate.objects.get().provider_template == "engage_reminder_1"

    def test_the_form_shows_how_the_text_reads_without_javascript(self, staff_client):
        page = staff_client.get(change(FallbackTemplateFactory())).content.decode()

        assert "Hi Riya, continue here: https://learn.example.org/python" in page
        assert "{completed_percent}" in page

    def test_history_is_kept(self, staff_client):
        template = FallbackTemplateFactory()
        staff_client.post(change(template), TEMPLATE)

        page = staff_client.get(reverse("admin:nudges_fallbacktemplate_history", args=[template.pk]))
        assert page.status_code == 200
        assert template.history.count() == 2


class TestThePreview:
    def test_shows_the_unsaved_text_as_a_learner_reads_it_and_its_problems(self, staff_client):
        page = staff_client.post(PREVIEW, TEMPLATE | {"body": "Hi {first_name} <b>"}).content.decode()

        assert "Hi Riya &lt;b&gt;" in page
        assert "of 500 characters" in page
        assert "HTML" in page
        assert "<html" not in page

    @pytest.mark.parametrize("channel", ["", "pigeon"])
    def test_asks_for_a_channel_first(self, staff_client, channel):
        assert "Choose a channel" in staff_client.post(PREVIEW, TEMPLATE | {"channel": channel}).content.decode()

    def test_survives_an_empty_form(self, staff_client):
        assert staff_client.post(PREVIEW).status_code == 200
        assert staff_client.post(reverse("admin:nudges_prompt_preview")).status_code == 200

    def test_of_a_prompt_is_the_request_for_a_made_up_learner(self, staff_client):
        page = staff_client.post(reverse("admin:nudges_prompt_preview"), PROMPT).content.decode()

        assert "About Loops in Python" in page

    def test_is_drawn_for_a_post_alone_and_for_staff_alone(self, staff_client, client, ops):
        assert staff_client.get(PREVIEW).status_code == 405
        client.force_login(ops)
        assert client.post(PREVIEW, TEMPLATE).status_code == 403


class TestPrompts:
    def test_a_good_prompt_is_saved_and_versioned(self, staff_client):
        staff_client.post(reverse("admin:nudges_prompt_add"), PROMPT)
        prompt = Prompt.objects.get()
        staff_client.post(change(prompt), PROMPT | {"system": "Ask kindly."})

        prompt.refresh_from_db()
        assert prompt.version == 2

    def test_an_unknown_placeholder_is_refused(self, staff_client):
        response = staff_client.post(reverse("admin:nudges_prompt_add"), PROMPT | {"system": "For {name}"})

        assert "{name}" in errors_of(response)["__all__"][0]

    def test_a_second_prompt_in_use_for_a_purpose_is_refused_with_what_to_do(self, staff_client):
        PromptFactory(purpose="quiz")
        response = staff_client.post(reverse("admin:nudges_prompt_add"), PROMPT)

        assert "out of use first" in str(errors_of(response))


class TestTemplateFiles:
    def rows(self, **changes):
        header = "slug,channel,type,language,subject,body,is_active"
        row = {name: TEMPLATE[name] for name in header.split(",")[:-1]} | {"is_active": "1"} | changes
        return f"{header}\n" + ",".join(f'"{value}"' for value in row.values()) + "\n"

    def upload(self, client, text):
        return client.post(
            IMPORT,
            {"import_file": SimpleUploadedFile("t.csv", text.encode(), "text/csv"), "format": "0", "resource": ""},
        )

    def test_a_file_is_previewed_then_imported_as_the_next_version(self, staff_client):
        FallbackTemplateFactory(slug="greeting")
        preview = self.upload(staff_client, self.rows(body="Hello {first_name}"))
        assert not preview.context["result"].has_errors()
        confirm = preview.context["confirm_form"].initial
        staff_client.post(reverse("admin:nudges_fallbacktemplate_process_import"), confirm)

        template = FallbackTemplate.objects.get()
        assert (template.body, template.version) == ("Hello {first_name}", 2)

    def test_a_row_that_breaks_a_rule_is_refused_in_words(self, staff_client):
        preview = self.upload(staff_client, self.rows(body="Hi {nickname}"))

        [row] = preview.context["result"].invalid_rows
        assert "nickname" in str(row.error)

    def test_export_gives_every_template(self, staff_client):
        FallbackTemplateFactory(slug="greeting")
        fields = {f"fallbacktemplateresource_{name}": "on" for name in ("slug", "body")}
        response = staff_client.post(
            reverse("admin:nudges_fallbacktemplate_export"), {"format": "0", "resource": "", **fields}
        )

        assert b"greeting" in response.content

    def test_ops_neither_import_nor_export(self, client, ops):
        client.force_login(ops)

        assert client.get(IMPORT).status_code == 403
        assert client.get(reverse("admin:nudges_fallbacktemplate_export")).status_code == 403


class TestWhatWasSent:
    def test_a_nudge_is_shown_with_its_events_and_attempts_and_can_not_be_changed(self, staff_client):
        nudge = NudgeFactory(state="failed", fallback_reason="timeout", reason="no_consent", content="Hi Riya")
        NudgeEvent.objects.create(nudge=nudge, state="failed", reason="no_consent")
        Attempt.objects.create(nudge=nudge, provider="console", error="No line")

        page = staff_client.get(change(nudge)).content.decode()

        assert "took too long" in page
        assert "No line" in page
        assert 'name="_save"' not in page
        assert staff_client.post(change(nudge), {"state": "sent"}).status_code == 403

    def test_nudges_are_found_by_learner_in_a_fixed_number_of_queries(
        self, staff_client, django_assert_max_num_queries
    ):
        wanted = NudgeFactory(learner__name="Riya Sen")
        for _ in range(3):
            NudgeFactory()
        url = reverse("admin:nudges_nudge_changelist")

        with django_assert_max_num_queries(10):
            page = staff_client.get(url)
        assert page.context["cl"].result_count == 4
        assert list(staff_client.get(url, {"q": "riya"}).context["cl"].result_list) == [wanted]
        assert list(staff_client.get(url, {"state__exact": "sent"}).context["cl"].result_list) == []

    def test_a_quiz_shows_its_questions_as_text(self, staff_client):
        quiz = QuizFactory(
            questions=[{"question": "<script>?", "options": ["a", "b", "c"], "answer": 1, "explanation": "why"}]
        )

        page = staff_client.get(change(quiz)).content.decode()
        assert "&lt;script&gt;?" in page
        assert "b ✓" in page
