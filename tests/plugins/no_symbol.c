/* no_symbol.c -- a library that is no plugin.  SPDX-License-Identifier: Apache-2.0 */
int something_else(void);
__attribute__((visibility("default"))) int something_else(void) { return 1; }
