// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The IDs of a process in a user namespace, as others see them. */
#include "forkcheck.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define USER_NS NEEDS_USER_NS, NEEDS_PROC

enum { IS_MAPPED, SIGNAL_IS_SENT, MEMBER_MAY_GO };

TEST(two_names, .covers = "USERNS-01", .features = FEATURES(USER_NS), THROUGH(user_doors),
     .summary = "a process may be user ID 0 and privileged inside, and an ordinary user without privileges outside")
{
	const struct user_door *door = this_door();
	char path[64];
	uid_t uid = getuid();
	gid_t gid = getgid();

	long member = enter_as(door, 0);
	if (member == 0) {
		EXPECT_EQ(getuid(), 0);
		EXPECT_EQ(geteuid(), 0);
		EXPECT_EQ(getgid(), 0);
		EXPECT_EQ(getegid(), 0);
		EXPECT_EQ(effective_capabilities(), known_capabilities());
		/* Who may set the name of the host is told that it has no such length. */
		long result = SYSCALL2(SYS_sethostname, "forkcheck", -1);
		EXPECT_FAILS(result, EPERM);
		post(IS_MAPPED);
		await(MEMBER_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(member, 0);
	REQUIRE_TRUE(await_unless_dead(IS_MAPPED, (pid_t)member));
	proc_path(path, sizeof(path), (pid_t)member, "status");
	EXPECT_EQ(proc_field(path, "Uid:", 10), uid);
	EXPECT_EQ(proc_field(path, "Gid:", 10), gid);
	post(MEMBER_MAY_GO);
	EXPECT_EXITED(member, 0);
}

/* ---- UNIX sockets ------------------------------------------------------------------------------ */

union control {
	char space[CMSG_SPACE(sizeof(struct ucred))];
	struct cmsghdr head;
};

/* With credentials, or with those that the kernel adds by itself (NULL). */
static long send_byte(int fd, const struct ucred *credentials)
{
	union control control = { 0 };
	char byte = 'x';
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (credentials) {
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(*credentials)),
						 .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_CREDENTIALS };
		memcpy(CMSG_DATA(&control.head), credentials, sizeof(*credentials));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	return sendmsg(fd, &message, 0) < 0 ? -errno : 0;
}

static struct ucred receive_credentials(int fd)
{
	struct ucred credentials = { -1, (uid_t)-1, (gid_t)-1 };
	union control control = { 0 };
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};

	REQUIRE_RETURNS(recvmsg(fd, &message, 0), 1);
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	if (head && head->cmsg_type == SCM_CREDENTIALS)
		memcpy(&credentials, CMSG_DATA(head), sizeof(credentials));
	return credentials;
}

