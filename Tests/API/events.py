"""Server-sent events, read by the rules of the HTML standard."""

import json


def read(response, count=None):
    """The events of an open stream: (id, name, data). Ends after `count` of them, or with the stream."""
    identifier, name, data, found = None, "", [], []
    for line in response.iter_lines():
        if line == "":
            if data:
                found.append((identifier, name, json.loads("\n".join(data))))
                if count is not None and len(found) >= count:
                    return found
            name, data = "", []
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if field == "id":
                identifier = int(value)
            elif field == "event":
                name = value
            elif field == "data":
                data.append(value)
    return found


def text(events):
    return "".join(data["text"] for _, name, data in events if name == "log")
