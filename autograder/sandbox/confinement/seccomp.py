"""Which system calls a worker can make: a filter for seccomp(2)."""

import contextlib
import errno
import os
from typing import Any

PR_SET_NO_NEW_PRIVS = 38
"""Of prctl(2): the filters can be loaded, and nothing gives rights, after it was called."""

# Memory, locks, clocks, and reading and writing what is already open.
_STRICT = """
    read write readv writev pread64 close fstat lseek mmap mprotect munmap mremap brk madvise
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack futex sched_yield sched_getaffinity
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times getrusage
    getpid gettid getppid getuid geteuid getgid getegid exit exit_group set_robust_list rseq
    getrandom poll ppoll select pselect6 recvfrom sendto getcwd uname sysinfo membarrier
    set_tid_address restart_syscall newfstatat
""".split()
_READING = """
    open openat stat lstat readlink readlinkat access faccessat faccessat2 getdents64 statx dup fcntl
""".split()
_WAITING = "wait4 waitid".split()
_CLONE_THREAD, _TCGETS, _FIONBIO = 0x00010000, 0x5401, 0x5421
_CLONE_NEW = 0x7E020000
"""Every CLONE_NEW flag of sched.h that clone(2) takes: a new process gets no namespace."""


def seccomp_filter(
    *, reading: bool, opening: bool = False, threads: bool = False, processes: bool = False
) -> Any:
    """Allow memory, clocks and open descriptors, and what is asked for.

    Args:
        reading: files can be opened and listed; other layers decide which.
        opening: files can be opened for reading alone.
        threads: threads can be started; what refuses them answers as RLIMIT_NPROC does.
        processes: processes can be started, in the same way.
    """
    import pyseccomp  # needs libseccomp, which a system may lack: then this layer is reported missing

    allowed = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    allowed.set_attr(pyseccomp.Attr.CTL_TSYNC, 1)  # a thread that a cell left is filtered as well
    for name in _STRICT + (_READING if reading else []) + (_WAITING if processes else []):
        with contextlib.suppress(OSError):  # a name that this architecture doesn't have
            allowed.add_rule(pyseccomp.ALLOW, name)
    allowed.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # glibc then falls back to clone
    refused = pyseccomp.ERRNO(errno.EAGAIN)  # as RLIMIT_NPROC answers
    thread = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD)
    allowed.add_rule(pyseccomp.ALLOW if threads else refused, "clone", thread)
    if processes:
        process = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD | _CLONE_NEW, 0)
        allowed.add_rule(pyseccomp.ALLOW, "clone", process)
    else:
        process = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0)
        allowed.add_rule(refused, "clone", process)
        for name in ("fork", "vfork"):
            with contextlib.suppress(OSError):
                allowed.add_rule(refused, name)
    allowed.add_rule(pyseccomp.ALLOW, "prlimit64", pyseccomp.Arg(0, pyseccomp.EQ, 0))
    for request in (_TCGETS, _FIONBIO):  # isatty, settimeout
        allowed.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, request))
    if opening and not reading:  # Landlock decides which files: the random device alone
        for name, flags in (("open", 1), ("openat", 2)):
            with contextlib.suppress(OSError):
                read_only = pyseccomp.Arg(flags, pyseccomp.MASKED_EQ, os.O_ACCMODE, os.O_RDONLY)
                allowed.add_rule(pyseccomp.ALLOW, name, read_only)
    if reading:  # loading the second filter needs them
        allowed.add_rule(pyseccomp.ALLOW, "seccomp")
        allowed.add_rule(pyseccomp.ALLOW, "landlock_restrict_self")
        no_new_privs = pyseccomp.Arg(0, pyseccomp.EQ, PR_SET_NO_NEW_PRIVS)
        allowed.add_rule(pyseccomp.ALLOW, "prctl", no_new_privs)
    return allowed
