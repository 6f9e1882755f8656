/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * void stack_switch(void *top, int (*fn)(void *), void *data)
 *
 * Calls fn(data) on another stack, whose upper end is top; fn does not return. A child of vfork is born on its caller's stack, and
 * both may well run at once: when somebody between them is killed.
 */
	.text
	.globl	stack_switch
#if defined(__arm__)
	.type	stack_switch, %function
	.arm
#else
	.type	stack_switch, @function
#endif
	.balign	16
stack_switch:
#if defined(__x86_64__)
	movq	%rdi, %rsp
	xorl	%ebp, %ebp
	movq	%rdx, %rdi
	callq	*%rsi
	hlt
#elif defined(__i386__)
	movl	8(%esp), %ecx
	movl	12(%esp), %edx
	movl	4(%esp), %esp
	xorl	%ebp, %ebp
	subl	$12, %esp
	pushl	%edx
	call	*%ecx
	hlt
#elif defined(__aarch64__)
	mov	sp, x0
	mov	x29, #0
	mov	x30, #0
	mov	x0, x2
	blr	x1
	brk	#0
#elif defined(__arm__)
	mov	sp, r0
	mov	r0, r2
	blx	r1
	udf	#0
#elif defined(__riscv)
	mv	sp, a0
	mv	a0, a2
	jalr	a1
	ebreak
#elif defined(__s390x__)
	lgr	%r15, %r2
	aghi	%r15, -160
	xc	0(8, %r15), 0(%r15)
	lgr	%r2, %r4
	basr	%r14, %r3
	.long	0
#else
#error "no stack_switch for this architecture"
#endif
	.size	stack_switch, .-stack_switch
#if defined(__arm__)
	.section .note.GNU-stack, "", %progbits
#else
	.section .note.GNU-stack, "", @progbits
#endif
