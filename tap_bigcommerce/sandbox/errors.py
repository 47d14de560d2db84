"""What goes wrong, and how BigCommerce words it: V2 as an array, V3 as an object."""

from __future__ import annotations

_TYPE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"
_TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "You don't have a required scope to access the endpoint",
    404: "The requested resource was not found.",
    405: "The method is not allowed here.",
    422: "The request could not be processed.",
    429: "Too many requests. Try again later.",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
    504: "Gateway timeout",
}


class ProblemError(Exception):
    """An answer that is not data."""

    def __init__(self, status: int, message: str = "", field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message or _TITLES.get(status, "Error")
        self.field = field

    def payload(self, *, is_v3: bool) -> object:
        """The body, in the form of the API version that was asked."""
        if not is_v3:
            return [{"status": self.status, "message": self.message}]
        return {
            "status": self.status,
            "title": self.message,
            "type": _TYPE,
            "errors": {self.field: self.message} if self.field else {},
        }


class BadValueError(ProblemError):
    """A parameter with a value that cannot be: 400 in V2, 422 in V3."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(422, message, field)

    def payload(self, *, is_v3: bool) -> object:
        """The body; V2 does not know 422."""
        self.status = 422 if is_v3 else 400
        return super().payload(is_v3=is_v3)
