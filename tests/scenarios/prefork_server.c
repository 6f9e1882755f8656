// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A server whose master forks workers in advance: they accept in turn, are replaced if they die, and end gracefully. */
#include "forkcheck.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { ALL_TOLD }; /* events */
enum { WORKERS = 3, CLIENTS = 3, REQUESTS = 12 /* of all clients together */ };

/* ---- Sockets ------------------------------------------------------------------------------------- */

static union {
	struct sockaddr any;
	struct sockaddr_un un;
	struct sockaddr_in in;
} address;

static const struct transport {
	struct case_head head;
	int domain;
	socklen_t length;
	const struct fork_door *door;
} * transport;

static const struct transport transports[] = {
	{ { "unix", .features = FEATURES(NEEDS_WORKDIR) }, AF_UNIX, sizeof(struct sockaddr_un), &fork_doors[0] },
	{ { "unix_clone3", .features = FEATURES(NEEDS_WORKDIR, NEEDS_CLONE3) },
	  AF_UNIX,
	  sizeof(struct sockaddr_un),
	  &fork_doors[3] },
	{ { "tcp", .caps = CAP(SYS_ADMIN) | CAP(NET_ADMIN), .features = FEATURES(NEEDS_NET_NS) },
	  AF_INET,
	  sizeof(struct sockaddr_in),
	  &fork_doors[0] },
};

