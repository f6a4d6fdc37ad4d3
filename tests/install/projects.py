"""Other projects, as people write them: each with the command lines that their authors type."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Project:
    """A project's files, and what is typed in its folder."""

    name: str
    files: dict[str, str]
    commands: tuple[tuple[str, ...], ...] = ((),)


_PLAIN = "def test_one():\n    assert 1 + 1 == 2\n\ndef test_red():\n    assert 1 + 1 == 3\n"

PROJECTS = (
    Project("bare", {"test_bare.py": _PLAIN}, ((), ("--markers",), ("--fixtures",), ("--help",), ("-m", "verify"))),
    Project(
        "same-names",
        {
            "pytest.ini": "[pytest]\naddopts = --strict-markers --strict-config\nmarkers =\n    verify: ours\n",
            "conftest.py": (
                "import pytest\n\n"
                "def pytest_addoption(parser):\n"
                "    parser.addoption('--policy', default='none')\n"
                "    parser.addoption('--aws', default='real')\n\n"
                "@pytest.fixture\n"
                "def settings(request):\n"
                "    return request.config.getoption('policy'), request.config.getoption('aws')\n"
            ),
            "fixtures/__init__.py": "OURS = 1\n",
            "test_names.py": (
                "import pytest\nfrom fixtures import OURS\n\n"
                "@pytest.mark.verify\n"
                "def test_settings(settings):\n"
                "    assert settings == ('none', 'real'), settings\n    assert OURS\n\n"
                "def test_unmarked():\n    assert True\n"
            ),
        },
        ((), ("-m", "verify"), ("--policy", "strict"), ("-m", "verify", "--aws", "live"), ("-m", "not verify")),
    ),
    Project(
        "policy-of-another-kind",
        {"verify.toml": "[rules]\nlevel = 1\n", "test_rules.py": _PLAIN},
        (("-m", "verify"), ()),
    ),
    Project(
        "policy-and-test-paths",
        {
            "verify.toml": "[scope]\nlevel = 1\n",
            "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\nmarkers = ['verify: ours']\n",
            "tests/test_marked.py": "import pytest\n\n@pytest.mark.verify\ndef test_marked():\n    assert True\n",
        },
        ((), ("-m", "verify"), ("-m", "verify", "tests/test_marked.py")),
    ),
    Project(
        "strict",
        {
            "pytest.ini": "[pytest]\nstrict = true\nfilterwarnings = error\n",
            "test_strict.py": "def test_quiet(recwarn):\n    assert not recwarn.list\n",
        },
        ((), ("-W", "error")),
    ),
    Project(
        "django",
        {
            "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = site_settings\npythonpath = .\n",
            "site_settings.py": (
                "SECRET_KEY = 'x'\nUSE_TZ = True\nDATABASES = {'default': "
                "{'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}\n"
                "INSTALLED_APPS = ['django.contrib.contenttypes', 'django.contrib.auth']\n"
            ),
            "test_site.py": (
                "import pytest\n\n"
                "def test_settings(settings):\n    settings.SECRET_KEY = 'y'\n    assert settings.SECRET_KEY == 'y'\n\n"
                "@pytest.mark.django_db\n"
                "def test_users(django_user_model):\n    assert django_user_model.objects.count() == 0\n"
            ),
        },
    ),
    Project(
        "plugins",
        {
            "test_flaky.py": (
                "import time\n\nTRIES = []\n\n"
                "def test_second_time_lucky():\n    TRIES.append(1)\n    assert len(TRIES) == 2\n\n"
                "def test_slow():\n    time.sleep(2)\n"
            )
        },
        (
            ("--timeout", "0.5", "--timeout-method", "signal"),
            ("--html", "out.html", "--self-contained-html", "--ctrf", "ctrf.json", "--alluredir", "allure"),
            ("-n", "2", "--reruns", "1"),
        ),
    ),
)
