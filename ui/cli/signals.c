/* SPDX-License-Identifier: MIT */
#include "ui/cli/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

enum { SIGNALS = sizeof signals / sizeof signals[0] };

#ifdef __linux__

#include <sys/signalfd.h>

static void fill(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(set, signals[i]);
}

int signals_open(void)
{
    sigset_t set;
    fill(&set);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int signals_next(int descriptor)
{
    struct signalfd_siginfo received;
    if (read(descriptor, &received, sizeof received) != (ssize_t)sizeof received)
        return 0;
    return (int)received.ssi_signo;
}

void signals_close(int descriptor)
{
    sigset_t set;
    fill(&set);
    if (descriptor >= 0)
        (void)close(descriptor);
    (void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

#else

#include <errno.h>
#include <fcntl.h>

/* A handler can be told nothing but the signal: where the pipe is must be known to the process. */
static int pipe_ends[2] = {-1, -1};

static void note(int number)
{
    int error = errno;
    unsigned char octet = (unsigned char)number;
    (void)!write(pipe_ends[1], &octet, 1);
    errno = error;
}

static int set_up(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0)
        return -1;
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

static void handle(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++)
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &action, NULL);
}

int signals_open(void)
{
    if (pipe(pipe_ends) != 0 || set_up(pipe_ends[0]) != 0 || set_up(pipe_ends[1]) != 0)
        return -1;
    handle(note);
    return pipe_ends[0];
}

int signals_next(int descriptor)
{
    unsigned char octet;
    return read(descriptor, &octet, 1) == 1 ? octet : 0;
}

void signals_close(int descriptor)
{
    handle(SIG_DFL);
    if (descriptor < 0)
        return;
    (void)close(descriptor);
    (void)close(pipe_ends[1]);
}

#endif
