import pytest

# Modules with assertions that are no tests themselves: they too say what they found.
pytest.register_assert_rewrite("tests.by_hand", "tests.browser.looks")
