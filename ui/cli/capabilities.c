/* SPDX-License-Identifier: MIT */
#include "ui/cli/capabilities.h"

#ifdef __linux__

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The bounding set may only be lowered by who has CAP_SETPCAP: others cannot use it anyway once no
 * new privileges are to be had. A number that the kernel does not know ends the list. */
static void clear_bounding_set(void)
{
    for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
        (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
}

int capabilities_bound(void)
{
    clear_bounding_set();
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int are_clear(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    memset(data, 0xff, sizeof data);
    if (syscall(SYS_capget, &header, data) != 0)
        return -1;
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        if ((data[i].effective | data[i].permitted | data[i].inheritable) != 0) {
            errno = EPERM;
            return -1;
        }
    }
    return 0;
}

int capabilities_clear(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &header, none) != 0)
        return -1;
    /* Kernels before 4.3 have no ambient set. */
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return are_clear();
}

#else

int capabilities_bound(void)
{
    return 0;
}

int capabilities_clear(void)
{
    return 0;
}

#endif
