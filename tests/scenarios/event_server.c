// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A server that forks for each request and hears of connections and of its children's ends by one epoll. */
#include "forkcheck.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { REQUESTS = 6, FATAL = 3 /* the request that kills who serves it */ };

/* What all processes of a test tell. */
static struct counts {
	int served[REQUESTS];
} * counts;

/* ---- Sockets ------------------------------------------------------------------------------------ */

static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "server" };

static int listening(void)
{
	int fd = (int)SETUP(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	SETUP(bind(fd, (const struct sockaddr *)&address, sizeof(address)));
	SETUP(listen(fd, REQUESTS));
	return fd;
}

static int connected(void)
{
	int fd = (int)SETUP(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	SETUP(connect(fd, (const struct sockaddr *)&address, sizeof(address)));
	return fd;
}

struct answer {
	int request;
	pid_t server, child;
};

/* ---- The child for one request ------------------------------------------------------------------ */

static _Noreturn void serve(int connection)
{
	struct answer answer = { .request = -1, .server = sys_getppid(), .child = sys_getpid() };

	REQUIRE_EQ(sys_read(connection, &answer.request, sizeof(answer.request)), (long)sizeof(answer.request));
	REQUIRE_TRUE(answer.request >= 0 && answer.request < REQUESTS);
	__atomic_add_fetch(&counts->served[answer.request], 1, __ATOMIC_SEQ_CST);
	if (answer.request == FATAL)
		checked_kill(sys_getpid(), SIGKILL);
	EXPECT_EQ(sys_write(connection, &answer, sizeof(answer)), (long)sizeof(answer));
	leave(answer.request);
}

/* ---- The server --------------------------------------------------------------------------------- */

struct server {
	int listener, epoll;
	int signals; /* a signalfd; -1: ends are told by pidfds */
	int pidfds[REQUESTS];
	pid_t pids[REQUESTS]; /* of those that were made */
	int accepted, reaped;
	unsigned ended; /* by a bit, the requests whose child has exited */
	int killed;
};

static const struct way {
	struct case_head head;
	/* Makes a child and, where the way has one, a pidfd for it. */
	long (*create)(int *pidfd);
	bool by_signal;
} * way;

static void watch(const struct server *server, int fd, uint64_t what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = what };

	SETUP(epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event));
}

/* What an event is about: the listener, the signals, or from here on a pidfd. */
enum { ON_LISTENER, ON_SIGNALS, ON_PIDFD };

static void start(struct server *server)
{
	int n = server->accepted++, pidfd = -1;
	int connection = (int)SETUP(accept4(server->listener, NULL, NULL, SOCK_CLOEXEC));

	long child = way->create(&pidfd);
	if (child == 0)
		serve(connection);
	REQUIRE_GT(child, 0);
	SETUP_RAW(sys_close(connection));
	server->pids[n] = (pid_t)child;
	server->pidfds[n] = pidfd;
	if (!way->by_signal) {
		REQUIRE_GE(pidfd, 0);
		watch(server, pidfd, ON_PIDFD + (uint64_t)n);
	}
}

/* Notes how a child has ended. */
static void note_end(struct server *server, const siginfo_t *info)
{
	server->reaped++;
	EXPECT_EQ(info->si_signo, SIGCHLD);
	if (info->si_code == CLD_EXITED && info->si_status < REQUESTS) {
		EXPECT_EQ(server->ended & 1U << info->si_status, 0);
		server->ended |= 1U << info->si_status;
	} else {
		EXPECT_EQ(info->si_code, CLD_KILLED);
		EXPECT_EQ(info->si_status, SIGKILL);
		server->killed++;
	}
}

static void end_of(struct server *server, int n)
{
	siginfo_t info = { 0 };

	EXPECT_OK(waitid_for(P_PIDFD, server->pidfds[n], &info, WEXITED | WNOHANG, NULL));
	REQUIRE_EQ(info.si_pid, server->pids[n]);
	note_end(server, &info);
	/* A later child has a copy, which would keep it in the epoll: to close it is not enough. */
	SETUP(epoll_ctl(server->epoll, EPOLL_CTL_DEL, server->pidfds[n], NULL));
	SETUP_RAW(sys_close(server->pidfds[n]));
}

/* Signals don't queue: one may stand for many ends. */
static void ends_by_signal(struct server *server)
{
	struct signalfd_siginfo signal;

	SETUP_RAW(sys_read(server->signals, &signal, sizeof(signal)));
	EXPECT_EQ(signal.ssi_signo, SIGCHLD);
	for (;;) {
		siginfo_t info = { 0 };
		long r = waitid_for(P_ALL, 0, &info, WEXITED | WNOHANG, NULL);
		if (r || !info.si_pid)
			break;
		bool own = false;
		for (int n = 0; n < server->accepted; n++)
			own |= server->pids[n] == info.si_pid;
		EXPECT_TRUE(own);
		note_end(server, &info);
	}
}

