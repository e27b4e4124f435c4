"""`python -m scraping.demo_portal --port 8600`: run the demo portal in this process until it is told to stop."""

import argparse
import os
import sys
from datetime import datetime


def main() -> int:
    """Serve; exit 0 after a stop, 1 with a sentence where the port is taken."""
    parser = argparse.ArgumentParser(prog="demo_portal", description="Run the demo utility's web portal.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8600, help="0 takes a free one (default %(default)s)")
    parser.add_argument("--now", type=_aware, help="stop the portal's clock at this time, like 2026-03-29T12:00+02:00")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "scraping.demo_portal.settings"
    if options.now:
        os.environ["TWIN_DEMO_PORTAL_NOW"] = options.now.isoformat()
    from scraping.demo_portal.server import PortTaken, serve

    try:
        serve(host=options.host, port=options.port)
    except PortTaken as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("needs an offset, like 2026-03-29T12:00+02:00")
    return moment


if __name__ == "__main__":
    sys.exit(main())
