"""Run a program that ends with its parent: `python -m twin_project.kit.tether PARENT_PID PROGRAM ARG...`."""

import os
import sys

from twin_project.kit.processes import die_with_parent

if __name__ == "__main__":
    die_with_parent()
    if os.getppid() != int(sys.argv[1]):
        sys.exit("The parent ended before its child began.")
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the words are ours
