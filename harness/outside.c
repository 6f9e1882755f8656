// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What only a process of the initial PID namespace can do: directly there, or from a pen by the process outside. */
#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cell.h"
#include "outside.h"

static bool is_outside(void)
{
	return namespace_of_self("pid") == INITIAL_PID_NS;
}

/* ---- The process outside ------------------------------------------------------------------------ */

socklen_t outside_address(struct sockaddr_un *address, uint64_t pid_namespace)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	/* Its first byte stays 0: the name of no file. */
	int length = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "forkcheck.pen.%llu",
			      (unsigned long long)pid_namespace);

	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

static int connect_outside(void)
{
	struct sockaddr_un address;
	socklen_t length = outside_address(&address, namespace_of_self("pid"));
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0 || !connect(fd, (const struct sockaddr *)&address, length))
		return fd;
	sys_close(fd);
	return -1;
}

const char *outside_out_of_reach(void)
{
	if (is_outside())
		return NULL;
	int fd = connect_outside();
	if (fd < 0)
		return "not in the initial PID namespace, nor is the runner";
	sys_close(fd);
	return NULL;
}

/* By one connection of the test and its children. */
static long ask(struct outside_request request, int fd)
{
	static int channel = -1;
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec part = { &request, sizeof(request) };
	const struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	long answer = -EPROTO;

	if (channel < 0)
		channel = (int)SETUP(connect_outside());
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	SETUP(sendmsg(channel, &message, MSG_NOSIGNAL));
	SETUP(recv(channel, &answer, sizeof(answer), 0));
	return answer;
}

/* ---- What is asked for --------------------------------------------------------------------------- */

long connector_send(int fd, int operation)
{
	const enum proc_cn_mcast_op told = (enum proc_cn_mcast_op)operation;
	union {
		struct nlmsghdr header;
		char bytes[NLMSG_SPACE(sizeof(struct cn_msg) + sizeof(told))];
	} packet = { .header = { .nlmsg_len = sizeof(packet), .nlmsg_type = NLMSG_DONE } };
	const struct cn_msg message = { .id = { CN_IDX_PROC, CN_VAL_PROC }, .len = sizeof(told) };
	char *data = NLMSG_DATA(&packet.header);

	memcpy(data, &message, sizeof(message));
	memcpy(data + sizeof(message), &told, sizeof(told));
	return send(fd, &packet, sizeof(packet), 0) < 0 ? -errno : 0;
}

void connector_tell(int fd, int operation)
{
	SETUP_RAW(is_outside() ? connector_send(fd, operation)
			       : ask((struct outside_request){ .operation = operation }, fd));
}

pid_t outside_number(pid_t pid, pid_t tid)
{
	if (is_outside())
		return tid;
	int pidfd = (int)SETUP_RAW(sys_pidfd_open(pid, 0));
	long number = SETUP_RAW(ask((struct outside_request){ .tid = tid }, pidfd));
	sys_close(pidfd);
	return (pid_t)number;
}
