/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The expectations of a test: EXPECT_*, REQUIRE_*, SETUP, SKIP. check.c and check_child.c do the work. */
#ifndef FORKCHECK_EXPECT_H
#define FORKCHECK_EXPECT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>

#include "record.h"
#include "skip.h"

/* The context that a failure is reported with: the last argument of an expectation, such as a loop's row. */
struct with {
	const char *text; /* NULL: a number, or nothing at all where the site has no text for it */
	long long number;
};

void check(const struct site *site, long long got, long long want, bool holds, struct with with);
void check_errno(const struct site *site, long long got, int err, int want, struct with with);
void check_returns(const struct site *site, long long got, int err, long long want, struct with with);
void check_refused(const struct site *site, long result, int want, struct with with);
void check_status(const struct site *site, long pid, int want, struct with with);
void check_bytes(const struct site *site, const volatile void *at, size_t len, unsigned char want, struct with with);
void check_no_child(const struct site *site, struct with with);
long long check_setup(const struct site *site, long long result, int err);
_Noreturn void check_skip(const struct site *site, enum skip_class class, const char *thing, const char *why);
_Noreturn void check_broken(const struct site *site, const char *why);

/* Below 0, 0 or above, as the first number is to the second: by their values, whatever their types. */
static inline int compare_numbers(long long a, bool a_is_unsigned, long long b, bool b_is_unsigned)
{
	bool a_negative = !a_is_unsigned && a < 0, b_negative = !b_is_unsigned && b < 0;

	if (a_negative != b_negative)
		return a_negative ? -1 : 1;
	return ((unsigned long long)a > (unsigned long long)b) - ((unsigned long long)a < (unsigned long long)b);
}

#define IS_INTEGER(x)                                                                                                \
	_Generic((x) + 0, int : 1, unsigned : 1, long : 1, unsigned long : 1, long long : 1, unsigned long long : 1, \
		 default : 0)
#define ONLY_INTEGER(x) _Static_assert(IS_INTEGER(x), #x " is not an integer")
#define IS_UNSIGNED(x) ((__typeof__((x) + 0))-1 > 0)
#define NUMBER_FORM(x) (IS_UNSIGNED(x) ? FORM_UNSIGNED : FORM_NUMBER)

#define TEXT_OF(x) _Generic((x), const char * : (x), char * : (x), default : NULL)
#define NUMBER_OF(x) _Generic((x), const char * : 0, char * : 0, default : (x))
#define WITH(...) ((struct with){ __VA_OPT__(.text = TEXT_OF(__VA_ARGS__), .number = NUMBER_OF(__VA_ARGS__)) })

#define SITE(kind_, fatal_, form_, got_, want_form_, want_, with_)                                   \
	({                                                                                           \
		static const struct site site_ __attribute__((section("forkcheck_sites"), used)) = { \
			.file = __FILE__,                                                            \
			.line = __LINE__,                                                            \
			.got = (got_),                                                               \
			.want = (want_),                                                             \
			.with = (with_),                                                             \
			.form = (form_),                                                             \
			.want_form = (want_form_),                                                   \
			.kind = (kind_),                                                             \
			.fatal = (fatal_),                                                           \
		};                                                                                   \
		&site_;                                                                              \
	})
#define EXPECTATION(fatal, form, got, want, ...) SITE(RECORD_FAIL, fatal, form, got, form, want, "" #__VA_ARGS__)

