/* SPDX-License-Identifier: MIT */
/* Each attempt is made by a child inside the sandbox; how it ends is what is documented. */
#include "ui/cli/sandbox.h"
#include "ui/cli/sandbox_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* What an attempt returns: 0 it was allowed, else errno. */
typedef int attempt_function(void);

static int result_of(long status)
{
    return status >= 0 ? 0 : errno;
}

static int open_for_reading(void)
{
    return result_of(open("/etc/passwd", O_RDONLY));
}

static int create_file(void)
{
    return result_of(open("/tmp/turnscope-escaped", O_WRONLY | O_CREAT, 0600));
}

static int remove_file(void)
{
    return result_of(unlink("/tmp/turnscope-not-there"));
}

static int list_folder(void)
{
    return result_of(open("/", O_RDONLY | O_DIRECTORY));
}

static int look_at_file(void)
{
    struct stat status;
    return result_of(stat("/etc/passwd", &status));
}

static int internet_socket(void)
{
    return result_of(socket(AF_INET, SOCK_STREAM, 0));
}

static int packet_socket(void)
{
    return result_of(socket(AF_PACKET, SOCK_RAW, 0));
}

static int local_socket(void)
{
    return result_of(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int fork_child(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return result_of(child);
}

/* A process that shares the memory is no thread, either. */
static int spawn_program(void)
{
    pid_t child;
    char *const arguments[] = {"true", NULL};
    return posix_spawn(&child, "/bin/true", NULL, NULL, arguments, NULL);
}

static void *in_a_thread(void *result)
{
    *(int *)result = open_for_reading();
    return NULL;
}

/* It begins, and may do no more than the others: how that ended. */
static int open_in_a_thread(void)
{
    int result = -1;
    pthread_t thread;
    int error = pthread_create(&thread, NULL, in_a_thread, &result);
    if (error == 0)
        error = pthread_join(thread, NULL);
    return error == 0 ? result : 1000 + error;
}

static int run_program(void)
{
    char *const arguments[] = {"true", NULL};
    return result_of(execv("/bin/true", arguments));
}

static int trace_parent(void)
{
    return result_of(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int signal_parent(void)
{
    return result_of(kill(getppid(), SIGUSR1));
}

static int become_root(void)
{
    return result_of(setuid(0));
}

static int map_code(void)
{
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : 0;
}

static int turn_data_into_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : result_of(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

/* Typing on the terminal for the user. */
static int push_into_terminal(void)
{
    return result_of(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static int change_terminal(void)
{
    struct termios modes;
    memset(&modes, 0, sizeof modes);
    int error = result_of(ioctl(STDIN_FILENO, TCSETS, &modes));
    return error == ENOTTY ? 0 : error;
}

static int suspend_others(void)
{
    return result_of(kill(0, SIGKILL));
}

static int become_dumpable(void)
{
    return result_of(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

/* What analysing and reporting take. */
static int work(void)
{
    char octet;
    struct timespec now;
    struct pollfd polled = {.fd = STDIN_FILENO, .events = POLLIN};
    char *memory = malloc(1 << 24);
    if (memory == NULL || poll(&polled, 1, 0) < 0 || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return errno;
    memset(memory, 1, 1 << 24);
    memory = realloc(memory, 1 << 25);
    free(memory);
    if (read(STDIN_FILENO, &octet, 1) < 0 || printf("%s", "") < 0 || fflush(stdout) != 0 ||
        write(STDOUT_FILENO, "", 0) != 0)
        return errno;
    return isatty(STDOUT_FILENO) || errno == ENOTTY ? 0 : errno;
}

enum { KILLED = -1 };

static const struct attempt {
    const char *name;
    attempt_function *make;
    bool terminal; /* of the sandbox */
    int expected;  /* errno, 0 or KILLED */
} attempts[] = {
    {"work", work, false, 0},
    {"work at a terminal", work, true, 0},
    {"open a file", open_for_reading, false, EPERM},
    {"open a file at a terminal", open_for_reading, true, EPERM},
    {"create a file", create_file, false, EPERM},
    {"remove a file", remove_file, false, EPERM},
    {"list a folder", list_folder, false, EPERM},
    {"look at a file", look_at_file, false, EPERM},
    {"open an internet socket", internet_socket, false, EPERM},
    {"open a packet socket", packet_socket, false, EPERM},
    {"open a local socket", local_socket, false, EPERM},
    {"fork", fork_child, false, EPERM},
    {"spawn a program", spawn_program, false, EPERM},
    {"open a file in a thread", open_in_a_thread, false, EPERM},
    {"run a program", run_program, false, KILLED},
    {"trace another process", trace_parent, false, KILLED},
    {"signal another process", signal_parent, false, EPERM},
    {"become root", become_root, false, EPERM},
    {"map memory as code", map_code, false, EPERM},
    {"turn data into code", turn_data_into_code, false, EPERM},
    {"type on the terminal", push_into_terminal, true, EPERM},
    {"change the terminal", change_terminal, false, EPERM},
    {"change the terminal when it needs to", change_terminal, true, 0},
    {"end the whole job", suspend_others, true, EPERM},
    {"become dumpable", become_dumpable, false, EPERM},
};

static bool is_supported;

static _Noreturn void attempt_inside(const struct attempt *attempt)
{
    const struct sandbox_needs needs = {.terminal = attempt->terminal};
    char text[SANDBOX_TEXT];
    int null = open("/dev/null", O_RDWR);
    if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        _exit(254);
    if (sandbox_enter(&needs, text) != 0)
        _exit(255);
    _exit(attempt->make());
}

static int outcome_of(const struct attempt *attempt)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        attempt_inside(attempt);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? KILLED : 1000 + WTERMSIG(status);
    return WEXITSTATUS(status);
}

static void test_attempts_end_as_documented(void **state)
{
    (void)state;
    if (!is_supported)
        skip();
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        int outcome = outcome_of(&attempts[i]);
        if (outcome != attempts[i].expected)
            fail_msg("to %s ended with %d instead of %d", attempts[i].name, outcome,
                     attempts[i].expected);
    }
}

static int connect_somewhere(void)
{
    const struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_port = htons(9)};
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    return result_of(connect(descriptor, (const struct sockaddr *)&nobody, sizeof nobody));
}

/* Landlock by itself refuses as well: 1 it does, 0 it does not, 77 this kernel has none. */
static int landlock_alone(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return 0;
    int version = landlock_enter();
    if (version <= 0)
        return version == 0 ? 77 : 0;
    bool network = version < 4 || connect_somewhere() == EACCES;
    bool signals = version < 6 || signal_parent() == EPERM;
    return network && signals && open_for_reading() == EACCES && create_file() == EACCES;
}

static void test_landlock_alone(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(landlock_alone());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 1);
}

/* Without the sandbox the same attempts succeed: the test can fail. */
static void test_attempts_work_outside(void **state)
{
    (void)state;
    assert_int_equal(open_for_reading(), 0);
    assert_int_equal(local_socket(), 0);
    assert_int_equal(fork_child(), 0);
    assert_int_equal(spawn_program(), 0);
    assert_int_equal(open_in_a_thread(), 0);
    assert_int_equal(map_code(), 0);
}

/* What is in force in a child; "" when this system has no sandbox. */
static bool find_support(void)
{
    const struct sandbox_needs needs = {0};
    char text[SANDBOX_TEXT] = "";
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(sandbox_enter(&needs, text) == 0 && strstr(text, "seccomp") != NULL ? 0 : 1);
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attempts_work_outside),
        cmocka_unit_test(test_attempts_end_as_documented),
        cmocka_unit_test(test_landlock_alone),
    };
    is_supported = find_support();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
