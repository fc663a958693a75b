/* scratch.c -- directories that a run makes and removes.  SPDX-License-Identifier: Apache-2.0 */
#include "run/scratch.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

pintle_status run_scratch_make(const char *temp_dir, char **out, error *e) {
  CLEANUP(buf_free) buf path = {0};
  buf_printf(&path, "%s/pintle-XXXXXX", temp_dir);
  if (path.failed) return error_nomem(e);
  if (!mkdtemp(path.data)) return error_errno(e, errno, "cannot make a scratch directory in %s", temp_dir);
  return (*out = strdup(path.data)) ? PINTLE_OK : error_nomem(e);
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *where) {
  (void)s, (void)type, (void)where;
  remove(path);
  return 0;
}

void run_scratch_remove(char *path) {
  if (path) nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  free(path);
}

pintle_status run_scratch_file(const char *dir, const char *name, str content, buf *path, error *e) {
  CLEANUP(close_p) int fd = -1;
  buf_printf(path, "%s/%s", dir, name);
  if (path->failed) return error_nomem(e);
  fd = open(path->data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return error_errno(e, errno, "cannot make %s", path->data);
  return file_write(fd, content.ptr, content.len, path->data, e);
}
