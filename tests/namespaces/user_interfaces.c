// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * Interfaces that hand out user and group IDs, over two levels of user namespaces: each who asks must get the ID by which
 * somebody is known in the asker's namespace, and the overflow ID where he is not known there.
 */
#include "forkcheck.h"

#include <mqueue.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

#define USER_NS NEEDS_USER_NS, NEEDS_PROC

enum { ACTED };

/* By which the test's own user and group are known between, and inside. */
enum { OUTER_ID = 5, INNER_ID = 7, OVERFLOW_ID = 65534 };

struct owner {
	unsigned user, group;
};

static int *object; /* what the innermost process has made */

/* The caller of semctl(2) defines it. */
union semun {
	int val;
	struct semid_ds *buf;
};

/* ---- Interfaces ------------------------------------------------------------------------------------ */

static void make_file(void)
{
	SETUP(sys_close((int)SETUP(sys_openat(AT_FDCWD, "file", O_CREAT | O_EXCL | O_WRONLY, 0600))));
}

static struct owner file_owner(void)
{
	struct stat st;

	SETUP(stat("file", &st));
	return (struct owner){ st.st_uid, st.st_gid };
}

static void make_semaphore(void)
{
	*object = SETUP(semget(IPC_PRIVATE, 1, 0600));
}

static struct ipc_perm semaphore_permissions(void)
{
	struct semid_ds ds;

	SETUP(semctl(*object, 0, IPC_STAT, (union semun){ .buf = &ds }));
	return ds.sem_perm;
}

static void remove_semaphore(void)
{
	SETUP(semctl(*object, 0, IPC_RMID));
}

static void make_segment(void)
{
	*object = SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
}

static struct ipc_perm segment_permissions(void)
{
	struct shmid_ds ds;

	SETUP(shmctl(*object, IPC_STAT, &ds));
	return ds.shm_perm;
}

static void remove_segment(void)
{
	SETUP(shmctl(*object, IPC_RMID, NULL));
}

static void make_queue(void)
{
	*object = SETUP(msgget(IPC_PRIVATE, 0600));
}

static struct ipc_perm queue_permissions(void)
{
	struct msqid_ds ds;

	SETUP(msgctl(*object, IPC_STAT, &ds));
	return ds.msg_perm;
}

static void remove_queue(void)
{
	SETUP(msgctl(*object, IPC_RMID, NULL));
}

#define OWNER_AND_CREATOR(of)                                                \
	static struct owner of##_owner(void)                                 \
	{                                                                    \
		const struct ipc_perm permissions = of##_permissions();      \
                                                                             \
		return (struct owner){ permissions.uid, permissions.gid };   \
	}                                                                    \
	static struct owner of##_creator(void)                               \
	{                                                                    \
		const struct ipc_perm permissions = of##_permissions();      \
                                                                             \
		return (struct owner){ permissions.cuid, permissions.cgid }; \
	}
OWNER_AND_CREATOR(semaphore)
OWNER_AND_CREATOR(segment)
OWNER_AND_CREATOR(queue)

static char mqueue_name[64] = "/forkcheck.";

static void make_mqueue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	mqd_t queue;

	SETUP(queue = mq_open(mqueue_name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	SETUP(mq_close(queue));
}

static struct owner mqueue_owner(void)
{
	struct stat st;
	mqd_t queue;

	SETUP(queue = mq_open(mqueue_name, O_RDONLY));
	SETUP(fstat(queue, &st));
	SETUP(mq_close(queue));
	return (struct owner){ st.st_uid, st.st_gid };
}

static void remove_mqueue(void)
{
	SETUP(mq_unlink(mqueue_name));
}

static const struct interface {
	struct case_head head;
	void (*make)(void); /* inside */
	struct owner (*look)(void);
	void (*clean)(void);
} interfaces[] = {
	{ { "file", .covers = "USERNS-34", .features = FEATURES(NEEDS_WORKDIR) }, make_file, file_owner, NULL },
	{ { "semaphore_owner", .covers = "USERNS-85", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_semaphore,
	  semaphore_owner,
	  remove_semaphore },
	{ { "semaphore_creator", .covers = "USERNS-85", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_semaphore,
	  semaphore_creator,
	  remove_semaphore },
	{ { "segment_owner", .covers = "USERNS-85", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_segment,
	  segment_owner,
	  remove_segment },
	{ { "segment_creator", .covers = "USERNS-85", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_segment,
	  segment_creator,
	  remove_segment },
	{ { "queue_owner", .covers = "USERNS-85", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_queue,
	  queue_owner,
	  remove_queue },
	{ { "queue_creator", .covers = "USERNS-85", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_queue,
	  queue_creator,
	  remove_queue },
	{ { "mqueue", .covers = "USERNS-86", .features = FEATURES(NEEDS_POSIX_MQUEUE) },
	  make_mqueue,
	  mqueue_owner,
	  remove_mqueue },
};

/* ---- The levels ------------------------------------------------------------------------------------ */

static void expect_owner(const struct interface *interface, unsigned user, unsigned group)
{
	const struct owner owner = interface->look();

	EXPECT_EQ(owner.user, user);
	EXPECT_EQ(owner.group, group);
}

static _Noreturn void be_inside(const struct interface *interface)
{
	interface->make();
	post(ACTED);
	expect_owner(interface, INNER_ID, GROUP_OF(INNER_ID));
	leave(0);
}

static _Noreturn void be_between(const struct interface *interface)
{
	long inner = enter_as(&user_doors[USER_CLONE], INNER_ID);

	if (inner == 0)
		be_inside(interface);
	REQUIRE_GT(inner, 0);
	EXPECT_EXITED(inner, 0);
	REQUIRE_TRUE(posted(ACTED));
	expect_owner(interface, OUTER_ID, GROUP_OF(OUTER_ID));
	leave(0);
}

/* In a user namespace that has no map. */
static void look_from_beside(const struct interface *interface)
{
	long sibling = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD);

	if (sibling == 0) {
		expect_owner(interface, OVERFLOW_ID, OVERFLOW_ID);
		leave(0);
	}
	REQUIRE_GT(sibling, 0);
	EXPECT_EXITED(sibling, 0);
}

TEST(handed_out, .features = FEATURES(USER_NS),
     .summary =
	     "each caller that asks for an owner gets the IDs of its own user namespace: outside, between, inside, beside",
     CASES_NEEDING(interfaces))
{
	const struct interface *interface = this_case();
	uid_t uid = geteuid();
	gid_t gid = getegid();

	object = shared(sizeof(*object));
	append_number(mqueue_name, sizeof(mqueue_name), sys_getpid());
	append_text(mqueue_name, sizeof(mqueue_name), ".");
	append_number(mqueue_name, sizeof(mqueue_name), test_random());
	long outer = enter_as(&user_doors[USER_CLONE], OUTER_ID);
	if (outer == 0)
		be_between(interface);
	REQUIRE_GT(outer, 0);
	EXPECT_EXITED(outer, 0);
	REQUIRE_TRUE(posted(ACTED));
	expect_owner(interface, uid, gid);
	look_from_beside(interface);
	if (interface->clean)
		interface->clean();
}
