// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The expectations: what EXPECT_*, REQUIRE_*, SETUP* and SKIP() call. */
#include "cell.h"

static uint32_t offset_of(const struct site *site)
{
	return (uint32_t)((const char *)site - (const char *)__start_forkcheck_sites);
}

void expectation_counts(void)
{
	if (record_page) {
		__atomic_fetch_add(&record_page->evaluated, 1, __ATOMIC_RELAXED);
		if (__atomic_exchange_n(&record_page->announced, 1, __ATOMIC_RELAXED))
			return;
	}
	struct record r = { .kind = RECORD_EVALUATED, .site = SITE_NONE };
	record_send(&r);
}

/* "i = 3", or a text as it is. */
static void tell_with(struct record *r, const struct site *site, struct with with)
{
	if (with.text) {
		append_text(r->text, sizeof(r->text), with.text);
	} else if (*site->with) {
		append_text(r->text, sizeof(r->text), site->with);
		append_text(r->text, sizeof(r->text), " = ");
		append_number(r->text, sizeof(r->text), with.number);
	}
}

void expectation_fails(const struct site *site, const struct record *values, struct with with)
{
	struct record r = *values;

	r.kind = site->kind;
	r.site = offset_of(site);
	tell_with(&r, site, with);
	record_send(&r);
	if (site->fatal)
		leave_test(1);
}

void check(const struct site *site, long long got, long long want, bool holds, struct with with)
{
	expectation_counts();
	if (!holds)
		expectation_fails(site, &(struct record){ .got = got, .want = want }, with);
}

void check_errno(const struct site *site, long long got, int err, int want, struct with with)
{
	expectation_counts();
	if (got != -1 || err != want)
		expectation_fails(site, &(struct record){ .got = got == -1 ? -err : got, .want = -want }, with);
}

void check_returns(const struct site *site, long long got, int err, long long want, struct with with)
{
	expectation_counts();
	if (got != want)
		expectation_fails(site, &(struct record){ .got = got == -1 && err ? -err : got, .want = want }, with);
}

void check_bytes(const struct site *site, const volatile void *at, size_t len, unsigned char want, struct with with)
{
	const volatile unsigned char *byte = at;

	expectation_counts();
	for (size_t i = 0; i < len; i++) {
		if (byte[i] != want) {
			expectation_fails(site, &(struct record){ .got = byte[i], .want = want, .extra = (int)i },
					  with);
			return;
		}
	}
}

long long check_setup(const struct site *site, long long result, int err)
{
	if (result < 0 && result >= -4095)
		expectation_fails(site, &(struct record){ .got = result == -1 && err ? -err : result }, WITH());
	return result;
}

void check_skip(const struct site *site, enum skip_class class, const char *thing, const char *why)
{
	struct record r = { .kind = RECORD_SKIP, .site = offset_of(site), .extra = (int32_t) class };

	append_text(r.text, sizeof(r.text), thing);
	append_text(r.text, sizeof(r.text), SKIP_THING_ENDS);
	append_text(r.text, sizeof(r.text), why);
	record_send(&r);
	leave_test(0);
}

void check_broken(const struct site *site, const char *why)
{
	record_text(RECORD_BROKEN, offset_of(site), why);
	leave_test(1);
}
