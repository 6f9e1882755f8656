/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * pid_t vfork(void), as __wrap_vfork: asks vfork_begin() for the arguments of a clone in place of vfork's own, and tells
 * vfork_end() the result. The return address is kept in a register, since the child spoils the stack.
 */
	.text
	.globl	__wrap_vfork
	.type	__wrap_vfork, @function
	.balign	16
__wrap_vfork:
	subq	$8, %rsp
	call	vfork_begin
	addq	$8, %rsp
	popq	%r9
	movq	%rax, %rdi
	xorl	%esi, %esi
	xorl	%edx, %edx
	xorl	%r10d, %r10d
	xorl	%r8d, %r8d
	movl	$56, %eax /* clone */
	syscall
	pushq	%r9
	subq	$8, %rsp
	movq	%rax, %rdi
	call	vfork_end
	addq	$8, %rsp
	ret
	.size	__wrap_vfork, .-__wrap_vfork
	.section .note.GNU-stack, "", @progbits
