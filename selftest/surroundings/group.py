#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
"""group.py UNABLE SETTING... -- COMMAND...: runs COMMAND in control groups of its own. A SETTING is CONTROLLER, then FILE=VALUE of
version 1 and of version 2, with commas between them. With `freezer` alone the command stands still now and then. Where a group is not to
be had the reason goes to the file UNABLE."""

import os
import subprocess
import sys
import time

ROOT = "/sys/fs/cgroup"


def unable(why):
    write(sys.argv[1], why + "\n")
    sys.exit(1)


def own_groups():
    """The caller's group in each hierarchy, by controller; "" for version 2."""
    with open("/proc/self/cgroup", encoding="ascii") as file:
        for line in file:
            _, controllers, path = line.rstrip("\n").split(":", 2)
            for controller in controllers.split(","):
                yield controller, path.rstrip("/")


def hands_on(group, controller):
    try:
        with open(group + "/cgroup.subtree_control", encoding="ascii") as file:
            return controller in file.read().split()
    except OSError:
        return False


def place(controller):
    """The group in which others with this controller can be made."""
    own = dict(own_groups())
    if controller in own:
        return f"{ROOT}/{controller}{own[controller]}"
    group = ROOT + own.get("", "")
    # Each group of version 2 can be frozen.
    while controller != "freezer" and not hands_on(group, controller):
        if group == ROOT:
            unable(f"no control group with the controller {controller}")
        group = os.path.dirname(group)
    return group


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def make(controller, *settings):
    group = f"{place(controller)}/surroundings-{os.getpid()}"
    try:
        os.mkdir(group)
        for name, value in (setting.split("=") for setting in settings):
            if os.path.exists(f"{group}/{name}"):
                write(f"{group}/{name}", value)
    except OSError as error:
        unable(f"no control group with the controller {controller}: {error.strerror}")
    return group


def freeze(group, frozen):
    if os.path.exists(group + "/freezer.state"):
        write(group + "/freezer.state", "FROZEN" if frozen else "THAWED")
    else:
        write(group + "/cgroup.freeze", str(int(frozen)))


def main():
    end = sys.argv.index("--")
    groups = {}
    for setting in sys.argv[2:end]:
        controller, *files = setting.split(",")
        groups[controller] = make(controller, *files)

    def enter():
        for group in groups.values():
            write(group + "/cgroup.procs", str(os.getpid()))

    with subprocess.Popen(sys.argv[end + 1 :], preexec_fn=enter) as command:
        while "freezer" in groups and command.poll() is None:
            for frozen in (True, False):
                time.sleep(0.1)
                freeze(groups["freezer"], frozen)
    for group in groups.values():
        os.rmdir(group)
    sys.exit(command.returncode)


main()
