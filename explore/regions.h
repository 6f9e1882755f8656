/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Where actors map memory of their own. Code that breaks it on purpose needs to know, too. */
#ifndef EXPLORE_REGIONS_H
#define EXPLORE_REGIONS_H

#define REGIONS_BEGIN 0x61000000UL
#define REGIONS_END 0x62000000UL

#endif
