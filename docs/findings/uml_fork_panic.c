// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * A fork that is refused for want of memory panics User-mode Linux. Any user can do it.
 *
 * Seen on     6.12.117 (arch/um, x86_64): "Kernel panic - not syncing: Kernel mode fault at addr 0x40e", called from exit_mmap()
 *             in dup_mm(). Not on 6.1.176, whose dup_mmap() leaves no mark.
 * Wanted      ENOMEM (fork(2)).
 * Cause       flush_tlb_mm() in arch/um/kernel/tlb.c walks over the mappings of the child that is given up. dup_mmap() in
 *             kernel/fork.c has put XA_ZERO_ENTRY into their tree where it stopped, and the walk takes that for a mapping:
 *
 *			for_each_vma(vmi, vma)
 *				um_tlb_mark_sync(mm, vma->vm_start, vma->vm_end);
 *
 *             It has to stop at `xa_is_zero(vma)`, as exit_mmap() itself does: targets/kernels/uml-flush-tlb.patch.
 * To see it   as an ordinary user with vm.overcommit_memory 0, the default:
 *             gcc -static uml_fork_panic.c && ./a.out
 *             "ok": fork has failed with ENOMEM, and the machine lives.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	struct sysinfo info;

	if (getpid() == 1 && setuid(1000))
		return 1;
	sysinfo(&info);
	/* Each half is granted. They become one mapping, which is more than there is, so that its copy is not. */
	size_t half = (info.totalram + info.totalswap) / 5 * 3 * info.mem_unit & ~4095UL;
	char *at = mmap(NULL, 2 * half, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED || mprotect(at, half, PROT_READ | PROT_WRITE) ||
	    mprotect(at + half, half, PROT_READ | PROT_WRITE)) {
		perror("no such mappings here");
		return 2;
	}
	pid_t child = fork();
	int err = errno;
	if (child == 0)
		_exit(0);
	if (child > 0)
		waitpid(child, NULL, 0);
	printf("fork: %s\n%s\n", child < 0 ? strerror(err) : "a child", child < 0 && err == ENOMEM ? "ok" : "bad");
	return child > 0 || err != ENOMEM;
}
