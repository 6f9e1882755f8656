// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Other ways to a pidfd than clone and pidfd_open: file handles and UNIX sockets; and how pidfds are told apart. */
#include "forkcheck.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define PIDFD NEEDS_PIDFD, NEEDS_PROC

/* What some supported C libraries' headers lack. */
#ifndef SO_PEERPIDFD
#define SO_PASSPIDFD 76
#define SO_PEERPIDFD 77
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif

enum { MAY_END, PEER_IS_UP };

static int open_pidfd(pid_t pid)
{
	return (int)SETUP(sys_pidfd_open(pid, 0));
}

/* The process that a pidfd is of, as fdinfo has it; -1: none any more. */
static long long process_of(int pidfd)
{
	char path[64] = "/proc/self/fdinfo/";

	append_number(path, sizeof(path), pidfd);
	return proc_field(path, "Pid:", 10);
}

/* ---- Inodes ---------------------------------------------------------------------------------------- */

static uint64_t inode_of(int fd)
{
	struct stat st;

	SETUP(fstat(fd, &st));
	return st.st_ino;
}

TEST(inode, .covers = "PIDFS-01", .features = FEATURES(PIDFD),
     .summary =
	     "all pidfds of a process have one inode, which neither another process nor a later one of the same PID has")
{
	pid_t child = start_child(MAY_END, 0), other = start_child(MAY_END, 0);
	int first = open_pidfd(child);

	EXPECT_EQ(inode_of(open_pidfd(child)), inode_of(first));
	EXPECT_NE(inode_of(open_pidfd(other)), inode_of(first));
	EXPECT_NE(inode_of(open_pidfd(sys_getpid())), inode_of(first));
	uint64_t before = inode_of(first);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
	EXPECT_EXITED(other, 0);
	EXPECT_EQ(inode_of(first), before);
	pid_t later = start_child(MAY_END, 0);
	EXPECT_NE(inode_of(open_pidfd(later)), before);
	EXPECT_EXITED(later, 0);
}

TEST(inode_of_reused_pid, .covers = "PIDFS-01",
     .features = FEATURES(PIDFD, NEEDS_CLONE3, NEEDS_CHECKPOINT_RESTORE, NEEDS_PID_NS), .caps = CAP(SYS_ADMIN),
     .summary = "a process that gets the PID of one that has been reaped has another inode")
{
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		const pid_t pid = 5;
		uint64_t inodes[2];
		for (size_t i = 0; i < ARRAY_SIZE(inodes); i++) {
			long child = CLONE_HERE(VIA_CLONE3, .set_tid = &pid, .set_tid_size = 1, .exit_signal = SIGCHLD);
			if (child == 0) {
				await(MAY_END + i);
				leave(0);
			}
			REQUIRE_EQ(child, pid, i);
			inodes[i] = inode_of(open_pidfd(pid));
			post(MAY_END + (unsigned)i);
			EXPECT_EXITED(child, 0, i);
		}
		EXPECT_NE(inodes[0], inodes[1]);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

/* ---- File handles ---------------------------------------------------------------------------------- */

struct handle {
	struct file_handle head;
	char room[MAX_HANDLE_SZ];
};

static struct handle handle_of(int pidfd)
{
	struct handle handle = { .head.handle_bytes = sizeof(handle.room) };
	int mount;

	long result = SYSCALL5(SYS_name_to_handle_at, pidfd, "", &handle, &mount, AT_EMPTY_PATH);
	REQUIRE_OK(result);
	return handle;
}

static long open_handle(int where, struct handle *handle)
{
	return SYSCALL3(SYS_open_by_handle_at, where, handle, O_CLOEXEC);
}

TEST(handle, .covers = "PIDFS-02 PIDFS-03", .features = FEATURES(PIDFD),
     .summary =
	     "the file handle of a pidfd opens another pidfd of the process while the process exists, then gives ESRCH")
{
	pid_t child = start_child(MAY_END, 0), other = start_child(MAY_END, 0);
	int pidfd = open_pidfd(child), own = open_pidfd(sys_getpid());
	struct handle handle = handle_of(pidfd);

	long opened = open_handle(own, &handle);
	REQUIRE_OK(opened);
	EXPECT_EQ(process_of((int)opened), child);
	EXPECT_EQ(inode_of((int)opened), inode_of(pidfd));
	EXPECT_OK(sys_pidfd_send_signal((int)opened, 0, NULL, 0));
	struct handle of_other = handle_of(open_pidfd(other));
	long opened_other = open_handle(own, &of_other);
	REQUIRE_OK(opened_other);
	EXPECT_EQ(process_of((int)opened_other), other);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
	EXPECT_EXITED(other, 0);
	long late = open_handle(own, &handle);
	EXPECT_TRUE(late == -ESRCH || late == -ESTALE);
}

/* ---- Sockets --------------------------------------------------------------------------------------- */

static int peer_of(int fd)
{
	int pidfd = -1;
	socklen_t length = sizeof(pidfd);

	long result = SYSCALL5(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &length);
	REQUIRE_OK(result);
	return pidfd;
}

TEST(peer, .covers = "PIDFS-04", .features = FEATURES(PIDFD),
     .summary =
	     "SO_PEERPIDFD gives a pidfd of the process that made the pair, or connected, also to a process that inherited the socket")
{
	int ends[2];

	SETUP(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	EXPECT_EQ(process_of(peer_of(ends[1])), sys_getpid());
	pid_t child = fork_helper();
	if (child == 0) {
		int peer = peer_of(ends[0]);
		EXPECT_EQ(process_of(peer), sys_getppid());
		EXPECT_EQ(sys_fcntl(peer, F_GETFD, 0), FD_CLOEXEC);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

union pidfd_message {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr header;
};

/* The pidfd that comes with the next message; -1: none. */
static int receive_pidfd(int fd)
{
	union pidfd_message control;
	char byte;
	struct iovec vec = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &vec, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	int pidfd = -1;

	long received = SYSCALL3(SYS_recvmsg, fd, &message, 0);
	REQUIRE_EQ(received, 1);
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_PIDFD)
		memcpy(&pidfd, CMSG_DATA(head), sizeof(pidfd));
	return pidfd;
}

TEST(sender, .covers = "PIDFS-05", .features = FEATURES(PIDFD),
     .summary = "with SO_PASSPIDFD each message brings a pidfd of its sender, whoever made the socket")
{
	const int on = 1;
	int ends[2];

	SETUP(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	SETUP(setsockopt(ends[0], SOL_SOCKET, SO_PASSPIDFD, &on, sizeof(on)));
	SETUP_RAW(sys_write(ends[1], "x", 1));
	EXPECT_EQ(process_of(receive_pidfd(ends[0])), sys_getpid());
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP_RAW(sys_write(ends[1], "x", 1));
		post(PEER_IS_UP);
		await(MAY_END);
		leave(0);
	}
	EXPECT_EQ(process_of(receive_pidfd(ends[0])), child);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
}