static void connect_pair(int ends[2])
{
	const int on = 1;

	SETUP(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	for (int i = 0; i < 2; i++)
		SETUP(setsockopt(ends[i], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
}

static const struct message {
	const char *name;
	bool given; /* the sender names the IDs */
} messages[] = { { "given", true }, { "added", false } };

TEST(credentials, .covers = "USERNS-46", .features = FEATURES(USER_NS), CASES(messages),
     .summary = "IDs that a UNIX socket passes are those of the receiver's user namespace, in both directions")
{
	const struct message *message = this_case();
	uid_t uid = getuid();
	gid_t gid = getgid();
	int ends[2];

	connect_pair(ends);
	long member = enter_as(&user_doors[USER_CLONE], 7);
	sys_close(ends[member ? 1 : 0]); /* so that who waits for the other sees its end */
	if (member == 0) {
		struct ucred own = { sys_getpid(), 7, GROUP_OF(7) };
		long result = send_byte(ends[1], message->given ? &own : NULL);
		REQUIRE_OK(result);
		struct ucred seen = receive_credentials(ends[1]);
		EXPECT_EQ(seen.uid, 7);
		EXPECT_EQ(seen.gid, GROUP_OF(7));
		leave(0);
	}
	REQUIRE_GT(member, 0);
	struct ucred seen = receive_credentials(ends[0]);
	EXPECT_EQ(seen.pid, member);
	EXPECT_EQ(seen.uid, uid);
	EXPECT_EQ(seen.gid, gid);
	struct ucred own = { sys_getpid(), uid, gid };
	long result = send_byte(ends[0], message->given ? &own : NULL);
	REQUIRE_OK(result);
	EXPECT_EXITED(member, 0);
}

TEST(peer_credentials, .covers = "USERCAP-11", .features = FEATURES(USER_NS),
     .summary = "SO_PEERCRED gives the peer's IDs as they are in the caller's namespace")
{
	struct ucred seen = { 0 };
	socklen_t length = sizeof(seen);
	uid_t uid = getuid();
	gid_t gid = getgid();
	int ends[2];

	connect_pair(ends);
	long member = enter_as(&user_doors[USER_CLONE], 7);
	if (member == 0) {
		SETUP(getsockopt(ends[1], SOL_SOCKET, SO_PEERCRED, &seen, &length));
		EXPECT_EQ(seen.uid, 7);
		EXPECT_EQ(seen.gid, GROUP_OF(7));
		leave(0);
	}
	REQUIRE_GT(member, 0);
	SETUP(getsockopt(ends[0], SOL_SOCKET, SO_PEERCRED, &seen, &length));
	EXPECT_EQ(seen.uid, uid);
	EXPECT_EQ(seen.gid, gid);
	EXPECT_EXITED(member, 0);
}

/* ---- Signals ----------------------------------------------------------------------------------- */

TEST(end_of_child, .covers = "USERNS-47", .features = FEATURES(USER_NS), THROUGH(user_doors),
     .summary = "si_uid, of waitid and of SIGCHLD, is the child's user ID in the user namespace of its parent")
{
	const struct user_door *door = this_door();
	const sigset64 chld = SIGBIT(SIGCHLD);
	siginfo_t waited = { 0 }, sent = { 0 };

	SETUP(sys_sigprocmask(SIG_BLOCK, &chld, NULL));
	long member = enter_as(door, 7);
	if (member == 0)
		leave(3);
	REQUIRE_GT(member, 0);
	long result = waitid_for(P_PID, (int)member, &waited, WEXITED | WNOWAIT, NULL);
	EXPECT_OK(result);
	EXPECT_EQ(waited.si_uid, getuid());
	EXPECT_EQ(sys_sigpoll(chld, &sent), SIGCHLD);
	EXPECT_EQ(sent.si_pid, member);
	EXPECT_EQ(sent.si_uid, getuid());
	EXPECT_EXITED(member, 3);
}

TEST(sender, .covers = "USERCAP-08", .features = FEATURES(USER_NS),
     .summary = "si_uid of a signal is the sender's user ID in the user namespace of the receiver")
{
	const sigset64 user = SIGBIT(SIGUSR1);
	siginfo_t info = { 0 };

	SETUP(sys_sigprocmask(SIG_BLOCK, &user, NULL));
	long member = enter_as(&user_doors[USER_CLONE], 7);
	if (member == 0) {
		long result = checked_kill(sys_getppid(), SIGUSR1);
		EXPECT_OK(result);
		post(IS_MAPPED);
		await(SIGNAL_IS_SENT);
		EXPECT_EQ(sys_sigpoll(user, &info), SIGUSR1);
		EXPECT_EQ(info.si_uid, 7);
		leave(0);
	}
	REQUIRE_GT(member, 0);
	REQUIRE_TRUE(await_unless_dead(IS_MAPPED, (pid_t)member));
	EXPECT_EQ(sys_sigpoll(user, &info), SIGUSR1);
	EXPECT_EQ(info.si_pid, member);
	EXPECT_EQ(info.si_uid, getuid());
	long result = checked_kill((pid_t)member, SIGUSR1);
	EXPECT_OK(result);
	post(SIGNAL_IS_SENT);
	EXPECT_EXITED(member, 0);
}

/* ---- The files of a process that is not dumpable ----------------------------------------------- */

static void by_prctl(void)
{
	SETUP_RAW(sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}

static void by_setuid(void)
{
	uid_t other = getuid() / 2;
	char text[8];

	if (read_file("/proc/sys/fs/suid_dumpable", text, sizeof(text)) > 0 && text[0] == '1')
		SKIP(SKIP_SURROUNDINGS, "fs.suid_dumpable", "is 1");
	SETUP(setresuid(other, other, other));
}

static const struct way {
	struct case_head head;
	void (*lose_dumpability)(void);
} ways[] = {
	{ { "prctl", .features = FEATURES(NEEDS_OTHER_USER) }, by_prctl },
	{ { "setuid", .features = FEATURES(NEEDS_TWO_IDS), .caps = CAP(SETUID) }, by_setuid },
};

static bool all_doors_for_prctl(const void *row, const void *door)
{
	return row == &ways[0] || door == &user_doors[USER_CLONE];
}

TEST(not_dumpable, .covers = "USERNS-48", .features = FEATURES(USER_NS), CASES_NEEDING(ways), THROUGH(user_doors),
     .passes = all_doors_for_prctl,
     .summary = "the map files of a child are root's if its parent was not dumpable, and the parent's if it was")
{
	const struct way *way = this_case();
	const struct user_door *door = this_door();
	char path[64], line[32] = "0 ";
	struct stat st;

	if (geteuid() == 0)
		SKIP(SKIP_PRIVILEGE, "root", "the caller is root without capabilities, who owns root's files");
	way->lose_dumpability();
	append_number(line, sizeof(line), geteuid());
	append_text(line, sizeof(line), " 1");
	for (int dumpable = 0; dumpable < 2; dumpable++) {
		SETUP_RAW(dumpable ? sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) : 0);
		long member = door->enter(0);
		if (member == 0) {
			await(MEMBER_MAY_GO + (unsigned)dumpable); /* one event each, a post lasts */
			leave(0);
		}
		REQUIRE_GT(member, 0, dumpable);
		SETUP(stat(proc_path(path, sizeof(path), (pid_t)member, "uid_map"), &st));
		long result = write_map((pid_t)member, "uid_map", line);
		if (dumpable) {
			EXPECT_EQ(st.st_uid, geteuid(), dumpable);
			EXPECT_OK(result, dumpable);
		} else {
			/* Where root has no name it is shown as somebody who may be the test. */
			if (feature_expected(NEEDS_TWO_IDS))
				EXPECT_EQ(st.st_uid, 0, dumpable);
			EXPECT_FAILS(result, EACCES, dumpable);
		}
		post(MEMBER_MAY_GO + (unsigned)dumpable);
		EXPECT_EXITED(member, 0, dumpable);
	}
}
