/* old_major.c -- a plugin for an interface before 1.  SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
extern const uint32_t pintle_plugin_v0[4];
__attribute__((visibility("default"))) const uint32_t pintle_plugin_v0[4] = {16, 0x544e4950u, 0, 3};
