/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * forkcheck.h - all that a test includes: one header for each subject.
 *
 * Unless its comment says otherwise, every function declared there may be called from every process and thread
 * of a test: a child, a vfork child, a thread made by a raw clone without a TLS area, another namespace.
 * None of them uses stdio, allocates memory or takes a lock there.
 */
#ifndef FORKCHECK_H
#define FORKCHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "create.h"
#include "event.h"
#include "expect.h"
#include "feature.h"
#include "image.h"
#include "privilege.h"
#include "proc.h"
#include "process.h"
#include "record.h"
#include "skip.h"
#include "syscalls.h"
#include "test.h"

#endif
