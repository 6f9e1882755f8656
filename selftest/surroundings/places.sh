# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# Surroundings: where in the system the program is, containers and namespaces. See run.
# shellcheck shell=sh

packages="$packages util-linux"

surrounding no_new_privs setpriv --no-new-privs
