/* SPDX-License-Identifier: MIT */
extern int turnscope_ui_placeholder;
int turnscope_ui_placeholder;
