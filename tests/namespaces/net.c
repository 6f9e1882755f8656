// SPDX-License-Identifier: GPL-2.0-only
/* Network namespaces. */
#include "forkcheck.h"

#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#define NET NEEDS(NEEDS_NET_NS)

static int new_socket(int domain, int type)
{
	return (int)SETUP(socket(domain, type | SOCK_CLOEXEC, 0));
}

static short flags_of(const char *device)
{
	struct ifreq request = { 0 };
	int fd = new_socket(AF_INET, SOCK_DGRAM);

	strncpy(request.ifr_name, device, IFNAMSIZ - 1);
	int r = ioctl(fd, SIOCGIFFLAGS, &request);
	close(fd);
	return r ? -1 : request.ifr_flags;
}

TEST(loopback_alone_and_down, .covers = "NETNS-01 NETNS-02", .caps = CAP(SYS_ADMIN), .features = NET,
     .summary = "a new network namespace has one device, the loopback, and that is down", CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	long child = CLONE_HERE(door->via, .flags = CLONE_NEWNET, .exit_signal = SIGCHLD);
	if (child == 0) {
		struct if_nameindex *list = if_nameindex();
		int devices = 0;
		SETUP(list ? 0 : -1);
		for (struct if_nameindex *one = list; one->if_index; one++) {
			/* Tunnel drivers that are compiled in make a fallback device in each namespace. */
			devices += !(flags_of(one->if_name) & IFF_NOARP) || !strcmp(one->if_name, "lo");
		}
		EXPECT_EQ(devices, 1);
		EXPECT_NE(flags_of("lo"), -1);
		EXPECT_EQ(flags_of("lo") & IFF_UP, 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
}

static struct sockaddr_un abstract_name(socklen_t *len)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	append_text(address.sun_path + 1, 64, "forkcheck.");
	append_number(address.sun_path + 1, 64, sys_getpid());
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(address.sun_path + 1));
	return address;
}

static const struct reach {
	const char *name;
	uint64_t flag;
	bool same;
} reaches[] = {
	{ "with", CLONE_NEWNET, false },
	{ "without", 0, true },
};

TEST(abstract_names, .covers = "NETNS-04 CLONE-NEWNET-02", .caps = CAP(SYS_ADMIN), .features = NET,
     .summary = "an abstract UNIX socket name is reachable and taken without CLONE_NEWNET, and not with it",
     CASES(reaches))
{
	const struct reach *row = this_case();
	socklen_t len;
	struct sockaddr_un address = abstract_name(&len);
	int listener = new_socket(AF_UNIX, SOCK_STREAM);

	SETUP(bind(listener, (struct sockaddr *)&address, len));
	SETUP(listen(listener, 1));
	long child = CLONE_HERE(VIA_CLONE, .flags = row->flag, .exit_signal = SIGCHLD);
	if (child == 0) {
		int client = new_socket(AF_UNIX, SOCK_STREAM), other = new_socket(AF_UNIX, SOCK_STREAM);
		if (row->same) {
			EXPECT_EQ(connect(client, (struct sockaddr *)&address, len), 0);
			EXPECT_ERRNO(bind(other, (struct sockaddr *)&address, len), EADDRINUSE);
		} else {
			EXPECT_ERRNO(connect(client, (struct sockaddr *)&address, len), ECONNREFUSED);
			EXPECT_EQ(bind(other, (struct sockaddr *)&address, len), 0);
		}
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
}

TEST(ports, .covers = "NETNS-03", .caps = CAP(SYS_ADMIN), .features = NET,
     .summary = "a port in use outside is free in a new network namespace, and taken without one", CASES(reaches))
{
	const struct reach *row = this_case();
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY) };
	socklen_t len = sizeof(address);
	int outside = new_socket(AF_INET, SOCK_DGRAM);

	SETUP(bind(outside, (struct sockaddr *)&address, len)); /* port 0: any that is free */
	SETUP(getsockname(outside, (struct sockaddr *)&address, &len));
	long child = CLONE_HERE(VIA_CLONE, .flags = row->flag, .exit_signal = SIGCHLD);
	if (child == 0) {
		int inside = new_socket(AF_INET, SOCK_DGRAM);
		if (row->same)
			EXPECT_ERRNO(bind(inside, (struct sockaddr *)&address, len), EADDRINUSE);
		else
			EXPECT_EQ(bind(inside, (struct sockaddr *)&address, len), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
}

TEST(socket_keeps_namespace, .covers = "NETNS-07", .caps = CAP(SYS_ADMIN), .features = NET,
     .summary = "a socket made before stays in the network namespace in which it was made")
{
	socklen_t len;
	struct sockaddr_un address = abstract_name(&len);
	int listener = new_socket(AF_UNIX, SOCK_STREAM);

	SETUP(bind(listener, (struct sockaddr *)&address, len));
	SETUP(listen(listener, 1));
	pid_t child = fork_helper();
	if (child == 0) {
		int before = new_socket(AF_UNIX, SOCK_STREAM);
		EXPECT_OK(sys_unshare(CLONE_NEWNET));
		int after = new_socket(AF_UNIX, SOCK_STREAM);
		EXPECT_ERRNO(connect(after, (struct sockaddr *)&address, len), ECONNREFUSED);
		EXPECT_EQ(connect(before, (struct sockaddr *)&address, len), 0);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

TEST(listings_follow_reader, .covers = "NETNS-05", .caps = CAP(SYS_ADMIN), .features = NET | NEEDS(NEEDS_PROC),
     .summary = "/proc/net shows the sockets of the reader's network namespace")
{
	char text[4096];
	socklen_t len;
	struct sockaddr_un address = abstract_name(&len);
	int listener = new_socket(AF_UNIX, SOCK_STREAM);

	SETUP(bind(listener, (struct sockaddr *)&address, len));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWNET, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_GT(read_file("/proc/net/unix", text, sizeof(text)), 0);
		EXPECT_TRUE(!strstr(text, address.sun_path + 1));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
}
