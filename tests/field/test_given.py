"""The inputs in the folders here give what is right, by the product and by the naive program."""

from pathlib import Path

import pytest

from engagement_assets.errors import ConfigurationError
from tests.field.cases import EXPECTED, REFUSED
from tests.field.reading import HERE, assert_right, by_the_product, copy_of, differs
from tests.naive.addresses import PlainValueError
from tests.naive.compute import compute
from tests.naive.spreadsheets import CustomerFileError


@pytest.mark.parametrize("case", EXPECTED)
def test_the_naive_program(case: str, tmp_path: Path) -> None:
    assert differs(EXPECTED[case], compute(copy_of(case, tmp_path))) == []


@pytest.mark.parametrize("case", REFUSED)
def test_the_naive_program_refuses(case: str, tmp_path: Path) -> None:
    with pytest.raises((PlainValueError, CustomerFileError)):
        compute(copy_of(case, tmp_path))


@pytest.mark.parametrize("case", EXPECTED)
def test_the_product(case: str, tmp_path: Path) -> None:
    assert_right(copy_of(case, tmp_path), EXPECTED[case])


@pytest.mark.parametrize("case", REFUSED)
def test_the_product_refuses(case: str, tmp_path: Path) -> None:
    config_file = copy_of(case, tmp_path)
    with pytest.raises(ConfigurationError) as refused:
        by_the_product(config_file)
    assert [word for word in REFUSED[case] if word not in str(refused.value)] == []
    assert refused.value.exit_code == 2
    assert not list((tmp_path / "data").rglob("*.parquet")), "a mailbox was read"


def test_every_folder_is_a_case() -> None:
    folders = {path.name for path in HERE.iterdir() if (path / "engagement.yaml").exists()}
    assert folders == EXPECTED.keys() | REFUSED.keys()
