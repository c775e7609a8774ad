"""What the exit code says: a contract with cron, monitoring and scripts."""

from enum import IntEnum


class ExitCode(IntEnum):
    NO_PROBLEM = 0
    PROBLEM = 1
    USAGE = 2
    COULD_NOT_TELL = 3
    NOT_WRITTEN = 4
    INTERRUPTED = 130
