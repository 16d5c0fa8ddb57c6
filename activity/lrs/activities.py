"""What we know of an activity, put together from all statements that describe it."""

from ..store.definitions import definition_of
from .answers import Answer, json_answer
from .calls import Call
from .parameters import read_iri


def answer(call: Call) -> Answer:
    call.allow(frozenset({"activityId"}))
    call.need("activityId")
    activity = {"objectType": "Activity", "id": read_iri(call.parameters, "activityId")}
    definition = definition_of(activity["id"])
    return json_answer({**activity, "definition": definition} if definition else activity)
