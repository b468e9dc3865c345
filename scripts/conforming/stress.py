"""stress-ng's stressors that verify what they do: each for a second or two, all but those that endanger a
machine others use."""

import subprocess
import tempfile
from pathlib import Path

from . import command
from .report import Group, Outcome

# Exercises of the processor and of memory make no system call that we would answer.
CLASSES = ("filesystem", "interrupt", "io", "network", "os", "pipe", "scheduler")
# These take all memory, processors, or process ids, reach for hardware, for the kernel's log, for mounts and
# modules, or change the whole machine.
LEFT_OUT = """bigheap bind-mount cpu cpu-online efivar full icmp-flood klog kvm loop memhotplug netdev
oom-pipe pageswap pci quota ramfs rawpkt reboot rlimit rtc schedpolicy swap sync-file sysfs tmpfs tun umount
usersyscall vm zombie""".split()
INSTANCES = 2
SECONDS = 1
STATUSES = {0: "ok", 3: "skipped: no resources", 4: "skipped: not implemented"}  # stress-ng(1), EXIT STATUS


def _words(*arguments: str) -> list[str]:
    answer = subprocess.run(["stress-ng", *arguments], capture_output=True, text=True, check=False)
    return (answer.stdout + answer.stderr).replace(":", " ").split()


def names() -> list[str]:
    """The stressors to run."""
    verifying = set(_words("--verifiable"))
    members = {name for one in CLASSES for name in _words("--class", one + "?")}
    return sorted((verifying & members) - set(LEFT_OUT))


def _exercise(name: str, way: str, chosen, directory: Path) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="unblock-stress-") as temporary:
        stressor = ["stress-ng", f"--{name}", str(INSTANCES), "--timeout", str(SECONDS), "--verify",
                    "--temp-path", temporary, "--no-rand-seed", "--oomable"]
        status, seconds = command.run([*command.prefix(way, chosen.unblock), *stressor],
                                      min(chosen.timeout, SECONDS + 60), directory / f"stress-{name}.{way}")
    return Outcome(status, seconds, {name: STATUSES.get(status, f"status {status}")})


def run(name: str, chosen, directory: Path) -> Group:
    """One stressor, both ways."""
    return Group("stress-ng " + name, *(_exercise(name, way, chosen, directory) for way in command.WAYS))
