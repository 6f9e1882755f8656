// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Tests that ask the process outside the pen for what it does not do. It goes on, for the next that asks. */
#include "forkcheck.h"
#include "outside.h"

#include <linux/cn_proc.h>
#include <linux/netlink.h>
#include <errno.h>
#include <sys/socket.h>

#define IN_A_PEN .init_caps = CAP(NET_ADMIN), .features = FEATURES(NEEDS_PROC_EVENTS, NEEDS_PIDFD)

static uint64_t pen(void)
{
	const uint64_t pid_namespace = namespace_of_self("pid");

	if (pid_namespace == INITIAL_PID_NS)
		SKIP(SKIP_SURROUNDINGS, "pen", "none is around the test");
	return pid_namespace;
}

static int guest(uint64_t pid_namespace)
{
	struct sockaddr_un address;
	socklen_t length = outside_address(&address, pid_namespace);
	int fd = (int)SETUP(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));

	SETUP(connect(fd, (const struct sockaddr *)&address, length));
	return fd;
}

static long ask(int channel, struct outside_request request, int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec part = { &request, sizeof(request) };
	const struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	long answer = 0;

	*(int *)CMSG_DATA(&control.head) = fd;
	SETUP(sendmsg(channel, &message, MSG_NOSIGNAL));
	EXPECT_EQ(recv(channel, &answer, sizeof(answer), 0), (ssize_t)sizeof(answer));
	return answer;
}

TEST(sends_rubbish, IN_A_PEN)
{
	char bytes[100] = "rubbish";
	int fd = guest(pen());

	SETUP(send(fd, bytes, sizeof(bytes), 0));
	EXPECT_EQ(recv(fd, bytes, sizeof(bytes), 0), 0); /* it hangs up */
	EXPECT_GT(outside_number(sys_getpid(), sys_getpid()), 1);
}

TEST(sends_other_descriptors, IN_A_PEN)
{
	int fd = guest(pen());

	EXPECT_EQ(ask(fd, (struct outside_request){ .operation = PROC_CN_MCAST_LISTEN }, fd), -ENOTSOCK);
	EXPECT_EQ(ask(fd, (struct outside_request){ .operation = PROC_CN_MCAST_LISTEN }, FD_RECORDS), -ENOTSOCK);
	EXPECT_EQ(ask(fd, (struct outside_request){ .tid = sys_getpid() }, fd), -ESRCH);
	SETUP(close(fd));
	EXPECT_GT(outside_number(sys_getpid(), sys_getpid()), 1);
}

/* It is no process of the pen's own namespace. */
TEST(asks_from_further_in, IN_A_PEN, .caps = CAP(SYS_ADMIN))
{
	const uint64_t outer = pen();
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);

	if (child == 0) {
		char byte = 0;
		EXPECT_EQ(recv(guest(outer), &byte, sizeof(byte), 0), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* Listens, and is gone. */
TEST(leaves_without_a_word, IN_A_PEN)
{
	int fd = (int)SETUP(socket(PF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR));

	EXPECT_GE(fd, 0);
	connector_tell(fd, PROC_CN_MCAST_LISTEN);
}
