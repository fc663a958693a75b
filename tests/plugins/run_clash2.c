/* run_clash2.c -- see run_clash.h.  SPDX-License-Identifier: Apache-2.0 */
#define CLASH "clash2"
#include "run_clash.h"
