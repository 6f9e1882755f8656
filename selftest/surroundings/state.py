#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
"""state.py STATE... -- COMMAND...: executes COMMAND in states that no tool can set."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_TIMERSLACK, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_SET_THP_DISABLE = 1, 29, 36, 38, 41
OTHERS = set(range(1, signal.NSIG)) - {signal.SIGKILL, signal.SIGSTOP, 32, 33}


def prctl(option, value):
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def descriptors():
    for _ in range(200):
        os.set_inheritable(os.open("/dev/null", os.O_RDONLY), True)


def ignored():
    for number in OTHERS:
        signal.signal(number, signal.SIG_IGN)


def blocked():
    signal.pthread_sigmask(signal.SIG_BLOCK, OTHERS)


def pending():
    """SIGCHLD, and a child that nobody waited for."""
    blocked()
    if os.fork() == 0:
        os._exit(0)
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)


def timers():
    """All three, faster than any test. They go on after execve."""
    for timer, number in (
        (signal.ITIMER_REAL, signal.SIGALRM),
        (signal.ITIMER_VIRTUAL, signal.SIGVTALRM),
        (signal.ITIMER_PROF, signal.SIGPROF),
    ):
        signal.signal(number, signal.SIG_IGN)
        signal.setitimer(timer, 0.001, 0.001)


def below_subreaper():
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        strays = 0
        try:
            while os.wait():
                strays += 1
        except ChildProcessError:
            pass
        sys.exit(status if not strays else f"{strays} processes outlived the run")


def parent_death():
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def landlock():
    """A domain in which only block devices can't be made; what every domain of files refuses besides is to mount anything."""
    create_ruleset, restrict_self, make_block = 444, 446, 1 << 11
    libc = ctypes.CDLL(None, use_errno=True)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    ruleset = libc.syscall(create_ruleset, ctypes.byref(ctypes.c_uint64(make_block)), ctypes.c_size_t(8), 0)
    if ruleset < 0 or libc.syscall(restrict_self, ruleset, 0):
        raise OSError(ctypes.get_errno(), "landlock")
    os.close(ruleset)


def slack():
    prctl(PR_SET_TIMERSLACK, 1)


def small_pages():
    prctl(PR_SET_THP_DISABLE, 1)


def main():
    end = sys.argv.index("--")
    # Python's own.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    for state in sys.argv[1:end]:
        globals()[state]()
    os.execvp(sys.argv[end + 1], sys.argv[end + 1 :])


main()
