/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * long clone_call_raw(const struct clone_call *call)
 *
 * struct clone_call { long nr, arg[5]; int (*fn)(void *); void *data; };
 *
 * Makes the system call. Where it returns 0 this is a new thread of control, perhaps on a new stack and
 * without a TLS area: it calls fn(data) and ends itself, and only itself, by exit(2) with fn's result;
 * it never returns into the caller's frame. *call must stay valid until fn runs, so it can't be on the
 * caller's stack where memory is shared.
 */
#include <asm/unistd.h>

	.text
	.globl	clone_call_raw
#if defined(__arm__)
	.type	clone_call_raw, %function
	.arm
#else
	.type	clone_call_raw, @function
#endif
	.balign	16
clone_call_raw:
#if defined(__x86_64__)
	pushq	%rbx
	movq	%rdi, %rbx
	movq	0(%rbx), %rax
	movq	8(%rbx), %rdi
	movq	16(%rbx), %rsi
	movq	24(%rbx), %rdx
	movq	32(%rbx), %r10
	movq	40(%rbx), %r8
	syscall
	testq	%rax, %rax
	jz	1f
	popq	%rbx
	ret
1:	xorl	%ebp, %ebp
	andq	$-16, %rsp
	movq	56(%rbx), %rdi
	callq	*48(%rbx)
	movl	%eax, %edi
	movl	$__NR_exit, %eax
	syscall
	hlt
#elif defined(__i386__)
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	movl	20(%esp), %ebp
	movl	0(%ebp), %eax
	movl	4(%ebp), %ebx
	movl	8(%ebp), %ecx
	movl	12(%ebp), %edx
	movl	16(%ebp), %esi
	movl	20(%ebp), %edi
	int	$0x80
	testl	%eax, %eax
	jz	1f
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	ret
1:	andl	$-16, %esp
	subl	$12, %esp
	pushl	28(%ebp)
	call	*24(%ebp)
	movl	%eax, %ebx
	movl	$__NR_exit, %eax
	int	$0x80
	hlt
#elif defined(__aarch64__)
	stp	x19, x20, [sp, #-16]!
	mov	x19, x0
	ldr	x8, [x19]
	ldp	x0, x1, [x19, #8]
	ldp	x2, x3, [x19, #24]
	ldr	x4, [x19, #40]
	svc	#0
	cbz	x0, 1f
	ldp	x19, x20, [sp], #16
	ret
1:	mov	x29, #0
	mov	x30, #0
	ldp	x1, x0, [x19, #48]
	blr	x1
	mov	x8, #__NR_exit
	svc	#0
	brk	#0
#elif defined(__arm__)
	push	{r4, r7, r8, lr}
	mov	r8, r0
	ldr	r7, [r8]
	ldr	r0, [r8, #4]
	ldr	r1, [r8, #8]
	ldr	r2, [r8, #12]
	ldr	r3, [r8, #16]
	ldr	r4, [r8, #20]
	svc	#0
	cmp	r0, #0
	beq	1f
	pop	{r4, r7, r8, pc}
1:	ldr	r0, [r8, #28]
	ldr	r1, [r8, #24]
	blx	r1
	mov	r7, #__NR_exit
	svc	#0
	udf	#0
#elif defined(__riscv)
	addi	sp, sp, -16
	sd	s1, 0(sp)
	mv	s1, a0
	ld	a7, 0(s1)
	ld	a0, 8(s1)
	ld	a1, 16(s1)
	ld	a2, 24(s1)
	ld	a3, 32(s1)
	ld	a4, 40(s1)
	ecall
	beqz	a0, 1f
	ld	s1, 0(sp)
	addi	sp, sp, 16
	ret
1:	ld	a0, 56(s1)
	ld	t0, 48(s1)
	jalr	t0
	li	a7, __NR_exit
	ecall
	ebreak
#elif defined(__s390x__)
	stmg	%r6, %r13, 48(%r15)
	lgr	%r13, %r2
	lg	%r1, 0(%r13)
	lg	%r2, 8(%r13)
	lg	%r3, 16(%r13)
	lg	%r4, 24(%r13)
	lg	%r5, 32(%r13)
	lg	%r6, 40(%r13)
	svc	0
	ltgr	%r2, %r2
	jz	1f
	lmg	%r6, %r13, 48(%r15)
	br	%r14
1:	aghi	%r15, -160
	xc	0(8, %r15), 0(%r15)
	lg	%r2, 56(%r13)
	lg	%r1, 48(%r13)
	basr	%r14, %r1
	lghi	%r1, __NR_exit
	svc	0
	.long	0
#else
#error "no clone_call_raw for this architecture"
#endif
	.size	clone_call_raw, .-clone_call_raw
#if defined(__arm__)
	.section .note.GNU-stack, "", %progbits
#else
	.section .note.GNU-stack, "", @progbits
#endif