static uint64_t open_descriptors(void)
{
	uint64_t open = 0;

	for (int fd = 0; fd < 64; fd++)
		open |= (uint64_t)(sys_fcntl(fd, F_GETFD, 0) >= 0) << fd;
	return open;
}

static void open_signals(struct server *server)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	SETUP(sigprocmask(SIG_BLOCK, &set, NULL));
	server->signals = (int)SETUP(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
	watch(server, server->signals, ON_SIGNALS);
}

static _Noreturn void run_server(int listener)
{
	struct server server = { .listener = listener, .signals = -1 };

	server.epoll = (int)SETUP(epoll_create1(EPOLL_CLOEXEC));
	watch(&server, listener, ON_LISTENER);
	if (way->by_signal)
		open_signals(&server);
	uint64_t before = open_descriptors();
	while (server.reaped < REQUESTS) {
		struct epoll_event event;
		/* Being frozen, or stopped, interrupts it. */
		int events = epoll_wait(server.epoll, &event, 1, -1);
		if (events < 0 && errno == EINTR)
			continue;
		SETUP(events);
		if (event.data.u64 == ON_LISTENER)
			start(&server);
		else if (event.data.u64 == ON_SIGNALS)
			ends_by_signal(&server);
		else
			end_of(&server, (int)(event.data.u64 - ON_PIDFD));
	}
	EXPECT_EQ(server.accepted, REQUESTS);
	EXPECT_EQ(server.ended, ((1U << REQUESTS) - 1) & ~(1U << FATAL));
	EXPECT_EQ(server.killed, 1);
	EXPECT_NO_CHILD();
	EXPECT_EQ(open_descriptors(), before);
	leave(0);
}

/* ---- The ways to make a child that is heard of --------------------------------------------------- */

static long by_clone(int *pidfd)
{
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = pidfd);
	return child;
}

static long by_clone3(int *pidfd)
{
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = pidfd);
	return child;
}

static long by_open(int *pidfd)
{
	long child = sys_fork();
	if (child > 0)
		*pidfd = (int)sys_pidfd_open((pid_t)child, 0);
	return child;
}

static long by_fork(int *pidfd)
{
	(void)pidfd;
	long child = sys_fork();
	return child;
}

#define BY_PIDFD "PIDFD-10 WAITID-05"

static const struct way ways[] = {
	{ { "clone", .covers = "CLONE-PIDFD-01 CLONE-PIDFD-04 " BY_PIDFD, .features = FEATURES(NEEDS_PIDFD) },
	  by_clone,
	  false },
	{ { "clone3", .covers = "CLONE-PIDFD-01 CLONE-PIDFD-03 " BY_PIDFD,
	    .features = FEATURES(NEEDS_PIDFD, NEEDS_CLONE3) },
	  by_clone3,
	  false },
	{ { "pidfd_open", .covers = BY_PIDFD, .features = FEATURES(NEEDS_PIDFD) }, by_open, false },
	{ { "signalfd", .covers = "EXIT-03 WAIT-08" }, by_fork, true },
};

/* ---- The client ---------------------------------------------------------------------------------- */

static void expect_answer(int connection, int request, pid_t server)
{
	struct answer answer = { .request = -1 };

	long got = sys_read(connection, &answer, sizeof(answer));
	if (request == FATAL) {
		EXPECT_EQ(got, 0);
		return;
	}
	EXPECT_EQ(got, (long)sizeof(answer));
	EXPECT_EQ(answer.request, request);
	EXPECT_EQ(answer.server, server);
	EXPECT_NE(answer.child, server);
	/* One answer, and then the end: nobody else has this connection. */
	EXPECT_EQ(sys_read(connection, &answer, sizeof(answer)), 0);
}

TEST(forks_on_demand, .covers = "FORK-037 EXIT-02 CLONE-FILES-06", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "each of many requests at a time is answered once by a child of its own, whose end the server hears of "
		"and reaps, also if it is killed; no descriptor is left",
     CASES_NEEDING(ways))
{
	int connections[REQUESTS], listener = listening();

	way = this_case();
	counts = shared(sizeof(*counts));
	pid_t server = fork_helper();
	if (server == 0)
		run_server(listener);
	for (int i = 0; i < REQUESTS; i++) {
		connections[i] = connected();
		SETUP(send(connections[i], &i, sizeof(i), MSG_NOSIGNAL));
	}
	SETUP_RAW(sys_close(listener));
	for (int i = 0; i < REQUESTS; i++)
		expect_answer(connections[i], i, server);
	EXPECT_EXITED(server, 0);
	for (int i = 0; i < REQUESTS; i++)
		EXPECT_EQ(counts->served[i], 1, i);
	EXPECT_NO_CHILD();
}
