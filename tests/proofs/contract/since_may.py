"""What operations have taken since the description of May: whole routes, and fields of requests."""

# Answers to the form an account may demand, the description of a close, the type of a comment, a cursor, how people
# are notified of an assignment.
FIELDS = {
    "/incident/ack": {"summary", "custom_fields"},
    "/incident/resolve": {"summary", "custom_fields", "description"},
    "/incident/comment": {"comment_type_id"},
    "/incident/feed": {"search_after_ctx"},
    "/incident/assign": {"assigned_to.notify"},
}
ROUTES = {"/field/list", "/incident/comment-type/list"}


def as_of_may(path, body):
    """Copy a request without what May did not have."""
    newer = FIELDS.get(path, set())
    return {name: _part(name, value, newer) for name, value in body.items() if name not in newer}


def _part(name, value, newer):
    if not isinstance(value, dict):
        return value
    return {inner: one for inner, one in value.items() if f"{name}.{inner}" not in newer}
