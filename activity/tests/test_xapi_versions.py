import pytest

from activity.xapi.versions import Version, read_version


@pytest.mark.parametrize(
    ("header", "version"),
    [
        *[(header, Version.V1) for header in ("1.0", "1.0.0", "1.0.3", "1.0.9", " 1.0.3 ", "1.0.10")],
        *[(header, Version.V2) for header in ("2.0", "2.0.0", "2.0.1")],
        *[
            (header, None)
            for header in ("", "1", "2", "0.9", "0.95", "1.1.0", "2.1.0", "3.0.0", "1.0.", "1.0.3.1", "1.00")
        ],
        *[(header, None) for header in ("1.0.x", "1.0.3-rc1", "v1.0.3", "1.0.৩", "1.0 .3", "10.0.0", "1,0,3")],
    ],
)
def test_patch_of_a_version_that_we_speak_is_answered_and_no_other(header, version):
    assert read_version(header) is version
