// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "units.h"

int main(void)
{
	Suite *all = suite_create("forkcheck");

	add_choosing(all);
	add_expecting(all);
	add_judging(all);
	add_telling(all);
	SRunner *runner = srunner_create(all);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
