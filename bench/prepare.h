/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What a caller gets before it creates. */
#ifndef BENCH_PREPARE_H
#define BENCH_PREPARE_H

#include "figure.h"

#define MIB (1024ul * 1024)
#define HUGE_PAGE (2 * MIB)

/* The amount of MiB, of 4 KiB pages or of huge pages, every page written to. */
preparation prepare_small_pages, prepare_huge_pages;
/* The amount of MiB of address space that nothing has touched. */
preparation prepare_untouched;
/* The amount of pages, of huge pages. */
preparation prepare_page_count, prepare_huge_page_count;
preparation prepare_mappings, prepare_descriptors, prepare_threads;
/* The amount of processors busy with the same: processes that fork, that make threads, threads of this one that fork. */
preparation prepare_forking_processes, prepare_threading_processes, prepare_forking_threads;

size_t small_page(void);
/* Writes to each step of the memory. */
void touch(char *memory, size_t bytes, size_t step);
/* Memory of its own huge pages or without any; NULL with errno if there is none. */
char *map_pages(size_t bytes, bool huge);

#endif
