/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* How a test gets the privileges to make namespaces: for CASES_NEEDING(powers). */
#ifndef NAMESPACES_POWERS_H
#define NAMESPACES_POWERS_H

#include "forkcheck.h"

struct power {
	struct case_head head;
	uint64_t flags; /* to make with the namespace that is tested */
};

static const struct power powers[] = {
	{ { "capable", .caps = CAP(SYS_ADMIN) }, 0 },
	{ { "user_ns", .features = FEATURES(NEEDS_USER_NS) }, CLONE_NEWUSER },
};

#endif
