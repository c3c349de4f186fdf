/* SPDX-License-Identifier: MIT */
#include "ui/cli/begin.h"

#include "ui/cli/signals.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* A report of nothing is of no use to anybody: SIGUSR1 is passed over. */
static bool wants_to_end(int descriptor)
{
    int number;
    do
        number = signals_next(descriptor);
    while (number == SIGUSR1);
    return number != 0;
}

bool begin_wait_for_input(void)
{
    int descriptor = signals_open();
    bool ended = false;
    struct pollfd polled[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                              {.fd = descriptor, .events = POLLIN}};
    while (!ended && polled[0].revents == 0) {
        if (poll(polled, sizeof polled / sizeof polled[0], -1) < 0)
            break;
        ended = descriptor >= 0 && wants_to_end(descriptor);
    }
    signals_close(descriptor);
    return !ended;
}
