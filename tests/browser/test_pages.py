"""Every page, wide and on a phone, light and dark: nothing sticks out, and nothing shuts anybody out (WCAG, by axe)."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from activity.access_keys import create_access_key
from activity.models import Interruption, Lesson
from activity.refusals import note_refusal
from activity.streaming.poison import set_aside
from learners.models import Cohort, Learner
from nudges import batches
from nudges.answering.replies import receive_reply
from nudges.audience import Audience
from nudges.links import token_of
from nudges.models import Nudge, Task
from nudges.services import draft_nudge
from nudges.states import State
from nudges.wordings import write_texts

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def paths(programme) -> dict[str, str]:
    learner = Learner.objects.get(name="Arjun Das")
    set_aside(stream_id="1795175000914-0", fields={"raw": "{" * 300}, reason="It can't be read.", tries=1)
    draft = draft_nudge(learner=learner, channel="email", type="reminder", language="en", by=programme)
    cohort = Cohort.objects.create(program=learner.program, name="Mornings")
    Learner.objects.update(cohort=cohort)
    lessons = [
        Lesson.objects.create(program=learner.program, activity_id=f"https://lms.example.org/{n}", title=f"Lesson {n}")
        for n in range(3)
    ]
    Interruption.objects.create(cohort=cohort, first_day=timezone.now().date(), last_day=timezone.now().date())
    key, _secret = create_access_key(
        name="Moodle", can_read=False, can_write=True, version="1.0.3", calls_per_minute=60, by=None
    )  # fmt: skip
    note_refusal(key=key, method="POST", path="/xapi/activities/profile", status=400, reason="verb.id: Send an IRI.")
    sent = Nudge.objects.create(
        learner=learner, channel="email", type="reminder", language="en", source="template", state=State.SENT,
        subject="Loops", content="Hi Arjun, shall we go on?", sent_at=timezone.now(), due_at=timezone.now(),
    )  # fmt: skip
    receive_reply(learner=learner, kind="help", text="", channel="email", nudge=sent, at=timezone.now())
    message = f"/n/{token_of(sent.uuid)}/"
    everyone = Audience(query="")
    texts = write_texts(everyone.learners(programme), channels=["email"], type="reminder")
    drafted, scheduled, running = (
        batches.create(audience=everyone, channels=["email"], type="reminder", texts=texts, by=programme)
        for _ in range(3)
    )
    batches.schedule(scheduled, by=programme)
    batches.schedule(running, by=programme, undo=timedelta(0))
    batches.start(running.pk, now=timezone.now())
    return {
        "board": "/",
        "nobody": "/?q=nobody-has-this-name",
        "learner": f"/learners/{learner.uid}/",
        "compose": f"/nudges/compose/?learner={learner.uid}",
        "draft": f"/nudges/{draft.uuid}/",
        "nudges": "/nudges/",
        "bulk nudges": "/nudges/batches/",
        "compose for many": "/nudges/compose/?all=1",
        "bulk draft": f"/nudges/batches/{drafted.uuid}/",
        "bulk scheduled": f"/nudges/batches/{scheduled.uuid}/",
        "bulk running": f"/nudges/batches/{running.uuid}/",
        "nudge": f"/nudges/{sent.uuid}/",
        "message": message,
        "stop messages": f"{message}stop",
        "tasks": "/tasks/",
        "no tasks": "/tasks/?show=closed",
        "task": f"/tasks/{Task.objects.get().uuid}/",
        "notices": "/tasks/notices/",
        "today": "/today",
        "reminders": "/ui/test-reminders",
        "delivery": "/ui/delivery/",
        "jobs": "/ui/jobs/",
        "import": "/learners/import/",
        "runs": "/runs/",
        "cohorts": "/cohorts/",
        "cohort": f"/cohorts/{cohort.pk}/",
        "lessons": "/lessons/",
        "lesson": f"/lessons/{lessons[0].pk}/",
        "terminal": "/ui/db-terminal",
        "answer": "/ui/db-terminal?query=learners-by-program",
        "intake": "/ui/activity/",
        "sample": "/ui/test-etl-streaming",
        "keys": "/ui/admin/keys",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_pages_fit_the_screen_and_pass_axe(page, live_server, log_in, make_user, paths, size, scheme):
    log_in(make_user("staff"))
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(size)
    trouble = {}
    for name, path in paths.items():
        page.goto(live_server.url + path)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        violations = Axe().run(page).response["violations"]
        found = [f"{v['id']}: {v['nodes'][0]['target']}" for v in violations] + (["sticks out"] if too_wide > 0 else [])
        if found:
            trouble[name] = found
    assert not trouble


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_login_page_passes_axe(page, live_server, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/accounts/login/")
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []


def test_the_open_drawer_passes_axe(page, live_server, log_in, programme):
    log_in(programme)
    page.goto(live_server.url)
    page.get_by_role("link", name="Arjun Das", exact=True).click()
    page.get_by_text("Why this score").wait_for()
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []
