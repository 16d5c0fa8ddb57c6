import pytest

from activity.facts.meaning import Meaning, counts_as_mark, read_meaning

ADL = "http://adlnet.gov/expapi/verbs/"
TYPES = "http://adlnet.gov/expapi/activities/"
QUESTION = TYPES + "cmi.interaction"


def meaning(verb, object_type="", **more):
    told = {"success": None, "completion": None, "has_mark": False, **more}
    return read_meaning(verb=verb if ":" in verb else ADL + verb, object_type=object_type, **told)


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("initialized", Meaning.BEGUN),
        ("http://activitystrea.ms/start", Meaning.BEGUN),
        ("http://activitystrea.ms/schema/1.0/Start", Meaning.BEGUN),
        ("https://w3id.org/xapi/video/verbs/played", Meaning.BEGUN),
        ("https://w3id.org/xapi/adl/verbs/scored/", Meaning.BEGUN),
        ("completed", Meaning.COMPLETED),
        ("passed", Meaning.COMPLETED),
        ("http://activitystrea.ms/submit", Meaning.COMPLETED),
        ("https://w3id.org/xapi/adl/verbs/waived", Meaning.COMPLETED),
        ("failed", Meaning.BEGUN),
        ("attended", Meaning.ATTENDED),
        ("http://activitystrea.ms/schema/1.0/join", Meaning.ATTENDED),
        ("registered", Meaning.BOOKED),
        ("http://example.org/verbs#missed", Meaning.MISSED),
        ("tag:example.org,2026:excused", Meaning.EXCUSED),
        ("interacted", Meaning.NOTHING),
        ("https://w3id.org/xapi/video/verbs/seeked", Meaning.NOTHING),
    ],
)
def test_verbs_of_many_vocabularies(verb, expected):
    assert meaning(verb) == expected


def test_any_verb_with_completion_completes():
    assert meaning("terminated", completion=True) == Meaning.COMPLETED
    assert meaning("terminated", completion=False) == Meaning.NOTHING


def test_failed_attempt_completes_nothing_though_the_tool_adds_completion():
    assert meaning("failed", completion=True, success=False) == Meaning.BEGUN


def test_success_completes_where_there_is_a_mark():
    assert meaning("scored", success=True, has_mark=True) == Meaning.COMPLETED
    assert meaning("interacted", success=True) == Meaning.NOTHING


def test_question_that_somebody_graded_by_hand_is_a_part_of_its_quiz():
    slot = "http://activitystrea.ms/schema/1.0/review#slot"  # Moodle's
    assert meaning("https://w3id.org/xapi/tla/verbs/scored", slot, has_mark=True, has_parent=True) == Meaning.NOTHING
    assert not counts_as_mark(verb=ADL + "scored", object_type=slot, has_parent=True)


def test_question_alone_is_an_answer_and_inside_a_quiz_a_part_of_it():
    assert meaning("answered", QUESTION) == Meaning.ANSWERED
    assert meaning("answered", QUESTION, has_parent=True) == Meaning.NOTHING
    assert meaning("completed", interaction_type="choice") == Meaning.ANSWERED
    assert meaning("attempted", QUESTION) == Meaning.NOTHING
    assert meaning("failed", QUESTION, completion=True) == Meaning.NOTHING


def test_being_at_work_in_a_meeting_is_attendance():
    assert meaning("initialized", TYPES + "meeting") == Meaning.ATTENDED
    assert meaning("completed", "http://id.tincanapi.com/activitytype/webinar") == Meaning.ATTENDED
    assert meaning("interacted", TYPES + "meeting") == Meaning.NOTHING
    assert meaning("missed", TYPES + "meeting") == Meaning.MISSED


def mark_counts(verb="completed", object_type=TYPES + "assessment", interaction_type="", has_parent=False):
    return counts_as_mark(
        verb=ADL + verb, object_type=object_type, interaction_type=interaction_type, has_parent=has_parent
    )


def test_marks_of_quizzes_and_of_questions_that_stand_alone_count():
    assert mark_counts()
    assert mark_counts(has_parent=True)
    assert mark_counts("failed")
    assert mark_counts("answered", QUESTION)


def test_marks_inside_a_quiz_of_a_survey_and_of_what_was_skipped_do_not():
    assert not mark_counts("answered", QUESTION, has_parent=True)
    assert not mark_counts("answered", "", has_parent=True)
    assert not mark_counts("submitted", QUESTION, interaction_type="likert")
    assert not mark_counts("submitted", "https://example.org/concepts#activity-type:survey")
    assert not mark_counts("skipped")
    assert not mark_counts("progressed")
