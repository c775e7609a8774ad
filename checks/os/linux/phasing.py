"""Updates that Ubuntu rolls out in phases: whether one has reached this device.

apt draws a number from 0 to 100 for each source package, its version and the machine's id; the
update is for this device once the roll-out's percentage has reached it. The draw is that of C++'s
`seed_seq`, `minstd_rand` and `uniform_int_distribution` (ISO/IEC 14882, 28.5; the last one as
libstdc++ has it), so that every machine draws the same number again each time.
"""

from __future__ import annotations

WORD = 0xFFFFFFFF
MINSTD_FACTOR = 48271
MINSTD_MODULUS = 2147483647
SIDES = 101
SEED_WORDS = 4
"""minstd_rand asks a seed sequence for ceil(31 / 32) + 3 words and takes the last one."""


def reached(source: str, version: str, machine_id: str, percentage: int) -> bool:
    """Whether an update at this percentage of its roll-out is for this device.

    source, version: of the source package. machine_id: the line of /etc/machine-id.
    """
    return draw(f"{source}-{version}-{machine_id}".encode()) <= percentage


def draw(seed: bytes) -> int:
    """A number from 0 to 100."""
    spread = MINSTD_MODULUS - 2
    scaling = spread // SIDES
    state = _seed_word(seed) % MINSTD_MODULUS or 1
    while True:
        state = state * MINSTD_FACTOR % MINSTD_MODULUS
        if state - 1 < scaling * SIDES:
            return (state - 1) // scaling


def _seed_word(seed: bytes) -> int:
    """The fourth of the four words that a `seed_seq` of these bytes generates."""
    words = [0x8B8B8B8B] * SEED_WORDS
    count = len(seed)
    steps = max(count + 1, SEED_WORDS)
    for k in range(steps):
        mixed = _mix(words[k % 4] ^ words[(k + 1) % 4] ^ words[(k - 1) % 4])
        first = 1664525 * mixed & WORD
        added = count if k == 0 else k % 4 + (seed[k - 1] if k <= count else 0)
        second = (first + added) & WORD
        words[(k + 1) % 4] = (words[(k + 1) % 4] + first) & WORD
        words[(k + 2) % 4] = (words[(k + 2) % 4] + second) & WORD
        words[k % 4] = second
    for k in range(steps, steps + SEED_WORDS):
        mixed = _mix((words[k % 4] + words[(k + 1) % 4] + words[(k - 1) % 4]) & WORD)
        first = 1566083941 * mixed & WORD
        second = (first - k % 4) & WORD
        words[(k + 1) % 4] ^= first
        words[(k + 2) % 4] ^= second
        words[k % 4] = second
    return words[3]


def _mix(word: int) -> int:
    return word ^ word >> 27
