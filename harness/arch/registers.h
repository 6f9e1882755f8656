/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Registers of floating point and vectors, for each architecture: what rules arithmetic, as a number, and a system call
 * around which registers hold what they are given.
 */
#ifndef FORKCHECK_ARCH_REGISTERS_H
#define FORKCHECK_ARCH_REGISTERS_H

#include <stddef.h>
#include <stdint.h>

/*
 * How floating-point numbers are rounded and the like, without the flags of what has happened so far. FP_MODE is an unusual
 * value, FP_MODE_OTHER another one, FP_MODE_DEFAULT what programs begin with.
 */
static inline unsigned long get_fp_mode(void);
static inline void set_fp_mode(unsigned long mode);

/* A set of registers that a system call preserves. */
struct register_set {
	const char *name;
	size_t size; /* of all of them, in bytes */
	int (*there)(void);
	/*
	 * Loads the registers from `fill`, makes the system call nr(a, b), and stores them. Where the call gives 0 that is at
	 * `after`, and the thread ends; else behind that, and the call's result is returned. The child may have any stack.
	 */
	long (*call)(const unsigned char *fill, unsigned char *after, long nr, long a, long b);
};

static inline int always_there(void)
{
	return 1;
}

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

/* Both units: MXCSR in the upper half, the control word of the x87 in the lower one. */
#define FP_MODE 0xff80077fUL	   /* to zero, tiny results become 0; down */
#define FP_MODE_OTHER 0x3f800b7fUL /* down; up */
#define FP_MODE_DEFAULT 0x1f80037fUL
#define FP_FLAGS 0x3fU

static inline unsigned long get_fp_mode(void)
{
	uint32_t mxcsr;
	uint16_t control;

	__asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(control));
	return (unsigned long)(mxcsr & ~FP_FLAGS) << 16 | control;
}

static inline void set_fp_mode(unsigned long mode)
{
	const uint32_t mxcsr = (uint32_t)mode >> 16;
	const uint16_t control = (uint16_t)mode;

	__asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(mxcsr), "m"(control));
}

/* The processor has it (a bit of CPUID 7, EBX), and the kernel keeps its registers (bits of XCR0). */
static inline int vectors_there(unsigned bit, unsigned state)
{
	unsigned eax, ebx, ecx, edx, low, high;

	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE))
		return 0;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (low & state) == state && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && ebx & bit;
}
#endif

#if defined(__x86_64__)
#define EACH_16(f, from, to, size)                                                                               \
	f(from, to, size, 0) f(from, to, size, 1) f(from, to, size, 2) f(from, to, size, 3) f(from, to, size, 4) \
		f(from, to, size, 5) f(from, to, size, 6) f(from, to, size, 7) f(from, to, size, 8)              \
			f(from, to, size, 9) f(from, to, size, 10) f(from, to, size, 11) f(from, to, size, 12)   \
				f(from, to, size, 13) f(from, to, size, 14) f(from, to, size, 15)
#define EACH_32(f, from, to, size)                                                                                    \
	EACH_16(f, from, to, size)                                                                                    \
	f(from, to, size, 16) f(from, to, size, 17) f(from, to, size, 18) f(from, to, size, 19) f(from, to, size, 20) \
		f(from, to, size, 21) f(from, to, size, 22) f(from, to, size, 23) f(from, to, size, 24)               \
			f(from, to, size, 25) f(from, to, size, 26) f(from, to, size, 27) f(from, to, size, 28)       \
				f(from, to, size, 29) f(from, to, size, 30) f(from, to, size, 31)
#define LOAD_ONE(move, name, size, n) move " " #size "*" #n "(%[fill]), %%" name #n "\n"
#define STORE_ONE(move, name, size, n) move " %%" name #n ", " #size "*" #n "(%[at])\n"

