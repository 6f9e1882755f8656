// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Sending records. */
#include "forkcheck.h"

struct record_page *record_page;
pid_t record_root;
uint64_t record_root_namespace;

static void fill_identity(struct record *r)
{
	r->pid = sys_getpid();
	r->tid = sys_gettid();
	r->thread = r->pid != r->tid;
	pid_t parent = sys_getppid();
	if (r->pid == record_root)
		r->role = 'P';
	else if (parent == record_root || (parent == 0 && r->pid == 1))
		r->role = 'C';
	else
		r->role = 'G';
}

void record_send(struct record *r)
{
	fill_identity(r);
	if (record_page) {
		uint32_t n = __atomic_fetch_add(&record_page->used, 1, __ATOMIC_RELAXED);
		r->sequence = n + 1;
		if (n < RECORD_SLOTS) {
			struct record *slot = &record_page->slot[n];
			r->ready = 0; /* the slot is valid when all the rest is there */
			*slot = *r;
			__atomic_store_n(&slot->ready, RECORD_MAGIC, __ATOMIC_RELEASE);
		}
	}
	r->ready = RECORD_MAGIC;
	sys_write(FD_RECORDS, r, sizeof(*r));
}

void record_text(enum record_kind kind, uint32_t site, const char *text)
{
	struct record r = { .kind = kind, .site = site };

	for (size_t i = 0; text[i] && i < RECORD_TEXT - 1; i++)
		r.text[i] = text[i];
	record_send(&r);
}

void tell_number(const char *what, long long number)
{
	struct record r = { .kind = RECORD_TOLD, .site = SITE_NONE, .got = number };

	append_text(r.text, sizeof(r.text), what);
	record_send(&r);
}
