// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The process events connector: what it tells of fork, clone, exec, a new name, and exit. */
#include "forkcheck.h"
#include "outside.h"

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define LISTENING .init_caps = CAP(NET_ADMIN), .features = FEATURES(NEEDS_PROC_EVENTS, NEEDS_PIDFD), .alone = true

static int listener;

/* The next event of whichever process; waits for it. */
static struct proc_event next_event(void)
{
	union {
		struct nlmsghdr header;
		char bytes[1024];
	} packet;
	struct proc_event event = { 0 };

	long len = SETUP(recv(listener, &packet, sizeof(packet), 0));
	const char *data = (const char *)NLMSG_DATA(&packet.header) + sizeof(struct cn_msg);
	if (data + sizeof(event) > packet.bytes + len)
		BROKEN("a message that is too short for an event");
	memcpy(&event, data, sizeof(event));
	return event;
}

static void start_listening(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC };
	const int room = 4 << 20; /* the whole machine's events come, and none may be lost */

	listener = (int)SETUP(socket(PF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR));
	SETUP(setsockopt(listener, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)));
	SETUP(bind(listener, (const struct sockaddr *)&address, sizeof(address)));
	connector_tell(listener, PROC_CN_MCAST_LISTEN);
	for (;;) {
		struct proc_event event = next_event();
		if (event.what != PROC_EVENT_NONE)
			continue;
		REQUIRE_EQ(event.event_data.ack.err, 0);
		return;
	}
}

/* By which the events tell of a process. */
static pid_t number_of(pid_t pid)
{
	return outside_number(pid, pid);
}

/* All that was told of one process, until its exit. */
static struct history {
	struct proc_event event[16];
	int count;
} history;

static bool concerns(const struct proc_event *event, pid_t pid)
{
	switch ((unsigned)event->what) {
	case PROC_EVENT_FORK:
		return event->event_data.fork.child_tgid == pid;
	case PROC_EVENT_EXEC:
		return event->event_data.exec.process_tgid == pid;
	case PROC_EVENT_COMM:
		return event->event_data.comm.process_tgid == pid;
	case PROC_EVENT_EXIT:
		return event->event_data.exit.process_tgid == pid;
	}
	return false;
}

/* Reads until the exit of the process, which is dead already or will be, and stops listening. */
static void read_history(pid_t pid)
{
	for (;;) {
		struct proc_event event = next_event();
		if (!concerns(&event, pid))
			continue;
		if (history.count < (int)ARRAY_SIZE(history.event))
			history.event[history.count++] = event;
		if ((unsigned)event.what == PROC_EVENT_EXIT && event.event_data.exit.process_pid == pid)
			break;
	}
	connector_tell(listener, PROC_CN_MCAST_IGNORE);
}

/* The only event of this kind in the history; the test ends if there is none or if there are several. */
static const struct proc_event *the_only(unsigned what)
{
	const struct proc_event *found = NULL;
	int count = 0;

	for (int i = 0; i < history.count; i++) {
		if ((unsigned)history.event[i].what == what) {
			found = &history.event[i];
			count++;
		}
	}
	REQUIRE_EQ(count, 1);
	return found;
}

TEST(forks, .covers = "PROCEV-01", LISTENING,
     .summary = "a fork is reported once, as an event FORK with the IDs of parent and child", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	start_listening();
	long child = door->fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	const pid_t number = number_of((pid_t)child), own = number_of(sys_getpid());
	EXPECT_EXITED(child, 0);
	read_history(number);

	const struct proc_event *event = the_only(PROC_EVENT_FORK);
	EXPECT_EQ(event->event_data.fork.child_pid, number);
	EXPECT_EQ(event->event_data.fork.parent_pid, own);
	EXPECT_EQ(event->event_data.fork.parent_tgid, own);
}

enum { THREAD_MAY_END };

static int stay(void *arg)
{
	(void)arg;
	await(THREAD_MAY_END);
	return 0;
}

TEST(thread, .covers = "PROCEV-02", LISTENING,
     .summary = "a new thread is reported as an event FORK, with its own ID and that of its process",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct {
		pid_t process, thread;
	} *told = shared(sizeof(*told));
	int events = 0;

	start_listening();
	pid_t child = fork_helper();
	if (child == 0) {
		long thread = CLONE_CALL(door->via, new_stack(), stay, NULL, .flags = THREAD_FLAGS);
		REQUIRE_GT(thread, 0);
		told->process = number_of(sys_getpid());
		told->thread = outside_number(sys_getpid(), (pid_t)thread);
		post(THREAD_MAY_END);
		await_thread_gone((pid_t)thread);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	REQUIRE_GT(told->process, 0);
	REQUIRE_GT(told->thread, 0);
	EXPECT_NE(told->thread, told->process);
	read_history(told->process);

	for (int i = 0; i < history.count; i++) {
		const struct proc_event *event = &history.event[i];
		events += (unsigned)event->what == PROC_EVENT_FORK && event->event_data.fork.child_pid == told->thread;
	}
	EXPECT_EQ(events, 1);
}

TEST(exec_and_name, .covers = "PROCEV-03 PROCEV-04", LISTENING,
     .summary = "execve is reported as an event EXEC, a new name as an event COMM")
{
	const char name[16] = "called-so";

	start_listening();
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(prctl(PR_SET_NAME, name));
		leave((int)-execute_self(IMAGE_EXIT, 0));
	}
	const pid_t number = number_of(child);
	EXPECT_EXITED(child, 0);
	read_history(number);

	EXPECT_EQ(the_only(PROC_EVENT_EXEC)->event_data.exec.process_pid, number);
	const struct proc_event *comm = the_only(PROC_EVENT_COMM);
	EXPECT_EQ(comm->event_data.comm.process_pid, number);
	EXPECT_EQ(strncmp(comm->event_data.comm.comm, name, sizeof(name)), 0);
}

static const struct end {
	const char *name;
	int exit_signal, status, killed_by;
} ends[] = {
	{ "exit", SIGCHLD, 3, 0 },
	{ "killed", SIGCHLD, 0, SIGTERM },
	{ "other_signal", SIGURG, 3, 0 },
};

TEST(exits, .covers = "PROCEV-05", LISTENING,
     .summary = "the end of a process is reported as an event EXIT, with its wait status and its exit signal",
     CASES(ends))
{
	const struct end *row = this_case();
	int status = -1;

	start_listening();
	long child = CLONE_HERE(VIA_CLONE, .exit_signal = row->exit_signal);
	if (child == 0) {
		if (row->killed_by)
			SETUP(checked_kill(sys_getpid(), row->killed_by));
		leave(row->status);
	}
	REQUIRE_GT(child, 0);
	const pid_t number = number_of((pid_t)child);
	EXPECT_EQ(checked_wait((pid_t)child, &status, __WALL), child);
	read_history(number);

	const struct proc_event *event = the_only(PROC_EVENT_EXIT);
	EXPECT_EQ(event->event_data.exit.process_pid, number);
	EXPECT_EQ((int)event->event_data.exit.exit_code, W_EXITCODE(row->status, row->killed_by));
	EXPECT_EQ((int)event->event_data.exit.exit_code, status);
	EXPECT_EQ((int)event->event_data.exit.exit_signal, row->exit_signal);
}
