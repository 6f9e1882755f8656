/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Reading forkcheck's comments: about the run, and about a result. */
#ifndef REPORT_COMMENTS_H
#define REPORT_COMMENTS_H

#include "parsed.h"

/* Takes a comment (what follows "# ") if it is about the whole run. */
bool comment_on_run(struct run *run, const char *comment);

/* Puts the comments before a result (lines, as above) into its details. */
void comments_on_result(struct result *result, const char *comments);

#endif
