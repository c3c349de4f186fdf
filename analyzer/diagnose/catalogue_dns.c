/* SPDX-License-Identifier: MIT */
#include "analyzer/diagnose/catalogue.h"

const struct catalogue_family catalogue_dns = {NULL, 0};
