/* run_clash1.c -- see run_clash.h.  SPDX-License-Identifier: Apache-2.0 */
#define CLASH "clash1"
#include "run_clash.h"
