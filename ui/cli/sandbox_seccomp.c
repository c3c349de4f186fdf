/* SPDX-License-Identifier: MIT */
/* seccomp: what is not listed is refused. */
#include "ui/cli/sandbox_linux.h"

#ifdef __linux__
#ifndef TURNSCOPE_SECCOMP

int seccomp_enter(const struct sandbox_needs *needs)
{
    (void)needs;
    return 0;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Calls that can do no more than a descriptor, memory or a clock allows. */
static const int allowed[] = {
    /* Descriptors that are open already */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(fstat),
    SCMP_SYS(fstat64),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(ppoll_time64),
    SCMP_SYS(select),
    SCMP_SYS(_newselect),
    SCMP_SYS(pselect6),
    SCMP_SYS(pselect6_time64),
    /* The packet socket's counters, errors and name; the descriptors that opener.c hands over */
    SCMP_SYS(getsockopt),
    SCMP_SYS(getsockname),
    SCMP_SYS(recvmsg),
    /* Memory, but see below */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(futex_time64),
    /* Time and chance */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_nanosleep_time64),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    /* A thread's beginning, but see below */
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    /* Signals to this process, and its end */
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(wait4),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* No defect of a decoder needs these: only someone who has taken over makes them. */
static const int deadly[] = {
    SCMP_SYS(execve),           SCMP_SYS(execveat),          SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
};

static const unsigned long ioctls[] = {
    TCGETS,       /* isatty */
    TIOCGWINSZ,   /* the width of the terminal */
    SIOCGIFFLAGS, /* libpcap, when an interface goes down */
    SIOCGIFINDEX,
};

static const unsigned long terminal_ioctls[] = {TCSETS, TCSETSW, TCSETSF, TCFLSH, TIOCINQ};

static const unsigned long fcntls[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC};

/* The calls below allow the second argument (of ioctl and fcntl: the request) one value each. */
static int allow_requests(scmp_filter_ctx filter, int call, const unsigned long *requests,
                          size_t count)
{
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                                  SCMP_A1_64(SCMP_CMP_MASKED_EQ, UINT32_MAX, requests[i]));
    return status;
}

static int allow_calls(scmp_filter_ctx filter)
{
    int status = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0] && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0] && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
    return status;
}

/* Memory never becomes code. */
static int allow_memory(scmp_filter_ctx filter)
{
    const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)};
    int status = 0;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0] && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return status;
}

/* The C library's fstat is a stat of no name; the request to opener.c is sent to nobody else. */
static int allow_by_argument(scmp_filter_ctx filter)
{
    int status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                  SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH, 0));
    if (status == 0)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 1,
                                  SCMP_A4(SCMP_CMP_EQ, 0, 0));
    return status;
}

/* A thread, never a process. The flags of clone3 lie in memory, where no filter sees them: the C
 * library takes clone when the kernel seems not to have it. */
static int allow_threads(scmp_filter_ctx filter)
{
    const scmp_datum_t thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
    int status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (status == 0)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
    return status;
}

/* abort(3) in a bug's last moment. */
static int allow_own_signals(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
}

static int allow_stopping(scmp_filter_ctx filter, pid_t process)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), 2,
                            SCMP_A0_32(SCMP_CMP_EQ, (unsigned)process, 0),
                            SCMP_A1(SCMP_CMP_EQ, SIGTSTP, 0));
}

/* ^Z stops the whole job, which is process group 0 of kill(2); curses stops itself when somebody
 * else sends that signal. */
static int allow_terminal(scmp_filter_ctx filter)
{
    int status = allow_requests(filter, SCMP_SYS(ioctl), terminal_ioctls,
                                sizeof terminal_ioctls / sizeof terminal_ioctls[0]);
    if (status == 0)
        status = allow_stopping(filter, 0);
    if (status == 0)
        status = allow_stopping(filter, getpid());
    return status;
}

static int build(scmp_filter_ctx filter, const struct sandbox_needs *needs)
{
    int status = allow_calls(filter);
    if (status == 0)
        status = allow_memory(filter);
    if (status == 0)
        status = allow_by_argument(filter);
    if (status == 0)
        status = allow_threads(filter);
    if (status == 0)
        status = allow_own_signals(filter);
    if (status == 0)
        status = allow_requests(filter, SCMP_SYS(ioctl), ioctls, sizeof ioctls / sizeof ioctls[0]);
    if (status == 0)
        status = allow_requests(filter, SCMP_SYS(fcntl), fcntls, sizeof fcntls / sizeof fcntls[0]);
    if (status == 0)
        status =
            allow_requests(filter, SCMP_SYS(fcntl64), fcntls, sizeof fcntls / sizeof fcntls[0]);
    if (status == 0 && needs->terminal)
        status = allow_terminal(filter);
    return status;
}

/* The analysis makes few calls, but one of them, poll, for each time the capture runs dry: a binary
 * tree finds it soonest. libseccomp returns negative errors. */
int seccomp_enter(const struct sandbox_needs *needs)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) {
        errno = ENOMEM;
        return -1;
    }
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    int status = build(filter, needs);
    if (status == 0)
        status = seccomp_load(filter);
    seccomp_release(filter);
    errno = -status;
    return status == 0 ? 1 : -1;
}

#endif
#endif
