"""The alternate request syntax (xAPI 1.0.3, Communication 1.3): any call as a form that is posted to ?method=…

For browsers that could send no other method or header to another site. Version 2.0 has it no more.
"""

from dataclasses import replace

from .answers import JSON, Refused
from .calls import Call, read_pairs

METHODS = {"GET", "HEAD", "PUT", "POST", "DELETE"}
FORM = "application/x-www-form-urlencoded"
FORMS = {FORM, "text/plain"}  # as a common authoring tool's forms call themselves
HEADERS = {
    "authorization": "authorization",
    "x-experience-api-version": "x-experience-api-version",
    "content-type": "content-type",
    "content-length": "",  # the form's own length counts
    "if-match": "if-match",
    "if-none-match": "if-none-match",
    "accept-language": "accept-language",
    "accept": "",
}


def is_alternate(call: Call) -> bool:
    return call.method == "POST" and "method" in call.parameters


def unfold(call: Call) -> Call:
    """The call that the form describes."""
    method = call.parameters["method"]
    if method not in METHODS:
        raise Refused(400, f"The method can't be {method!r}.", path="method")
    if len(call.parameters) > 1:
        raise Refused(400, "Beside ?method=… every parameter belongs into the form.")
    if call.body and call.content_type not in FORMS:
        raise Refused(400, f"With ?method=… the body is a form: send Content-Type {FORM}.")
    fields = read_pairs(call.body, what="The form")
    headers = {name: value for name, value in call.headers.items() if name != "content-type"}
    parameters = {}
    for name, value in fields.items():
        if name.lower() in HEADERS:
            if HEADERS[name.lower()]:
                headers[HEADERS[name.lower()]] = value
        elif name != "content":
            parameters[name] = value
    if method in {"PUT", "POST"} and "content" not in fields:
        raise Refused(400, "The form has no field 'content'.", path="content")
    headers.setdefault("content-type", JSON)
    body = fields.get("content", "").encode()
    return replace(call, method=method, parameters=parameters, headers=headers, body=body, is_alternate=True)
