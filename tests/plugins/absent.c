/* absent.c -- the library that needs_missing_library is linked with, and that is not there when it is loaded.
 * SPDX-License-Identifier: Apache-2.0 */
int tests_pintle_absent(void);
__attribute__((visibility("default"))) int tests_pintle_absent(void) { return 0; }
