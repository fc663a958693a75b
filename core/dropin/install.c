/* install.c -- see install.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/install.h"
#include "base/file.h"
#include <errno.h>
int dropin_install(const char *self, const char *to, FILE *out, FILE *err) {
  (void)self, (void)to, (void)out, (void)err;
  return 1;
}
