/* SPDX-License-Identifier: MIT */
#ifndef TURNSCOPE_UI_CLI_INTERFACES_H
#define TURNSCOPE_UI_CLI_INTERFACES_H

/* Prints what can be captured from, one interface a line: name, state, addresses. The exit status.
 */
int list_interfaces(void);

#endif
