# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# Surroundings: resource limits and control groups. See run.
# shellcheck shell=sh disable=SC2154

packages="$packages util-linux python3"

# ---- Resource limits ---------------------------------------------------------------------------------

# The least that the program says it takes, and nothing of what it does not name.
surrounding least_limits prlimit --cpu=60 --fsize=67108864 --stack=1048576 --nofile=1024 --memlock=65536 --sigpending=256 \
	--msgqueue=819200 --rttime=1000000 --nproc=512 --core=0 --nice=0 --rtprio=0 --locks=0 --rss=0
# What is there as soft limits only can be had.
surrounding low_soft_limits prlimit --fsize=1: --data=8000000: --stack=200000: --nofile=64: --memlock=0: --as=100000000: \
	--sigpending=0: --msgqueue=0: --nproc=0: --core=0: --rttime=1:
surrounding no_limits prlimit --cpu=unlimited --fsize=unlimited --data=unlimited --stack=unlimited --as=unlimited \
	--rss=unlimited --locks=unlimited --rttime=unlimited

refusal no_cpu 'RLIMIT_CPU .* 59;' prlimit --cpu=59
refusal small_files 'RLIMIT_FSIZE .* 1024;' prlimit --fsize=1024
refusal little_data 'RLIMIT_DATA .* 8000000;' prlimit --data=8000000
refusal small_stack 'RLIMIT_STACK .* 500000;' prlimit --stack=500000
refusal few_descriptors 'RLIMIT_NOFILE .* 256;' prlimit --nofile=256
refusal no_locked_memory 'RLIMIT_MEMLOCK .* 0;' prlimit --memlock=0
refusal little_memory 'RLIMIT_AS .* 100000000;' prlimit --as=100000000
refusal few_processes 'RLIMIT_NPROC .* 100;' prlimit --nproc=100
refusal no_pending_signals 'RLIMIT_SIGPENDING .* 0;' prlimit --sigpending=0
refusal no_queues 'RLIMIT_MSGQUEUE .* 0;' prlimit --msgqueue=0
refusal no_real_time 'RLIMIT_RTTIME .* 0;' prlimit --rttime=0

# ---- Control groups ----------------------------------------------------------------------------------

# in_groups SETTING... -- COMMAND...
in_groups() {
	"$here/group.py" "$tmp/unable" "$@"
}

surrounding -r small_groups in_groups pids,pids.max=300 memory,memory.limit_in_bytes=768M,memory.max=768M \
	cpuset,cpuset.cpus=0,cpuset.mems=0 --
surrounding -r frozen in_groups freezer --
surrounding -r -t 'fork vfork' fifth_of_a_processor in_groups \
	cpu,cpu.cfs_quota_us=20000,cpu.max='20000 100000' --
