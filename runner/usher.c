// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <dirent.h>
#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cell.h"
#include "outside.h"
#include "sweep.h"
#include "usher.h"

void usher_open(struct usher *usher, uint64_t pid_namespace)
{
	struct sockaddr_un address;
	socklen_t length = outside_address(&address, pid_namespace);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*usher = (struct usher){ .pid_namespace = pid_namespace, .door = fd, .guest = -1, .socket = -1 };
	if (fd < 0 || (!bind(fd, (const struct sockaddr *)&address, length) && !listen(fd, 8)))
		return;
	close(fd);
	usher->door = -1;
}

int usher_waits_for(const struct usher *usher)
{
	return usher->guest < 0 ? usher->door : usher->guest;
}

/* ---- Guests ------------------------------------------------------------------------------------- */

/* Nobody but processes of the pen itself. */
static void let_in(struct usher *usher)
{
	struct ucred peer = { 0 };
	socklen_t length = sizeof(peer);
	int fd = accept4(usher->door, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0 && !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) && peer.pid > 0 &&
	    pid_namespace_of(peer.pid) == usher->pid_namespace)
		usher->guest = fd;
	else if (fd >= 0)
		close(fd);
}

static void stop_listening(struct usher *usher)
{
	if (usher->socket < 0)
		return;
	connector_send(usher->socket, PROC_CN_MCAST_IGNORE);
	close(usher->socket);
	usher->socket = -1;
}

/* However it ends: the connector would go on telling, as it does not notice who has gone. */
static void see_off(struct usher *usher)
{
	stop_listening(usher);
	close(usher->guest);
	usher->guest = -1;
}

/* ---- What they ask for -------------------------------------------------------------------------- */

static bool is_connector(int fd)
{
	int domain = 0, protocol = 0;
	socklen_t length = sizeof(int);

	return !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) && domain == AF_NETLINK &&
	       !getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) && protocol == NETLINK_CONNECTOR;
}

/* Keeps the socket while it listens. */
static long tell_connector(struct usher *usher, int operation, int fd)
{
	if (!is_connector(fd))
		return -ENOTSOCK;
	stop_listening(usher);
	if (operation != PROC_CN_MCAST_LISTEN)
		return operation == PROC_CN_MCAST_IGNORE ? 0 : -EINVAL;
	long result = connector_send(fd, operation);
	usher->socket = result ? -1 : dup(fd);
	return result;
}

/* The number by which a thread is known to itself, the last one of "NSpid:". */
static long innermost_number(const char *status)
{
	char text[4096];

	if (read_file(status, text, sizeof(text)) <= 0)
		return -1;
	char *line = strstr(text, "\nNSpid:");
	if (!line)
		return -1;
	line[1 + strcspn(line + 1, "\n")] = 0;
	return strtol(strrchr(line, '\t') + 1, NULL, 10);
}

/* The number outside of the thread that the process of this pidfd calls `tid`. */
static long number_of(int pidfd, pid_t tid)
{
	char path[64], status[sizeof(path) + 280];
	struct dirent *entry;
	long found = -ESRCH;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	snprintf(path, sizeof(path), "/proc/%lld/task", proc_field(path, "Pid:", 10));
	DIR *dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		snprintf(status, sizeof(status), "%s/%s/status", path, entry->d_name);
		if (entry->d_name[0] != '.' && innermost_number(status) == tid)
			found = strtol(entry->d_name, NULL, 10);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void serve(struct usher *usher)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = { 0 };
	struct outside_request request;
	struct iovec part = { &request, sizeof(request) };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_LEN(sizeof(int))
	};
	int fd = -1;

	ssize_t length = recvmsg(usher->guest, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *head = length >= 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (head && head->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	if (length == (ssize_t)sizeof(request) && fd >= 0) {
		long answer = request.operation ? tell_connector(usher, request.operation, fd)
						: number_of(fd, request.tid);
		(void)!send(usher->guest, &answer, sizeof(answer), MSG_NOSIGNAL);
	} else if (length >= 0 || errno != EAGAIN) {
		see_off(usher);
	}
	if (fd >= 0)
		close(fd);
}

void usher_serve(struct usher *usher)
{
	if (usher->guest < 0)
		let_in(usher);
	else
		serve(usher);
}
