from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from jobs.models import JobRun, Schedule
from jobs.overview import overview
from jobs.queueing import do_tasks
from jobs.schedule import Job
from jobs.tests.factories import A_FAILING_JOB, A_JOB, a_run, a_worker
from jobs.tests.test_queueing import fail

pytestmark = pytest.mark.django_db
ALL_ROLES = "deliver,tasks,fold,schedule"


def look():
    return overview(now=timezone.now())


def test_all_is_well_when_somebody_does_everything(schedule):
    a_worker(roles=ALL_ROLES)
    assert look().problems == ()


@pytest.mark.parametrize("missing", ALL_ROLES.split(","))
def test_what_nobody_does_is_said(schedule, missing):
    a_worker(roles=",".join(role for role in ALL_ROLES.split(",") if role != missing))
    assert len(look().problems) == 1


def test_a_job_is_shown_with_its_last_run_and_its_next_time(schedule):
    now = timezone.now()
    a_run(status=JobRun.Status.DONE, finished_at=now)
    run = a_run(status=JobRun.Status.FAILED, finished_at=now, error="ValueError: no luck")
    Schedule.objects.create(name="count", fired_for=now)
    (job,) = look().jobs
    assert job.last == run
    assert now < job.next_at <= now + timedelta(minutes=1)
    assert job.last_good_at == now
    assert not job.is_under_way


def test_a_run_of_a_dead_worker_is_shown_as_cut_off_before_anybody_wrote_it(schedule):
    a_run(worker_id=a_worker(seen_at=timezone.now() - timedelta(hours=1)).pk)
    found = look()
    assert found.runs[0].status == found.jobs[0].last.status == JobRun.Status.CUT_OFF
    assert JobRun.objects.get().status == JobRun.Status.RUNNING


def test_the_page_costs_the_same_however_much_there_is(
    schedule, settings, ops_client, worker, django_assert_max_num_queries
):
    settings.SCHEDULE = {f"job {number}": A_JOB for number in range(20)}
    for number in range(20):
        a_run(name=f"job {number}", status=JobRun.Status.DONE, finished_at=timezone.now())
        fail.enqueue("bug")
    do_tasks()
    with django_assert_max_num_queries(14):
        assert ops_client.get("/ui/jobs/").status_code == 200


@pytest.fixture
def ops_client(client, ops):
    client.force_login(ops)
    return client


def test_operations_see_how_jobs_went(schedule, ops_client):
    a_run(status=JobRun.Status.FAILED, finished_at=timezone.now(), error="ValueError: <b>no luck</b>")
    a_run(status=JobRun.Status.DONE, finished_at=timezone.now(), counts={"learners": 1234})
    page = ops_client.get("/ui/jobs/").content.decode()
    assert "ValueError: &lt;b&gt;no luck" in page
    assert "learners 1,234" in page
    assert ops_client.get("/ui/jobs/now/").status_code == 200


def test_operations_run_a_job_now_once(schedule, ops_client):
    for _ in range(2):
        assert ops_client.post("/ui/jobs/count/run/").status_code == 302
    assert JobRun.objects.get().status == JobRun.Status.WAITING
    assert "Waits for a worker" in ops_client.get("/ui/jobs/").content.decode()


def test_a_job_that_is_not_there_can_not_be_run(schedule, ops_client):
    assert ops_client.post("/ui/jobs/sleep/run/").status_code == 404
    assert ops_client.get("/ui/jobs/count/run/").status_code == 405


def test_coordinators_start_no_jobs(schedule, coordinator_client):
    assert coordinator_client.post("/ui/jobs/count/run/").status_code == 403
    assert coordinator_client.get("/ui/jobs/").status_code == 403


def test_runs_are_read_only_in_the_admin(ops_client):
    run = a_run()
    assert ops_client.get(f"/admin/jobs/jobrun/{run.pk}/change/").status_code == 200
    assert ops_client.post(f"/admin/jobs/jobrun/{run.pk}/delete/").status_code == 403
    assert ops_client.get("/admin/jobs/schedule/add/").status_code == 403


def test_prometheus_hears_of_jobs(schedule, ops_client):
    a_worker(roles="tasks,fold")
    a_run(status=JobRun.Status.FAILED, finished_at=timezone.now())
    families = text_string_to_metric_families(ops_client.get("/metrics").content.decode())
    found = {
        sample.name.removeprefix("engage_jobs_") + "".join(sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }
    assert (found["workerstasks"], found["workersdeliver"]) == (1, 0)
    assert found["last_run_failedcount"] == 1
    assert found["tasks_waiting"] == 0
    assert "last_good_secondscount" not in found


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (A_JOB, []),
        (Job("61 * * * *", A_JOB.does, ""), ["jobs.E001"]),
        (Job("* * * * *", "jobs.tests.factories.gone", ""), ["jobs.E002"]),
        (Job("0 2 * * 0", A_FAILING_JOB.does, ""), ["jobs.E003"]),
    ],
)
def test_a_schedule_that_can_not_be_kept_stops_the_start(settings, job, said):
    settings.SCHEDULE = {"count": job}
    assert [message.id for message in run_checks() if message.id.startswith("jobs.")] == said
