"""Runs test modules with a Home Assistant: python3 -m home_assistant.run home_assistant.test_entities.

Makes the Home Assistant first where there is none. Where there cannot be one, it says so and ends with 77,
which ctest counts as skipped.
"""

import sys
import unittest

from home_assistant.prepare import SKIPPED, prepared

if __name__ == "__main__":
    if prepared() is None:
        sys.exit(SKIPPED)
    unittest.main(module=None, argv=["run", "-v", *sys.argv[1:]])
