"""What the tools over RPM have in common."""

DATABASES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
"""Where the database of installed packages lies; any installation changes a file in there."""
