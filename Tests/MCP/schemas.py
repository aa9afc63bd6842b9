"""Every message that the server sends, held against the schema of its revision.

The schemas are the protocol's own (schema/REVISION/schema.json of its repository); $MCP_SCHEMAS names the folder that
has them as REVISION.schema.json.
"""

import functools
import json
import os
import pathlib

import jsonschema

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("MCP_SCHEMAS", REPOSITORY.parent / "shared/mcp"))
REVISIONS = ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]
ARE_THERE = all((FOLDER / f"{revision}.schema.json").is_file() for revision in REVISIONS)

RESULTS = {
    "initialize": "InitializeResult",
    "server/discover": "DiscoverResult",
    "ping": "EmptyResult",
    "tools/list": "ListToolsResult",
    "tools/call": "CallToolResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult",
    "tasks/get": "GetTaskResult",
    "tasks/list": "ListTasksResult",
    "tasks/cancel": "CancelTaskResult",
    "tasks/result": "CallToolResult",
}


@functools.lru_cache(maxsize=None)
def validator(revision, name):
    document = json.loads((FOLDER / f"{revision}.schema.json").read_text())
    key = "$defs" if "$defs" in document else "definitions"
    assert name in document[key], f"{revision} has no {name}"
    schema = {"$schema": document["$schema"], key: document[key], "$ref": f"#/{key}/{name}"}
    return jsonschema.validators.validator_for(schema)(schema)


def check(revision, message, method=None, as_task=False):
    """Holds a message of the server against the schema; `method` is that of the request which it answers."""
    if not ARE_THERE:
        return
    if isinstance(message, list):
        assert revision == "2025-03-26", "only this revision has batches"
        validator(revision, "JSONRPCBatchResponse").validate(message)
        return
    if "error" in message:
        if revision in ("2025-03-26", "2025-06-18"):
            # JSON-RPC's null for a request whose id could not be read: these schemas have no words for it.
            if message.get("id", 0) is None:
                message = {**message, "id": 0}
            validator(revision, "JSONRPCError").validate(message)
        else:
            validator(revision, "JSONRPCErrorResponse").validate(message)
        return
    if "method" in message:
        assert "id" not in message, "the server sends no requests"
        validator(revision, "ServerNotification").validate(message)
        return
    validator(revision, "JSONRPCMessage").validate(message)
    name = "CreateTaskResult" if as_task and revision == "2025-11-25" else RESULTS.get(method)
    # Tasks of the last revision are an extension, whose schema is not among these.
    is_extension = revision == "2026-07-28" and (
        (method or "").startswith("tasks/") or message["result"].get("resultType") == "task"
    )
    if name and not is_extension:
        validator(revision, name).validate(message["result"])