#define CALL_HOLDING(fn, each, move, register, size, count)                                                            \
	static inline long fn(const unsigned char *fill, unsigned char *after, long nr, long a, long b)                \
	{                                                                                                              \
		unsigned char *at = after;                                                                             \
		long result;                                                                                           \
                                                                                                                       \
		__asm__ volatile(each(LOAD_ONE, move, register, size) "syscall\n"                                      \
								      "test %%rax, %%rax\n"                            \
								      "jz 1f\n"                                        \
								      "add %[total], %[at]\n"                          \
								      "1:\n" each(STORE_ONE, move, register,           \
										  size) "test %%rax, %%rax\n"          \
											"jnz 2f\n"                     \
											"mov %[exit], %%eax\n"         \
											"xor %%edi, %%edi\n"           \
											"syscall\n"                    \
											"2:\n"                         \
				 : "=&a"(result), [at] "+&r"(at)                                                       \
				 : "0"(nr), "D"(a),                                                                    \
				   "S"(b), [fill] "r"(fill), [total] "i"((size) * (count)), [exit] "i"(60)             \
				 : "rcx", "rdx", "r8", "r9", "r10", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3",   \
				   "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", \
				   "xmm14", "xmm15");                                                                  \
		return result;                                                                                         \
	}

CALL_HOLDING(call_holding_xmm, EACH_16, "movdqu", "xmm", 16, 16)
CALL_HOLDING(call_holding_ymm, EACH_16, "vmovdqu", "ymm", 32, 16)
CALL_HOLDING(call_holding_zmm, EACH_32, "vmovdqu64", "zmm", 64, 32)

static inline int avx2_there(void)
{
	return vectors_there(bit_AVX2, 6);
}

static inline int avx512_there(void)
{
	return vectors_there(bit_AVX512F, 0xe6);
}

#define REGISTER_SETS                                                                                         \
	{ "sse", 16 * 16, always_there, call_holding_xmm }, { "avx", 16 * 32, avx2_there, call_holding_ymm }, \
	{                                                                                                     \
		"avx512", 32 * 64, avx512_there, call_holding_zmm                                             \
	}

#elif defined(__i386__)
static inline long call_holding_xmm(const unsigned char *fill, unsigned char *after, long nr, long a, long b)
{
	unsigned char *at = after;
	long result;

	/* The other arguments are for flags that the caller does not give. */
	__asm__ volatile("movdqu 0(%[fill]), %%xmm0; movdqu 16(%[fill]), %%xmm1; movdqu 32(%[fill]), %%xmm2\n"
			 "movdqu 48(%[fill]), %%xmm3; movdqu 64(%[fill]), %%xmm4; movdqu 80(%[fill]), %%xmm5\n"
			 "movdqu 96(%[fill]), %%xmm6; movdqu 112(%[fill]), %%xmm7\n"
			 "int $0x80; test %%eax, %%eax; jz 1f; add $128, %[at]\n"
			 "1: movdqu %%xmm0, 0(%[at]); movdqu %%xmm1, 16(%[at]); movdqu %%xmm2, 32(%[at])\n"
			 "movdqu %%xmm3, 48(%[at]); movdqu %%xmm4, 64(%[at]); movdqu %%xmm5, 80(%[at])\n"
			 "movdqu %%xmm6, 96(%[at]); movdqu %%xmm7, 112(%[at])\n"
			 "test %%eax, %%eax; jnz 2f; mov $1, %%eax; xor %%ebx, %%ebx; int $0x80\n"
			 "2:\n"
			 : "=&a"(result), [at] "+&D"(at)
			 : "0"(nr), "b"(a), "c"(b), [fill] "S"(fill)
			 : "edx", "memory");
	return result;
}

static inline int sse2_there(void)
{
	unsigned eax, ebx, ecx, edx;

	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && edx & bit_SSE2;
}

#define REGISTER_SETS                                       \
	{                                                   \
		"sse", 8 * 16, sse2_there, call_holding_xmm \
	}

#elif defined(__aarch64__)
#define FP_MODE (3UL << 22 | 1UL << 24 | 1UL << 25) /* to zero, tiny numbers become 0, default NaN */
#define FP_MODE_OTHER (1UL << 22)
#define FP_MODE_DEFAULT 0UL

static inline unsigned long get_fp_mode(void)
{
	unsigned long mode;

	__asm__ volatile("mrs %0, fpcr" : "=r"(mode));
	return mode;
}

static inline void set_fp_mode(unsigned long mode)
{
	__asm__ volatile("msr fpcr, %0" : : "r"(mode));
}

#define EACH_PAIR(f)                                                                                             \
	f(0, 1, 0) f(2, 3, 32) f(4, 5, 64) f(6, 7, 96) f(8, 9, 128) f(10, 11, 160) f(12, 13, 192) f(14, 15, 224) \
		f(16, 17, 256) f(18, 19, 288) f(20, 21, 320) f(22, 23, 352) f(24, 25, 384) f(26, 27, 416)        \
			f(28, 29, 448) f(30, 31, 480)
#define LOAD_PAIR(n, m, at) "ldp q" #n ", q" #m ", [%[fill], #" #at "]\n"
#define STORE_PAIR(n, m, at) "stp q" #n ", q" #m ", [%[at], #" #at "]\n"

static inline long call_holding_q(const unsigned char *fill, unsigned char *after, long nr, long a, long b)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	unsigned char *at = after;

	__asm__ volatile(EACH_PAIR(LOAD_PAIR) "svc #0\n"
					      "cbz x0, 1f\n"
					      "add %[at], %[at], #512\n"
					      "1:\n" EACH_PAIR(STORE_PAIR) "cbnz x0, 2f\n"
									   "mov x8, #93\n"
									   "svc #0\n"
									   "2:\n"
			 : "+r"(x0), "+r"(x8), [at] "+&r"(at)
			 : "r"(x1), [fill] "r"(fill)
			 : "memory", "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
			   "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
			   "v25", "v26", "v27", "v28", "v29", "v30", "v31");
	return x0;
}

#define REGISTER_SETS                                         \
	{                                                     \
		"neon", 32 * 16, always_there, call_holding_q \
	}

#elif defined(__arm__)
#define FP_MODE (3UL << 22 | 1UL << 24 | 1UL << 25)
#define FP_MODE_OTHER (1UL << 22)
#define FP_MODE_DEFAULT 0UL

static inline unsigned long get_fp_mode(void)
{
	unsigned long mode;

	__asm__ volatile(".fpu vfp\nvmrs %0, fpscr" : "=r"(mode));
	return mode & 0x03c00000;
}

static inline void set_fp_mode(unsigned long mode)
{
	__asm__ volatile(".fpu vfp\nvmsr fpscr, %0" : : "r"(mode));
}

#define REGISTER_SETS                       \
	{                                   \
		NULL, 0, always_there, NULL \
	}

#elif defined(__riscv)
#define FP_MODE (1UL << 5) /* to zero */
#define FP_MODE_OTHER (3UL << 5)
#define FP_MODE_DEFAULT 0UL

static inline unsigned long get_fp_mode(void)
{
	unsigned long mode;

	__asm__ volatile("frcsr %0" : "=r"(mode));
	return mode & 0xe0;
}

static inline void set_fp_mode(unsigned long mode)
{
	__asm__ volatile("fscsr %0" : : "r"(mode));
}

#define EACH_16(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11) f(12) f(13) f(14) f(15)
#define EACH_OTHER(f) f(16) f(17) f(18) f(19) f(20) f(21) f(22) f(23) f(24) f(25) f(26) f(27) f(28) f(29) f(30) f(31)
#define LOAD_ONE(n) "fld f" #n ", 8*" #n "(%[fill])\n"
#define STORE_ONE(n) "fsd f" #n ", 8*" #n "(%[at])\n"

static inline long call_holding_f(const unsigned char *fill, unsigned char *after, long nr, long a, long b)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	unsigned char *at = after;

	__asm__ volatile(EACH_16(LOAD_ONE) EACH_OTHER(LOAD_ONE) "ecall\n"
								"beqz a0, 1f\n"
								"addi %[at], %[at], 256\n"
								"1:\n" EACH_16(STORE_ONE)
									EACH_OTHER(STORE_ONE) "bnez a0, 2f\n"
											      "li a7, 93\n"
											      "ecall\n"
											      "2:\n"
			 : "+r"(a0), "+r"(a7), [at] "+&r"(at)
			 : "r"(a1), [fill] "r"(fill)
			 : "memory", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12",
			   "f13", "f14", "f15", "f16", "f17", "f18", "f19", "f20", "f21", "f22", "f23", "f24", "f25",
			   "f26", "f27", "f28", "f29", "f30", "f31");
	return a0;
}

