"""Makes the Home Assistant of the tests: python3 -m home_assistant.prepare [--release trixie|sid|host]."""

import argparse
import sys

from home_assistant.installation import Unavailable, installation

SKIPPED = 77  # ctest's word for it


def prepared(release=None):
    """The installation, ready; None after the sentence that says why there is none."""
    found = installation(release)
    try:
        found.prepare()
        return found
    except Unavailable as reason:
        print(f"No test with a Home Assistant: {reason}.", flush=True)
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", help="trixie, sid or host (a virtual environment); default: what this machine can")
    return 0 if prepared(parser.parse_args().release) else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
