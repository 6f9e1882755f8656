#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
"""bundle.py ROOT PROFILE CAPABILITIES UID COMMAND...: from what `runc spec` makes, on standard input, a container's config.json
as engines have it: with the filter of a PROFILE in their format and these capabilities."""
import json
import sys

MACHINE = "amd64"


def applies(rule, caps):
    """Whether a rule is for this machine and these capabilities."""
    includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
    return (set(includes.get("caps", [])) <= caps and not set(excludes.get("caps", [])) & caps
            and MACHINE in includes.get("arches", [MACHINE]) and MACHINE not in excludes.get("arches", []))


def seccomp(profile, caps):
    """The filter in the runtimes' format."""
    arch = next(a for a in profile["archMap"] if a["architecture"] == "SCMP_ARCH_X86_64")
    filter_ = {key: profile[key] for key in ("defaultAction", "defaultErrnoRet") if key in profile}
    filter_["architectures"] = [arch["architecture"]] + arch["subArchitectures"]
    filter_["syscalls"] = [
        {key: rule[key] for key in ("names", "action", "args", "errnoRet") if rule.get(key)}
        for rule in profile["syscalls"] if applies(rule, caps)]
    return filter_


root, profile_file, capabilities, uid, *command = sys.argv[1:]
config = json.load(sys.stdin)
caps = {"CAP_" + name for name in capabilities.split()}
process = config["process"]
process.update(terminal=False, args=command, noNewPrivileges=False, user={"uid": int(uid), "gid": int(uid)},
               capabilities={kind: sorted(caps) for kind in ("bounding", "effective", "permitted") if uid == "0" or kind == "bounding"})
config["root"].update(path=root, readonly=False)
with open(profile_file, encoding="utf-8") as file:
    config["linux"]["seccomp"] = seccomp(json.load(file), caps)
json.dump(config, sys.stdout)
