"""CPython's own tests of threads, sockets, signals, processes, files, and of what is made of them."""

import re
from pathlib import Path

from . import command
from .report import Group, Outcome

MODULES = """test_threading test_thread test_threadsignals test_signal test_socket test_socketserver
test_select test_poll test_epoll test_selectors test_queue test_subprocess test_ssl test_httpservers
test_asyncio test_concurrent_futures test_multiprocessing_fork test_fork1 test_wait4 test_os test_io
test_timeout

test__xxsubinterpreters test_asynchat test_asyncore test_asyncgen test_atexit test_audit test_bufio test_bz2
test_cmd_line test_cmd_line_script test_compileall test_context test_contextlib_async test_coroutines
test_cprofile test_ctypes test_dbm test_dbm_gnu test_decimal test_docxmlrpc test_eintr test_eof
test_exceptions test_faulthandler test_fcntl test_file test_file_eintr test_filecmp test_fileinput
test_fileio test_ftplib test_functools test_gc test_getpass test_gzip test_hashlib test_httplib test_imaplib
test_imp test_import test_importlib test_interpreters test_ioctl test_largefile test_logging test_lzma
test_mailbox test_mmap test_multiprocessing_forkserver test_multiprocessing_main_handling
test_multiprocessing_spawn test_nntplib test_openpty test_pathlib test_pdb test_pipes test_popen test_poplib
test_posix test_profile test_pty test_random test_readline test_regrtest test_repl test_resource test_runpy
test_sched test_script_helper test_shelve test_shutil test_site test_smtpd test_smtplib test_support
test_sys test_sys_setprofile test_sys_settrace test_syslog test_tarfile test_telnetlib test_tempfile
test_threadedtempfile test_threading_local test_time test_traceback test_tracemalloc test_unittest
test_urllib test_urllib2 test_urllib2_localnet test_uuid test_venv test_wait3 test_weakref test_wsgiref
test_xmlrpc test_zipfile test_zlib""".split()

PYTHON = "/usr/bin/python3.11"  # Debian's, whose tests are in libpython3.11-testsuite
OPTIONS = {
    "test_socketserver": ["-u", "network"],  # which it asks for, though it stays on the loopback
    "test_timeout": ["-u", "network", "-i", "testConnectTimeout"],  # that one does not
    "test_socket": ["-i", "*VSOCK*"],        # waits for ever, natively too, if a virtual machine has no peer
}
STARTED = re.compile(r"^(test\w* \([\w.]+\))(?:\n.*?)?(?: \[.*?\])?(?:\n.*?)?? \.\.\. ", re.MULTILINE)
RESULT = re.compile(r"(ok|FAIL|ERROR|expected failure|unexpected success|skipped\b.*)$", re.MULTILINE)


def names() -> list[str]:
    """The modules to run."""
    return MODULES


def outcomes(text: str) -> dict[str, str]:
    """{test: how it fared}. One that was started and has no result hung, or took the process with it."""
    results = {}
    starts = list(STARTED.finditer(text))
    for start, following in zip(starts, starts[1:] + [None]):
        found = RESULT.search(text, start.end(), following.start() if following else len(text))
        results[start.group(1)] = found.group(1).split(" '")[0] if found else "no result"
    # Failures of subtests, of fixtures, and those printed amid other output.
    for kind, test in re.findall(r"^(FAIL|ERROR): (\S+ \([\w.]+\))", text, re.MULTILINE):
        results[test] = kind
    return results


def _test_command(module: str, chosen) -> list[str]:
    selection = [word for pattern in chosen.match for word in ("-m", pattern)]
    # The test runner's own time limit is a thread that sleeps.
    company = [f"--timeout={chosen.timeout:.0f}"] if chosen.company else []
    return [PYTHON, "-m", "test", "-v", *company, *OPTIONS.get(module, []), *selection, module]


def _exercise(module: str, way: str, chosen, directory: Path) -> Outcome:
    log = directory / f"{module}.{way}"
    status, seconds = command.run([*command.prefix(way, chosen.unblock), *_test_command(module, chosen)],
                                  chosen.timeout, log)
    return Outcome(status, seconds, outcomes(log.read_text(errors="replace")))


def run(module: str, chosen, directory: Path) -> Group:
    """One module, both ways."""
    return Group(module, *(_exercise(module, way, chosen, directory) for way in command.WAYS))