#define REGISTER_SETS                                          \
	{                                                      \
		"double", 32 * 8, always_there, call_holding_f \
	}

#elif defined(__s390x__)
#define FP_MODE 1UL /* to zero */
#define FP_MODE_OTHER 3UL
#define FP_MODE_DEFAULT 0UL

static inline unsigned long get_fp_mode(void)
{
	unsigned int mode;

	__asm__ volatile("efpc %0" : "=d"(mode));
	return mode & 7;
}

static inline void set_fp_mode(unsigned long mode)
{
	__asm__ volatile("sfpc %0" : : "d"((unsigned int)mode));
}

#define EACH_16(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11) f(12) f(13) f(14) f(15)
#define LOAD_ONE(n) "ld %%f" #n ", 8*" #n "(%[fill])\n"
#define STORE_ONE(n) "std %%f" #n ", 8*" #n "(%[at])\n"

static inline long call_holding_f(const unsigned char *fill, unsigned char *after, long nr, long a, long b)
{
	register long r1 __asm__("1") = nr;
	register long r2 __asm__("2") = a;
	register long r3 __asm__("3") = b;
	unsigned char *at = after;

	__asm__ volatile(EACH_16(LOAD_ONE) "svc 0\n"
					   "ltgr %%r2, %%r2\n"
					   "je 1f\n"
					   "aghi %[at], 128\n"
					   "1:\n" EACH_16(STORE_ONE) "ltgr %%r2, %%r2\n"
								     "jne 2f\n"
								     "lghi %%r1, 1\n"
								     "svc 0\n"
								     "2:\n"
			 : "+d"(r2), "+d"(r1), [at] "+&a"(at)
			 : "d"(r3), [fill] "a"(fill)
			 : "memory", "cc", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11",
			   "f12", "f13", "f14", "f15");
	return r2;
}

#define REGISTER_SETS                                          \
	{                                                      \
		"double", 16 * 8, always_there, call_holding_f \
	}
#endif

#endif