static int new_socket(int flags)
{
	return (int)SETUP(socket(transport->domain, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
}

/* A network of its own, so that no other program meets this one at a port. */
static void make_network(void)
{
	struct ifreq lo = { .ifr_name = "lo" };

	SETUP_RAW(sys_unshare(CLONE_NEWNET));
	int fd = new_socket(0);
	SETUP(ioctl(fd, SIOCGIFFLAGS, &lo));
	if (!(lo.ifr_flags & IFF_UP)) {
		lo.ifr_flags |= IFF_UP;
		SETUP(ioctl(fd, SIOCSIFFLAGS, &lo));
	}
	SETUP_RAW(sys_close(fd));
}

static int listening(void)
{
	if (transport->domain == AF_INET) {
		make_network();
		address.in = (struct sockaddr_in){ .sin_family = AF_INET,
						   .sin_port = htons(4000),
						   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	} else {
		address.un = (struct sockaddr_un){ .sun_family = AF_UNIX, .sun_path = "server" };
	}
	int fd = new_socket(SOCK_NONBLOCK);
	SETUP(bind(fd, &address.any, transport->length));
	SETUP(listen(fd, 16));
	return fd;
}

static int connected(void)
{
	int fd = new_socket(0);

	REQUIRE_RETURNS(connect(fd, &address.any, transport->length), 0);
	return fd;
}

/* ---- A worker ------------------------------------------------------------------------------------- */

/* A request has two halves: after the first the worker tells who it is, after the second it answers. */
struct message {
	int request;
	pid_t worker;
};

static struct counts {
	int served[REQUESTS + WORKERS + 1];
	int workers, replaced;
} * counts;

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static void serve(int connection)
{
	struct message message = { .request = -1 }, more;

	if (sys_read(connection, &message, sizeof(message)) != (long)sizeof(message))
		return;
	message.worker = sys_getpid();
	EXPECT_EQ(sys_write(connection, &message, sizeof(message)), (long)sizeof(message));
	if (sys_read(connection, &more, sizeof(more)) != (long)sizeof(more))
		return;
	__atomic_add_fetch(&counts->served[message.request], 1, __ATOMIC_SEQ_CST);
	EXPECT_EQ(sys_write(connection, &message, sizeof(message)), (long)sizeof(message));
}

/* SIGTERM is open only where the worker waits for the next connection: no request is dropped. */
static _Noreturn void work(int listener, pid_t master)
{
	const sigset64 none = 0;

	EXPECT_EQ(sys_getppid(), master);
	while (!stop) {
		struct pollfd ready = { .fd = listener, .events = POLLIN };
		SYSCALL5(SYS_ppoll, &ready, 1, NULL, &none, sizeof(none));
		if (stop)
			break;
		int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (connection < 0)
			continue; /* another was faster */
		serve(connection);
		SETUP_RAW(sys_close(connection));
	}
	leave(7);
}

/* ---- The master ------------------------------------------------------------------------------------ */

static pid_t start_worker(int listener)
{
	pid_t master = sys_getpid();

	long child = transport->door->fork();
	if (child == 0)
		work(listener, master);
	REQUIRE_GT(child, 0);
	counts->workers++;
	return (pid_t)child;
}

/* Replaces the workers that have ended. */
static void reap_workers(pid_t *workers, int listener)
{
	for (;;) {
		int status = 0, n = 0;
		long pid = wait_for(-1, &status, WNOHANG, NULL);
		if (pid <= 0)
			break;
		while (n < WORKERS && workers[n] != pid)
			n++;
		REQUIRE_LT(n, WORKERS);
		EXPECT_EQ(status, W_EXITCODE(0, SIGKILL));
		counts->replaced++;
		workers[n] = start_worker(listener);
	}
}

static _Noreturn void run_master(int listener)
{
	const struct sigaction action = { .sa_handler = on_term };
	pid_t workers[WORKERS];
	siginfo_t info = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	SETUP(sigprocmask(SIG_BLOCK, &set, NULL));
	SETUP(sigaction(SIGTERM, &action, NULL));
	for (int i = 0; i < WORKERS; i++)
		workers[i] = start_worker(listener);
	while (info.si_signo != SIGTERM) {
		SETUP(sigwaitinfo(&set, &info));
		if (info.si_signo == SIGCHLD)
			reap_workers(workers, listener);
	}
	for (int i = 0; i < WORKERS; i++)
		EXPECT_OK(checked_kill(workers[i], SIGTERM), i);
	post(ALL_TOLD);
	for (int i = 0; i < WORKERS; i++)
		EXPECT_EXITED(workers[i], 7, i);
	EXPECT_NO_CHILD();
	leave(8);
}

/* ---- Clients ---------------------------------------------------------------------------------------- */

/* Sends half of a request; returns the worker that has it. */
static pid_t begin(int connection, int request)
{
	struct message message = { .request = request };

	EXPECT_RETURNS(send(connection, &message, sizeof(message), MSG_NOSIGNAL), (long)sizeof(message));
	message.request = -1;
	REQUIRE_EQ(sys_read(connection, &message, sizeof(message)), (long)sizeof(message));
	EXPECT_EQ(message.request, request);
	REQUIRE_GT(message.worker, 0);
	return message.worker;
}

/* Sends the other half: one answer by the same worker, and the end. */
static void finish(int connection, int request, pid_t worker)
{
	struct message message = { .request = request };

	EXPECT_RETURNS(send(connection, &message, sizeof(message), MSG_NOSIGNAL), (long)sizeof(message));
	EXPECT_EQ(sys_read(connection, &message, sizeof(message)), (long)sizeof(message));
	EXPECT_EQ(message.request, request);
	EXPECT_EQ(message.worker, worker);
	EXPECT_EQ(sys_read(connection, &message, sizeof(message)), 0);
	SETUP_RAW(sys_close(connection));
}

static void run_clients(void)
{
	pid_t clients[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = fork_helper();
		if (clients[i])
			continue;
		for (int request = i; request < REQUESTS; request += CLIENTS) {
			int connection = connected();
			finish(connection, request, begin(connection, request));
		}
		leave(0);
	}
	for (int i = 0; i < CLIENTS; i++)
		EXPECT_EXITED(clients[i], 0, i);
}

/* Keeps each worker busy, and kills one: the next connection can only be for the one that replaces it. */
static void replace_worker(void)
{
	int connections[WORKERS], request = REQUESTS;
	pid_t workers[WORKERS];
	char byte;

	for (int i = 0; i < WORKERS; i++) {
		connections[i] = connected();
		workers[i] = begin(connections[i], request + i);
		for (int j = 0; j < i; j++)
			EXPECT_NE(workers[i], workers[j], j);
	}
	EXPECT_OK(checked_kill(workers[0], SIGKILL));
	EXPECT_LE(sys_read(connections[0], &byte, 1), 0);
	SETUP_RAW(sys_close(connections[0]));
	connections[0] = connected();
	pid_t replacement = begin(connections[0], request);
	for (int i = 0; i < WORKERS; i++)
		EXPECT_NE(replacement, workers[i], i);
	finish(connections[0], request, replacement);
	for (int i = 1; i < WORKERS; i++)
		finish(connections[i], request + i, workers[i]);
}

TEST(each_answered_once, .covers = "FORK-013 FORK-037 INH-SIG-01 POSIX-013 WAIT-08 WAIT-15 EXIT-02 EXIT-03",
     .features = FEATURES(NEEDS_PROC),
     .summary =
	     "workers that were forked in advance answer each request once, one that is killed is replaced, and when "
	     "the master is told to end they finish what they have, and none is left",
     CASES_NEEDING(transports))
{
	int last = REQUESTS + WORKERS;

	transport = this_case();
	counts = shared(sizeof(*counts));
	int listener = listening();
	pid_t master = fork_helper();
	if (master == 0)
		run_master(listener);
	SETUP_RAW(sys_close(listener));
	run_clients();
	replace_worker();
	/* Told to end while a request is under way: it is answered none the less. */
	int connection = connected();
	pid_t worker = begin(connection, last);
	EXPECT_OK(checked_kill(master, SIGTERM));
	await_unless_dead(ALL_TOLD, master);
	finish(connection, last, worker);
	EXPECT_EXITED(master, 8);
	EXPECT_EQ(counts->workers, WORKERS + 1);
	EXPECT_EQ(counts->replaced, 1);
	for (int i = 0; i <= last; i++)
		EXPECT_EQ(counts->served[i], 1, i);
	EXPECT_NO_CHILD();
}