#define COMPARE(fatal, got, relation, want, ...)                                                               \
	do {                                                                                                   \
		ONLY_INTEGER(got);                                                                             \
		ONLY_INTEGER(want);                                                                            \
		__typeof__((got) + 0) got_ = (got);                                                            \
		__typeof__((want) + 0) want_ = (want);                                                         \
		check(SITE(RECORD_FAIL, fatal, NUMBER_FORM(got), #got, NUMBER_FORM(want), #relation " " #want, \
			   "" #__VA_ARGS__),                                                                   \
		      (long long)got_, (long long)want_,                                                       \
		      compare_numbers((long long)got_, IS_UNSIGNED(got), (long long)want_, IS_UNSIGNED(want))  \
			      relation 0,                                                                      \
		      WITH(__VA_ARGS__));                                                                      \
	} while (0)

/*
 * EXPECT_* records a failure and goes on. REQUIRE_* records it and ends this process (not only this
 * thread), since nothing after it could make sense. First what was got, then what is wanted, both integers,
 * compared by their values. In a loop, last: a number or a text that tells one time round from another.
 */
#define EXPECT_EQ(got, want, ...) COMPARE(0, got, ==, want, ##__VA_ARGS__)
#define EXPECT_NE(got, want, ...) COMPARE(0, got, !=, want, ##__VA_ARGS__)
#define EXPECT_GT(got, want, ...) COMPARE(0, got, >, want, ##__VA_ARGS__)
#define EXPECT_GE(got, want, ...) COMPARE(0, got, >=, want, ##__VA_ARGS__)
#define EXPECT_LT(got, want, ...) COMPARE(0, got, <, want, ##__VA_ARGS__)
#define EXPECT_LE(got, want, ...) COMPARE(0, got, <=, want, ##__VA_ARGS__)
#define REQUIRE_EQ(got, want, ...) COMPARE(1, got, ==, want, ##__VA_ARGS__)
#define REQUIRE_NE(got, want, ...) COMPARE(1, got, !=, want, ##__VA_ARGS__)
#define REQUIRE_GT(got, want, ...) COMPARE(1, got, >, want, ##__VA_ARGS__)
#define REQUIRE_GE(got, want, ...) COMPARE(1, got, >=, want, ##__VA_ARGS__)
#define REQUIRE_LT(got, want, ...) COMPARE(1, got, <, want, ##__VA_ARGS__)
#define REQUIRE_LE(got, want, ...) COMPARE(1, got, <=, want, ##__VA_ARGS__)

#define TRUTH(fatal, condition, ...)                                                                     \
	check(EXPECTATION(fatal, FORM_TRUTH, #condition, "is true", ##__VA_ARGS__), 0, 1, !!(condition), \
	      WITH(__VA_ARGS__))
#define EXPECT_TRUE(condition, ...) TRUTH(0, condition, ##__VA_ARGS__)
#define REQUIRE_TRUE(condition, ...) TRUTH(1, condition, ##__VA_ARGS__)

/* Tells a number that the test has counted: it stands in the report, whatever the verdict is. */
void tell_number(const char *what, long long number);

/* A call of the C library must give -1 and exactly this errno. Not in a thread without a TLS area. */
#define EXPECT_ERRNO(call, want, ...)                                                                           \
	do {                                                                                                    \
		errno = 0;                                                                                      \
		ONLY_INTEGER(call);                                                                             \
		long long got_ = (call);                                                                        \
		check_errno(EXPECTATION(0, FORM_ERRNO, #call, "fails with " #want, ##__VA_ARGS__), got_, errno, \
			    (want), WITH(__VA_ARGS__));                                                         \
	} while (0)

/*
 * A call of the C library, or its result right after it, must be this: 0, most often. Where it is -1 instead, the
 * failure tells errno. Not in a thread without a TLS area.
 */
#define RETURNS(fatal, call, text, want, want_text, ...)                                                           \
	do {                                                                                                       \
		ONLY_INTEGER(call);                                                                                \
		ONLY_INTEGER(want);                                                                                \
		long long got_ = (call);                                                                           \
		check_returns(EXPECTATION(fatal, FORM_ERRNO, text, want_text, ##__VA_ARGS__), got_, errno, (want), \
			      WITH(__VA_ARGS__));                                                                  \
	} while (0)
#define EXPECT_RETURNS(call, want, ...) RETURNS(0, call, #call, want, "returns " #want, ##__VA_ARGS__)
#define REQUIRE_RETURNS(call, want, ...) RETURNS(1, call, #call, want, "returns " #want, ##__VA_ARGS__)

/* A raw system call's result must be this number, or this -errno. */
#define EXPECT_RESULT(result, want, ...)                                                                  \
	do {                                                                                              \
		ONLY_INTEGER(result);                                                                     \
		long long got_ = (result), want_ = (want);                                                \
		check(EXPECTATION(0, FORM_ERRNO, #result, "", ##__VA_ARGS__), got_, want_, got_ == want_, \
		      WITH(__VA_ARGS__));                                                                 \
	} while (0)

/* A raw system call's result must be -want. */
#define EXPECT_FAILS(result, want, ...)                                                                       \
	do {                                                                                                  \
		ONLY_INTEGER(result);                                                                         \
		long long got_ = (result);                                                                    \
		check(EXPECTATION(0, FORM_ERRNO, #result, "fails with " #want, ##__VA_ARGS__), got_, -(want), \
		      got_ == -(want), WITH(__VA_ARGS__));                                                    \
	} while (0)

/* A raw system call must succeed. */
#define SUCCEEDS(fatal, result, ...)                                                               \
	do {                                                                                       \
		ONLY_INTEGER(result);                                                              \
		long long got_ = (result);                                                         \
		check(EXPECTATION(fatal, FORM_ERRNO, #result, "succeeds", ##__VA_ARGS__), got_, 0, \
		      got_ >= 0 || got_ < -4095, WITH(__VA_ARGS__));                               \
	} while (0)
#define EXPECT_OK(result, ...) SUCCEEDS(0, result, ##__VA_ARGS__)
#define REQUIRE_OK(result, ...) SUCCEEDS(1, result, ##__VA_ARGS__)

/*
 * A call that creates a process, and whose raw result is `result`, must have been refused with this
 * errno. Should it have succeeded, the child that must not exist ends here, and the parent records the
 * failure and reaps the child. Only where the child has its own memory or its own stack; for a thread
 * use clone_call() with a function that returns at once.
 */
#define EXPECT_REFUSED(result, want, ...)                                                                             \
	check_refused(EXPECTATION(0, FORM_ERRNO, #result, "is refused with " #want, ##__VA_ARGS__), (result), (want), \
		      WITH(__VA_ARGS__))

/* Waits for this child of the calling process and wants this status. The pid may be a raw result. */
#define ENDS(fatal, pid, text, want, ...)                                                                    \
	check_status(EXPECTATION(fatal, FORM_STATUS, "status of " #pid, text, ##__VA_ARGS__), (pid), (want), \
		     WITH(__VA_ARGS__))
/* It has exited with this code. */
#define EXPECT_EXITED(pid, code, ...) ENDS(0, pid, "exited with " #code, W_EXITCODE((code), 0), ##__VA_ARGS__)
#define REQUIRE_EXITED(pid, code, ...) ENDS(1, pid, "exited with " #code, W_EXITCODE((code), 0), ##__VA_ARGS__)
/* It was killed by this signal (a core dump's bit is ignored). */
#define EXPECT_KILLED(pid, sig, ...) ENDS(0, pid, "killed by " #sig, W_EXITCODE(0, (sig)), ##__VA_ARGS__)

/* Each of len bytes must have this value. */
#define EXPECT_BYTES(at, len, value, ...)                                                                           \
	check_bytes(EXPECTATION(0, FORM_BYTE, "bytes at " #at, "all " #value, ##__VA_ARGS__), (at), (len), (value), \
		    WITH(__VA_ARGS__))

/* The calling process has no child of any kind, dead or alive. */
#define EXPECT_NO_CHILD(...)                                                                                 \
	check_no_child(EXPECTATION(0, FORM_ERRNO, "wait for any child", "fails with ECHILD", ##__VA_ARGS__), \
		       WITH(__VA_ARGS__))

/*
 * A step that only prepares: its value, if it is not negative. Otherwise the test is BROKEN, and this
 * process ends. For results of the C library (-1 and errno) and raw ones (-errno) alike; not for calls
 * under test.
 */
#define SETUP(call)                                                                                                  \
	({                                                                                                           \
		errno = 0;                                                                                           \
		long long got_ = (long long)(call);                                                                  \
		(__typeof__(call))check_setup(SITE(RECORD_BROKEN, 1, FORM_ERRNO, #call, FORM_ERRNO, "succeeds", ""), \
					      got_, errno);                                                          \
	})
/* The same for a raw thread without a TLS area: takes raw results only. */
#define SETUP_RAW(call)                                                                                              \
	({                                                                                                           \
		(__typeof__(call))check_setup(SITE(RECORD_BROKEN, 1, FORM_ERRNO, #call, FORM_ERRNO, "succeeds", ""), \
					      (long long)(call), 0);                                                 \
	})

/*
 * Ends the test as not applicable. The report says "[CLASS THING] why" (common/skip.h): the class of the reason, the name of
 * what is missing or differs, and a sentence for people. Only on evidence that the implementation under test cannot fake
 * (docs/writing-tests.md); .features, .caps and the statements' since are better.
 */
#define SKIP(class, thing, why) \
	check_skip(SITE(RECORD_SKIP, 1, FORM_TEXT, "", FORM_TEXT, "", ""), (class), (thing), (why))
/* Ends the test: its own preparation failed. */
#define BROKEN(why) check_broken(SITE(RECORD_BROKEN, 1, FORM_TEXT, "", FORM_TEXT, "", ""), (why))

#endif
