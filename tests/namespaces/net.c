// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Network namespaces. */
#include "namespaces.h"

#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#define NET NEEDS_NET_NS

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

TEST(loopback_alone_and_down, .covers = "NETNS-01 NETNS-02", .caps = CAP(SYS_ADMIN), .features = FEATURES(NET),
     .summary = "a new network namespace has one device, the loopback, and that is down", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

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
	EXPECT_EXITED(child, 0);
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
	struct case_head head;
	uint64_t flag;
	bool same;
} reaches[] = {
	{ { .name = "with" }, CLONE_NEWNET, false },
	{ { "without", .covers = "CLONE-NEWNET-02" }, 0, true },
};

TEST(abstract_names, .covers = "NETNS-04", .caps = CAP(SYS_ADMIN), .features = FEATURES(NET),
     .summary = "an abstract UNIX socket name is reachable and taken without CLONE_NEWNET, and not with it",
     CASES_NEEDING(reaches))
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
			EXPECT_RETURNS(connect(client, (struct sockaddr *)&address, len), 0);
			EXPECT_ERRNO(bind(other, (struct sockaddr *)&address, len), EADDRINUSE);
		} else {
			EXPECT_ERRNO(connect(client, (struct sockaddr *)&address, len), ECONNREFUSED);
			EXPECT_RETURNS(bind(other, (struct sockaddr *)&address, len), 0);
		}
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(ports, .covers = "NETNS-03", .caps = CAP(SYS_ADMIN), .features = FEATURES(NET),
     .summary = "a port in use outside is free in a new network namespace, and taken without one",
     CASES_NEEDING(reaches))
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
			EXPECT_RETURNS(bind(inside, (struct sockaddr *)&address, len), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(socket_keeps_namespace, .covers = "NETNS-07", .caps = CAP(SYS_ADMIN), .features = FEATURES(NET),
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
		EXPECT_RETURNS(connect(before, (struct sockaddr *)&address, len), 0);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

TEST(listings_follow_reader, .covers = "NETNS-05", .caps = CAP(SYS_ADMIN), .features = FEATURES(NET, NEEDS_PROC),
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
	EXPECT_EXITED(child, 0);
}

/* ---- Settings ----------------------------------------------------------------------------------- */

static const struct setting {
	const char *name;
	const char *file;
	int value;
} settings[] = {
	{ "somaxconn", "/proc/sys/net/core/somaxconn", 77 },
	{ "ip_default_ttl", "/proc/sys/net/ipv4/ip_default_ttl", 77 },
	{ "max_dgram_qlen", "/proc/sys/net/unix/max_dgram_qlen", 77 },
};

static int value_of(const char *file)
{
	char text[32];

	SETUP(read_file(file, text, sizeof(text)));
	return atoi(text);
}

enum { CHANGED, LOOKED };

TEST(settings_apart, .reaches = "the machine's network", .covers = "NETNS-06", .caps = CAP(SYS_ADMIN) | CAP(NET_ADMIN),
     .features = FEATURES(NET, NEEDS_PROC),
     .summary = "a setting below /proc/sys/net belongs to the network namespace, whichever side changes it",
     CASES(settings))
{
	const struct setting *row = this_case();
	int before;

	SETUP_RAW(sys_unshare(CLONE_NEWNET));
	before = value_of(row->file);
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWNET, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_OK(write_file(row->file, "77"));
		EXPECT_EQ(value_of(row->file), row->value);
		post(CHANGED);
		await(LOOKED);
		EXPECT_EQ(value_of(row->file), row->value);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(CHANGED, (pid_t)child);
	EXPECT_EQ(value_of(row->file), before);
	EXPECT_OK(write_file(row->file, "55"));
	EXPECT_EQ(value_of(row->file), 55);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

/* ---- Devices ------------------------------------------------------------------------------------ */

/* A request to rtnetlink, whose attributes are appended and nested. */
struct link_request {
	struct nlmsghdr head;
	struct ifinfomsg info;
	char space[256];
};

static struct rtattr *append(struct link_request *request, unsigned short type, const void *data, size_t size)
{
	struct rtattr *attribute = (struct rtattr *)((char *)request + NLMSG_ALIGN(request->head.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(attribute), data, size);
	request->head.nlmsg_len = NLMSG_ALIGN(request->head.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
	return attribute;
}

static void end_nest(const struct link_request *request, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)((const char *)request + request->head.nlmsg_len - (const char *)nest);
}

/* A pair of veth devices: one here, its peer in the network namespace of a process. */
static int make_veth(int netlink, const char *here, const char *there, pid_t pid)
{
	struct link_request request = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			  .nlmsg_type = RTM_NEWLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK },
	};
	struct ifinfomsg peer_info = { 0 };
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char space[512];
	} answer;

	append(&request, IFLA_IFNAME, here, strlen(here) + 1);
	struct rtattr *link = append(&request, IFLA_LINKINFO, NULL, 0);
	append(&request, IFLA_INFO_KIND, "veth", 5);
	struct rtattr *data = append(&request, IFLA_INFO_DATA, NULL, 0);
	struct rtattr *peer = append(&request, VETH_INFO_PEER, &peer_info, sizeof(peer_info));
	append(&request, IFLA_IFNAME, there, strlen(there) + 1);
	append(&request, IFLA_NET_NS_PID, &pid, sizeof(pid));
	end_nest(&request, peer);
	end_nest(&request, data);
	end_nest(&request, link);
	SETUP(send(netlink, &request, request.head.nlmsg_len, 0));
	SETUP(recv(netlink, &answer, sizeof(answer), 0));
	return answer.head.nlmsg_type == NLMSG_ERROR ? answer.error.error : -EPROTO;
}

/* Waits until the kernel tells that a device of this namespace is gone. */
static void await_device_gone(int monitor)
{
	struct nlmsghdr message[512];

	do
		SETUP(recv(monitor, message, sizeof(message), 0));
	while (message[0].nlmsg_type != RTM_DELLINK);
}

TEST(device_pair, .reaches = "the machine's network", .covers = "NETNS-08", .caps = CAP(SYS_ADMIN) | CAP(NET_ADMIN),
     .features = FEATURES(NET),
     .summary = "a veth device ends with its network namespace, and its peer elsewhere with it")
{
	struct sockaddr_nl links = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };

	if (configured_without("VETH") || (configured_as_module("VETH") && access("/sys/module/veth", F_OK)))
		SKIP(SKIP_CONFIG, "VETH", "not in the kernel, and its module is not loaded");
	SETUP_RAW(sys_unshare(CLONE_NEWNET));
	int netlink = (int)SETUP(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	int monitor = (int)SETUP(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWNET, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(CHANGED);
		EXPECT_GT(if_nametoindex("inside"), 0);
		EXPECT_EQ(if_nametoindex("outside"), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP_RAW(make_veth(netlink, "outside", "inside", (pid_t)child));
	SETUP(bind(monitor, (struct sockaddr *)&links, sizeof(links)));
	EXPECT_GT(if_nametoindex("outside"), 0);
	REQUIRE_EQ(if_nametoindex("inside"), 0);
	post(CHANGED);
	EXPECT_EXITED(child, 0);
	await_device_gone(monitor);
	EXPECT_EQ(if_nametoindex("outside"), 0);
}
