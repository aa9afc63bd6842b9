"""Checks every answer that a client gets against the OpenAPI document that the service serves."""

import json
import pathlib
import re

import jsonschema

DOCUMENT = json.loads(
    (pathlib.Path(__file__).resolve().parents[2] / "Sources/HTTPAPI/openapi.json").read_text()
)
seen = set()


def _resolve(value):
    while "$ref" in value:
        target = DOCUMENT
        for step in value["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def _operation(method, path):
    for template, item in DOCUMENT["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            return template, item.get(method.lower())
    return None, None


def check_schema(name, value):
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(value)


def check(response):
    """An httpx event hook. What is not in the document, a path or a method, is a problem document all the same."""
    request = response.request
    if "text/event-stream" not in response.headers.get("content-type", ""):
        response.read()
    template, operation = _operation(request.method, request.url.raw_path.decode().partition("?")[0])
    status = str(response.status_code)
    if operation is None:
        expected = ("403", "405") if template else ("403", "404")
        assert status in expected, f"{request.method} {request.url}: {status}"
        if request.method != "HEAD":
            check_schema("Problem", response.json())
        return
    answer = operation["responses"].get(status)
    assert answer is not None, f"{request.method} {template} may not answer {status}: {response.text}"
    answer = _resolve(answer)
    seen.add((request.method, template, status))
    for name, header in answer.get("headers", {}).items():
        if header.get("required"):
            assert name in response.headers, f"{request.method} {template} {status} has no {name}"
    kind = response.headers.get("content-type", "").partition(";")[0]
    if request.method == "HEAD" or status in ("204", "304"):
        return
    content = answer.get("content", {})
    assert kind in content, f"{request.method} {template} {status} is {kind}, not one of {list(content)}"
    if kind.endswith("json"):
        schema = {**content[kind]["schema"], "components": DOCUMENT["components"]}
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(response.json())
    if kind == "application/problem+json":
        problem = response.json()
        assert problem["status"] == response.status_code
        assert problem["type"] == f"urn:buildbox:problem:{problem['code']}"
