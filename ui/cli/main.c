/* SPDX-License-Identifier: MIT */
#include "ui/cli/run.h"

int main(int argc, char **argv)
{
    return run(argc, argv);
}
