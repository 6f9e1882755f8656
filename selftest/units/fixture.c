// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "units.h"

struct suite suite;

void load(void)
{
	suite_load(&suite);
}

void unload(void)
{
	suite_free(&suite);
}
