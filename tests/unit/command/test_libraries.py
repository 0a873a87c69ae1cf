"""Failures of libraries are explained where somebody can do something, and are on a list else."""

import inspect
from collections.abc import Iterator, Mapping
from types import ModuleType

import duckdb
import msal
import pytest
import requests

from engagement_assets.command import execution, libraries
from engagement_assets.errors import ConfigurationError

_OUR_SQL = "SQL that the product wrote is wrong: only the log can tell, and only a release mends it"
_OUR_USE = "the product used DuckDB wrongly: only the log can tell, and only a release mends it"
_FAMILY = "a family of the others; DuckDB raises its members"
_SIGN_IN = "SignIn turns whatever MSAL raises into SignInError"

# What remains a run that failed unexpectedly, and why.
UNEXPECTED: Mapping[type[BaseException], str] = {
    duckdb.BinderException: _OUR_SQL,
    duckdb.CatalogException: _OUR_SQL,
    duckdb.ConstraintException: _OUR_SQL,
    duckdb.ConversionException: _OUR_SQL,
    duckdb.InvalidTypeException: _OUR_SQL,
    duckdb.OutOfRangeException: _OUR_SQL,
    duckdb.ParserException: _OUR_SQL,
    duckdb.SyntaxException: _OUR_SQL,
    duckdb.TypeMismatchException: _OUR_SQL,
    duckdb.ConnectionException: _OUR_USE,
    duckdb.DependencyException: _OUR_USE,
    duckdb.InternalException: "DuckDB itself is wrong: its log tells where",
    duckdb.InterruptException: "nobody but Ctrl-C interrupts a run, and that is told otherwise",
    duckdb.InvalidInputException: _OUR_USE,
    duckdb.NotImplementedException: _OUR_SQL,
    duckdb.PermissionException: _OUR_USE,
    duckdb.ResourceInUseException: _OUR_USE,
    duckdb.SequenceException: _OUR_USE,
    duckdb.SerializationException: _OUR_USE,
    duckdb.TransactionException: _OUR_USE,
    duckdb.Error: _FAMILY,
    duckdb.DatabaseError: _FAMILY,
    duckdb.DataError: _FAMILY,
    duckdb.IntegrityError: _FAMILY,
    duckdb.InternalError: _FAMILY,
    duckdb.NotSupportedError: _FAMILY,
    duckdb.OperationalError: _FAMILY,
    duckdb.ProgrammingError: _FAMILY,
    duckdb.Warning: _FAMILY,
    msal.ArcPlatformNotSupportedError: _SIGN_IN,
    msal.BrowserInteractionTimeoutError: _SIGN_IN,
    msal.IdTokenError: _SIGN_IN,
    msal.ManagedIdentityError: _SIGN_IN,
    msal.exceptions.MsalError: _SIGN_IN,
    msal.exceptions.MsalServiceError: _SIGN_IN,
}


def exceptions(*modules: ModuleType) -> Iterator[type[BaseException]]:
    """Yield the exceptions that a library shows, warnings and others' left out."""
    for module in modules:
        top = module.__name__.partition(".")[0]
        for value in vars(module).values():
            if (
                inspect.isclass(value)
                and issubclass(value, BaseException)
                and (not issubclass(value, Warning) or value.__name__ == "Warning")
                and value.__module__.lstrip("_").startswith(top)
            ):
                yield value


def test_every_exception_is_explained_or_on_the_list() -> None:
    there = set(exceptions(duckdb, requests, requests.exceptions, msal, msal.exceptions))
    explained = {kind for kind in there if issubclass(kind, tuple(libraries.KNOWN))}
    assert {duckdb.IOException, requests.ConnectionError} <= explained
    assert explained.isdisjoint(UNEXPECTED)
    assert there - explained == set(UNEXPECTED)


@pytest.mark.parametrize("kind", libraries.KNOWN)
def test_what_is_explained_says_what_to_do_and_quotes_nothing(kind: type[Exception]) -> None:
    error = execution._explained(kind("carla@customer.example"), ())

    what, remedy = libraries.KNOWN[kind]
    assert error.what.startswith(f"{what} ({kind.__name__})")
    assert error.remedy == remedy
    assert "customer.example" not in str(error)


def test_the_narrow_one_is_taken() -> None:
    error = execution._explained(requests.ConnectTimeout("https://…"), ())
    assert error.what.startswith("Microsoft 365 cannot be reached (ConnectTimeout)")


def test_what_nobody_foresaw_names_its_kind_alone() -> None:
    error = execution._explained(ZeroDivisionError("carla@customer.example"), ())
    assert "ZeroDivisionError" in error.what
    assert "customer.example" not in str(error)
    assert "engagement ui" in (error.remedy or "")


def test_our_own_failure_is_taken_from_below() -> None:
    ours = ConfigurationError("it is wrong", where="name")
    outer = RuntimeError("a step failed")
    outer.__cause__ = ours
    assert execution._explained(outer, ()) is ours
