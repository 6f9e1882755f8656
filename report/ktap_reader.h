/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Reading KTAP version 1 and TAP, nested by indentation, by "# Subtest:" or by comments as kselftest's runner does it.
 *
 * Unknown lines are ignored. A line that can be understood in two ways is reported as a problem of the run.
 */
#ifndef REPORT_KTAP_READER_H
#define REPORT_KTAP_READER_H

#include <stdio.h>

#include "parsed.h"

/* Reads everything into the run. */
void ktap_read(struct run *run, FILE *in);

#endif
