// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* PIDs that cross between PID namespaces as credentials of UNIX sockets. */
#include "powers.h"

#include <string.h>
#include <sys/socket.h>

#define PID_NS NEEDS_PID_NS, NEEDS_PROC

enum { SENT, RECEIVED };

static void make_pair(int *ends)
{
	const int on = 1;

	SETUP(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	for (int i = 0; i < 2; i++)
		SETUP(setsockopt(ends[i], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
}

union credentials_message {
	char room[CMSG_SPACE(sizeof(struct ucred))];
	struct cmsghdr header;
};

/* Sends a byte; claims this PID unless it is 0. Returns 1 or -errno. */
static long send_byte(int fd, pid_t claimed)
{
	const struct ucred credentials = { claimed, geteuid(), getegid() };
	union credentials_message control = { .header = { .cmsg_len = CMSG_LEN(sizeof(credentials)),
							  .cmsg_level = SOL_SOCKET,
							  .cmsg_type = SCM_CREDENTIALS } };
	struct iovec vec = { "x", 1 };
	struct msghdr message = { .msg_iov = &vec, .msg_iovlen = 1 };

	if (claimed) {
		memcpy(CMSG_DATA(&control.header), &credentials, sizeof(credentials));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	long sent = sendmsg(fd, &message, MSG_NOSIGNAL);
	return sent < 0 ? -errno : sent;
}

/* The sender's PID as the kernel tells it with the next message, which must be there; -1 where it tells none. */
static pid_t receive(int fd)
{
	struct ucred credentials = { .pid = -1 };
	union credentials_message control;
	char byte;
	struct iovec vec = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &vec, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};

	if (recvmsg(fd, &message, MSG_DONTWAIT) != 1)
		return -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS)
			memcpy(&credentials, CMSG_DATA(c), sizeof(credentials));
	return credentials.pid;
}

/* ---- The sender's own PID --------------------------------------------------------------------------- */

static const struct statement {
	struct case_head head;
	bool claims; /* or the kernel adds the sender's credentials */
} statements[] = {
	{ { .name = "added" }, false },
	{ { .name = "claimed" }, true },
};

static pid_t claim(const struct statement *row)
{
	return row->claims ? sys_getpid() : 0;
}

/* In a new user namespace, if there is one: with IDs, which a claim must have. */
static void be_somebody(const struct power *power, uid_t uid, gid_t gid)
{
	REQUIRE_EQ(sys_getpid(), 1);
	if (power->flags & CLONE_NEWUSER)
		SETUP(map_user_namespace(0, 1, 1, uid, gid));
}

TEST(upwards, .covers = "PIDNS-38", .features = FEATURES(PID_NS),
     .summary = "outside, the PID in a message from inside a PID namespace is the sender's number outside",
     CASES_NEEDING(powers), THROUGH(statements))
{
	const struct power *power = this_case();
	const struct statement *row = this_door();
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int ends[2];

	make_pair(ends);
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | power->flags, .exit_signal = SIGCHLD);
	if (init == 0) {
		be_somebody(power, uid, gid);
		EXPECT_EQ(send_byte(ends[1], claim(row)), 1);
		EXPECT_EQ(send_byte(ends[0], claim(row)), 1);
		EXPECT_EQ(receive(ends[1]), 1);
		post(SENT);
		await(RECEIVED);
		leave(0);
	}
	REQUIRE_GT(init, 1);
	REQUIRE_TRUE(await_unless_dead(SENT, (pid_t)init));
	EXPECT_EQ(receive(ends[0]), init);
	post(RECEIVED);
	EXPECT_EXITED(init, 0);
}

TEST(downwards, .covers = "PIDNS-39", .features = FEATURES(PID_NS),
     .summary = "inside a PID namespace, the PID in a message from outside is 0", CASES_NEEDING(powers),
     THROUGH(statements))
{
	const struct power *power = this_case();
	const struct statement *row = this_door();
	int ends[2];

	make_pair(ends);
	EXPECT_EQ(send_byte(ends[1], claim(row)), 1);
	EXPECT_EQ(send_byte(ends[1], claim(row)), 1);
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | power->flags, .exit_signal = SIGCHLD);
	if (init == 0) {
		EXPECT_EQ(receive(ends[0]), 0);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
	EXPECT_EQ(receive(ends[0]), sys_getpid());
}

TEST(sideways, .covers = "PIDNS-39", .features = FEATURES(PID_NS), .caps = CAP(SYS_ADMIN),
     .summary = "the PID in a message from a sibling of one's PID namespace is 0", CASES(statements))
{
	const struct statement *row = this_case();
	int ends[2];

	make_pair(ends);
	long sender = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (sender == 0) {
		EXPECT_EQ(send_byte(ends[1], claim(row)), 1);
		EXPECT_EQ(send_byte(ends[1], claim(row)), 1);
		post(SENT);
		await(RECEIVED);
		leave(0);
	}
	REQUIRE_GT(sender, 0);
	REQUIRE_TRUE(await_unless_dead(SENT, (pid_t)sender));
	long receiver = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (receiver == 0) {
		EXPECT_EQ(receive(ends[0]), 0);
		leave(0);
	}
	REQUIRE_GT(receiver, 0);
	EXPECT_EXITED(receiver, 0);
	EXPECT_EQ(receive(ends[0]), sender);
	post(RECEIVED);
	EXPECT_EXITED(sender, 0);
}

/* ---- Another's PID --------------------------------------------------------------------------------- */

static const struct claimant {
	const char *name;
	uint64_t keeps;
	bool elsewhere; /* in a user namespace below the owner of the PID namespace */
	int error;
} claimants[] = {
	{ "sys_admin", CAP(SYS_ADMIN), false, 0 },
	{ "all_but_sys_admin", ~CAP(SYS_ADMIN), false, EPERM },
	{ "all_elsewhere", ~(uint64_t)0, true, EPERM },
};

static void claim_to_be_init(const struct claimant *claimant, int fd)
{
	if (claimant->elsewhere) {
		uid_t uid = geteuid();
		gid_t gid = getegid();
		SETUP(sys_unshare(CLONE_NEWUSER));
		SETUP(map_user_namespace(0, 2, 2, uid, gid));
	}
	set_capabilities(effective_capabilities() & claimant->keeps);
	EXPECT_EQ(send_byte(fd, sys_getpid()), 1);
	long result = send_byte(fd, 1);
	EXPECT_EQ(result, claimant->error ? -claimant->error : 1);
}

TEST(named_by_another, .covers = "PIDNS-50 PIDNS-51", .features = FEATURES(PID_NS, NEEDS_USER_NS),
     .summary = "with CAP_SYS_ADMIN, and not without, a sender may name another's PID, which is translated too",
     CASES(claimants))
{
	const struct claimant *claimant = this_case();
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int ends[2];

	make_pair(ends);
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (init == 0) {
		be_somebody(&powers[1], uid, gid);
		pid_t member = fork_helper();
		if (member == 0) {
			claim_to_be_init(claimant, ends[1]);
			post(SENT);
			await(RECEIVED);
			leave(0);
		}
		EXPECT_EXITED(member, 0);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	REQUIRE_TRUE(await_unless_dead(SENT, (pid_t)init));
	pid_t member_here = receive(ends[0]);
	EXPECT_GT(member_here, 0);
	EXPECT_NE(member_here, init);
	EXPECT_EQ(receive(ends[0]), claimant->error ? -1 : init);
	post(RECEIVED);
	EXPECT_EXITED(init, 0);
}

/* ---- The peer of a socket --------------------------------------------------------------------------- */

static pid_t peer_of(int fd)
{
	struct ucred peer = { .pid = -1 };
	socklen_t length = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) ? -1 : peer.pid;
}

TEST(peer, .covers = "PIDNS-52", .features = FEATURES(PID_NS),
     .summary = "SO_PEERCRED gives the peer's PID in the caller's namespace, 0 where it has none there",
     CASES_NEEDING(powers))
{
	const struct power *power = this_case();
	int made_outside[2], *made_inside = shared(2 * sizeof(*made_inside));

	make_pair(made_outside);
	EXPECT_EQ(peer_of(made_outside[0]), sys_getpid());
	/* With one table of descriptors. */
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | CLONE_FILES | power->flags, .exit_signal = SIGCHLD);
	if (init == 0) {
		EXPECT_EQ(peer_of(made_outside[0]), 0);
		make_pair(made_inside);
		EXPECT_EQ(peer_of(made_inside[0]), 1);
		post(SENT);
		await(RECEIVED);
		leave(0);
	}
	REQUIRE_GT(init, 1);
	REQUIRE_TRUE(await_unless_dead(SENT, (pid_t)init));
	EXPECT_EQ(peer_of(made_inside[0]), init);
	post(RECEIVED);
	EXPECT_EXITED(init, 0);
}
