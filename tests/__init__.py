import pytest

# These modules have assertions but no tests. Let their failures show values too.
pytest.register_assert_rewrite("tests.by_hand", "tests.browser.looks")
