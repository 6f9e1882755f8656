// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Keyrings: those of a thread and of a process stay behind, that of the session goes along. */
#include "inherit.h"

#include <linux/keyctl.h>

static long keyctl(int operation, long a, long b)
{
	return SYSCALL3(SYS_keyctl, operation, a, b);
}

/* The serial number of a keyring, or -ENOKEY where the caller has none. */
static long keyring(int which)
{
	return keyctl(KEYCTL_GET_KEYRING_ID, which, 0);
}

static void make_keyring(int which)
{
	SETUP_RAW(keyctl(KEYCTL_GET_KEYRING_ID, which, 1));
}

static void make_thread_keyring(void)
{
	make_keyring(KEY_SPEC_THREAD_KEYRING);
}

static long long get_thread_keyring(void)
{
	return keyring(KEY_SPEC_THREAD_KEYRING);
}

static void make_process_keyring(void)
{
	make_keyring(KEY_SPEC_PROCESS_KEYRING);
}

static long long get_process_keyring(void)
{
	return keyring(KEY_SPEC_PROCESS_KEYRING);
}

static void join_new_session_keyring(void)
{
	SETUP_RAW(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0));
}

static long long get_session_keyring(void)
{
	return keyring(KEY_SPEC_SESSION_KEYRING);
}

/* Where request_key(2) puts what it gets. */
static void set_destination(int destination)
{
	SETUP_RAW(keyctl(KEYCTL_SET_REQKEY_KEYRING, destination, 0));
}

static void set_user_keyring(void)
{
	set_destination(KEY_REQKEY_DEFL_USER_KEYRING);
}

static void set_session_keyring(void)
{
	set_destination(KEY_REQKEY_DEFL_SESSION_KEYRING);
}

static long long get_destination(void)
{
	return keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_NO_CHANGE, 0);
}

static const struct attribute to_keep[] = {
	{ { "session", .covers = "INH-SEC-14", .features = FEATURES(NEEDS_KEYS) },
	  OF_THREAD,
	  KEPT,
	  .set = join_new_session_keyring,
	  .get = get_session_keyring,
	  .change = join_new_session_keyring,
	  .exec = { KEPT, "INH-EXEC-06" } },
	{ { "destination", .covers = "INH-SEC-15", .features = FEATURES(NEEDS_KEYS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_user_keyring,
	  .get = get_destination,
	  .change = set_session_keyring },
};

TEST(kept, .summary = "the child begins with its parent's session keyring and choice of where requested keys go",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}

/* A new thread has the process keyring, and a thread keyring of its own if its maker has one. */
#define OF_CHILDREN (COPYING | DOOR(BY_VFORK) | DOOR(BY_VM))

static const struct attribute to_reset[] = {
	{ { "thread", .covers = "INH-SEC-11", .features = FEATURES(NEEDS_KEYS) },
	  OF_THREAD,
	  RESET,
	  .set = make_thread_keyring,
	  .get = get_thread_keyring,
	  .change = make_thread_keyring,
	  .fresh = -ENOKEY,
	  .doors = OF_CHILDREN,
	  .exec = { RESET, "INH-EXEC-06" } },
	{ { "process", .covers = "INH-SEC-12", .features = FEATURES(NEEDS_KEYS) },
	  OF_THREAD,
	  RESET,
	  .set = make_process_keyring,
	  .get = get_process_keyring,
	  .change = make_process_keyring,
	  .fresh = -ENOKEY,
	  .doors = OF_CHILDREN,
	  .exec = { RESET, "INH-EXEC-06" } },
};

TEST(reset, .summary = "the child has neither the thread keyring nor the process keyring of its parent",
     ATTRIBUTES(to_reset))
{
	test_inheritance();
}

struct keyrings {
	long thread, process, session;
};

static int tell(void *arg)
{
	*(struct keyrings *)arg = (struct keyrings){
		keyring(KEY_SPEC_THREAD_KEYRING),
		keyring(KEY_SPEC_PROCESS_KEYRING),
		keyring(KEY_SPEC_SESSION_KEYRING),
	};
	return 0;
}

TEST(new_thread, .covers = "INH-SEC-11 INH-SEC-13", .features = FEATURES(NEEDS_KEYS),
     .summary = "a new thread has the process keyring and session keyring of its maker, but not the thread keyring",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct keyrings *of_thread = shared(sizeof(*of_thread));
	struct keyrings mine;

	make_thread_keyring();
	make_process_keyring();
	join_new_session_keyring();
	tell(&mine);
	long tid = CLONE_CALL(door->via, new_stack(), tell, of_thread, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	await_thread_gone((pid_t)tid);
	EXPECT_GT(mine.process, 0);
	EXPECT_EQ(of_thread->process, mine.process);
	EXPECT_EQ(of_thread->session, mine.session);
	EXPECT_GT(mine.thread, 0);
	EXPECT_NE(of_thread->thread, mine.thread);
}
