/* SPDX-License-Identifier: MIT */
#include "ui/cli/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not everywhere. Without them, SIGPIPE ends who talks to nobody, and nothing is executed that
 * could inherit the descriptor. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif
#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC 0
#endif

/* The answer to a request: one message with an errno, and a descriptor when that is 0. */
union control {
    struct cmsghdr header; /* for its alignment */
    char octets[CMSG_SPACE(sizeof(int))];
};

struct answer {
    int error;
    struct iovec part;
    struct msghdr message;
    union control control; /* its header has a flexible array: it stands last */
};

static void answer_init(struct answer *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->part = (struct iovec){&answer->error, sizeof answer->error};
    answer->message.msg_iov = &answer->part;
    answer->message.msg_iovlen = 1;
    answer->message.msg_control = answer->control.octets;
    answer->message.msg_controllen = sizeof answer->control.octets;
}

static void answer_set(struct answer *answer, int descriptor, int error)
{
    answer_init(answer);
    answer->error = descriptor < 0 ? error : 0;
    if (descriptor < 0) {
        answer->message.msg_control = NULL;
        answer->message.msg_controllen = 0;
        return;
    }
    struct cmsghdr *header = CMSG_FIRSTHDR(&answer->message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
}

/* What the child is asked for: a name, or "" for the next file of the series. */
struct request {
    char name[OPENER_NAME];
};

/* Where the extension begins; a name that only begins with a dot has none. */
static size_t stem_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return dot != NULL && dot != name ? (size_t)(dot - path) : strlen(path);
}

bool opener_name(const struct opener_series *series, unsigned number, char name[OPENER_PATH])
{
    size_t stem = stem_length(series->path);
    unsigned shown = 1 + (series->files > 0 ? number % series->files : number);
    int length = series->numbered ? snprintf(name, OPENER_PATH, "%.*s-%05u%s", (int)stem,
                                             series->path, shown, series->path + stem)
                                  : snprintf(name, OPENER_PATH, "%s", series->path);
    return length > 0 && length < OPENER_PATH;
}

/* Captures hold secrets: new files are for their owner only. */
static int open_file(const struct opener_series *series, unsigned number)
{
    char name[OPENER_PATH];
    const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY;
    bool emptied = series->numbered || number == 0;
    if (series->path == NULL || !opener_name(series, number, name)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return privileges_create(name, emptied ? flags | O_TRUNC : flags, S_IRUSR | S_IWUSR,
                             &series->owner);
}

static bool is_good_name(const char *name)
{
    static const char *const endings[] = {".txt", ".json", ".pcapng"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof endings / sizeof endings[0]; i++)
        if (strcmp(dot, endings[i]) == 0)
            return name[0] != '.' && strchr(name, '/') == NULL;
    return false;
}

/* Whoever has taken over turnscope could ask for anything. */
static int create_file(const struct opener_series *series, const char *name)
{
    if (is_good_name(name))
        return privileges_create(name, O_WRONLY | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
                                 S_IRUSR | S_IWUSR, &series->owner);
    errno = EINVAL;
    return -1;
}

static bool read_request(int socket, struct request *request)
{
    size_t length = 0;
    while (length < sizeof *request) {
        ssize_t count = read(socket, (char *)request + length, sizeof *request - length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        length += (size_t)count;
    }
    request->name[OPENER_NAME - 1] = '\0';
    return true;
}

/* The child's life. It ends when the other end of the socket does. */
static void serve(int socket, const struct opener_series *series)
{
    struct request request;
    unsigned number = 0;
    while (read_request(socket, &request)) {
        struct answer answer;
        int descriptor = request.name[0] == '\0' ? open_file(series, number++)
                                                 : create_file(series, request.name);
        answer_set(&answer, descriptor, errno);
        if (sendmsg(socket, &answer.message, MSG_NOSIGNAL) < 0)
            return;
        if (descriptor >= 0)
            (void)close(descriptor);
    }
}

/* What is meant for turnscope does not end the child before it. */
static void ignore_signals(void)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGQUIT};
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        (void)signal(ignored[i], SIG_IGN);
}

static _Noreturn void be_opener(int socket, const struct opener_series *series)
{
    ignore_signals();
    serve(socket, series);
    _exit(EXIT_SUCCESS);
}

int opener_start(struct opener *opener, const struct opener_series *series)
{
    int ends[2];
    *opener = (struct opener){.socket = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return -1;
    opener->process = fork();
    if (opener->process == 0) {
        (void)close(ends[0]);
        be_opener(ends[1], series);
    }
    (void)close(ends[1]);
    opener->socket = ends[0];
    (void)fcntl(opener->socket, F_SETFD, FD_CLOEXEC);
    if (opener->process > 0)
        return 0;
    opener_stop(opener);
    return -1;
}

static int descriptor_of(struct answer *answer)
{
    int descriptor = -1;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&answer->message);
    if (header != NULL && header->cmsg_type == SCM_RIGHTS)
        memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    errno = descriptor >= 0 ? 0 : EIO;
    return descriptor;
}

static int ask(struct opener *opener, const struct request *request)
{
    struct answer answer;
    ssize_t count;
    answer_init(&answer);
    if (send(opener->socket, request, sizeof *request, MSG_NOSIGNAL) != (ssize_t)sizeof *request)
        return -1;
    do
        count = recvmsg(opener->socket, &answer.message, MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    if (count == (ssize_t)sizeof answer.error && answer.error == 0)
        return descriptor_of(&answer);
    if (count >= 0)
        errno = count == (ssize_t)sizeof answer.error ? answer.error : EPIPE;
    return -1;
}

int opener_next(struct opener *opener)
{
    const struct request request = {.name = ""};
    return ask(opener, &request);
}

int opener_create(struct opener *opener, const char *name)
{
    struct request request = {.name = ""};
    size_t length = strlen(name);
    if (length == 0 || length >= sizeof request.name) {
        errno = EINVAL;
        return -1;
    }
    memcpy(request.name, name, length);
    return ask(opener, &request);
}

void opener_stop(struct opener *opener)
{
    if (opener->socket < 0)
        return;
    (void)close(opener->socket);
    opener->socket = -1;
    if (opener->process > 0)
        (void)waitpid(opener->process, NULL, 0);
}
