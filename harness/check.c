// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The expectations: what EXPECT_*, REQUIRE_*, SETUP* and SKIP() call. */
#include "forkcheck.h"

static uint32_t offset_of(const struct site *site)
{
	return (uint32_t)((const char *)site - (const char *)__start_forkcheck_sites);
}

/* An expectation has been evaluated: what makes the difference between PASS and BROKEN. */
static void count(void)
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

static void complain(const struct site *site, const struct record *values, struct with with)
{
	struct record r = *values;

	r.kind = site->kind;
	r.site = offset_of(site);
	tell_with(&r, site, with);
	record_send(&r);
	if (site->fatal)
		sys_exit_group(1);
}

void check(const struct site *site, long long got, long long want, bool holds, struct with with)
{
	count();
	if (!holds)
		complain(site, &(struct record){ .got = got, .want = want }, with);
}

void check_errno(const struct site *site, long long got, int err, int want, struct with with)
{
	count();
	if (got != -1 || err != want)
		complain(site, &(struct record){ .got = got == -1 ? -err : got, .want = -want }, with);
}

void check_returns(const struct site *site, long long got, int err, long long want, struct with with)
{
	count();
	if (got != want)
		complain(site, &(struct record){ .got = got == -1 && err ? -err : got, .want = want }, with);
}

void check_refused(const struct site *site, long result, int want, struct with with)
{
	if (result == 0)
		sys_exit_group(0); /* the child that must not exist */
	check(site, result, -want, result == -want, with);
	if (result > 0) {
		checked_kill((pid_t)result, SIGKILL);
		checked_wait((pid_t)result, NULL, __WALL);
	}
}

void check_status(const struct site *site, long pid, int want, struct with with)
{
	int status = 0;
	long waited = checked_wait((pid_t)pid, &status, __WALL);

	count();
	if (waited != pid) {
		complain(site, &(struct record){ .got = -1, .want = want, .err = (int)-waited }, with);
		return;
	}
	if (WIFSIGNALED(status))
		status &= 0x7f; /* whether a core was dumped depends on the machine */
	if (status != want)
		complain(site, &(struct record){ .got = status, .want = want }, with);
}

void check_bytes(const struct site *site, const volatile void *at, size_t len, unsigned char want, struct with with)
{
	const volatile unsigned char *byte = at;

	count();
	for (size_t i = 0; i < len; i++) {
		if (byte[i] != want) {
			complain(site, &(struct record){ .got = byte[i], .want = want, .extra = (int)i }, with);
			return;
		}
	}
}

void check_no_child(const struct site *site, struct with with)
{
	siginfo_t info = { 0 };
	long r = raw_waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL, NULL);

	count();
	if (r != -ECHILD)
		complain(site, &(struct record){ .got = r ? r : info.si_pid, .want = -ECHILD }, with);
}

long long check_setup(const struct site *site, long long result, int err)
{
	if (result < 0 && result >= -4095)
		complain(site, &(struct record){ .got = result == -1 && err ? -err : result }, WITH());
	return result;
}

void check_skip(const struct site *site, enum skip_class class, const char *why)
{
	struct record r = { .kind = RECORD_SKIP, .site = offset_of(site), .extra = (int32_t) class };

	append_text(r.text, sizeof(r.text), why);
	record_send(&r);
	sys_exit_group(0);
}

void check_broken(const struct site *site, const char *why)
{
	record_text(RECORD_BROKEN, offset_of(site), why);
	sys_exit_group(1);
}
