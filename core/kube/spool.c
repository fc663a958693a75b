/* spool.c -- see spool.h.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/spool.h"

#define TAIL ((size_t)256 << 10)

void kube_spool_close(kube_spool *s) {
  close_p(&s->fd);
  buf_free(&s->tail);
}

pintle_status kube_spool_flush(kube_spool *s, error *e) {
  pintle_status st = PINTLE_OK;
  if (s->tail.len == 0) return PINTLE_OK;
  if (s->fd < 0) st = file_temporary(s->dir ? s->dir : "/tmp", &s->fd, e);
  if (st == PINTLE_OK) st = file_write(s->fd, s->tail.data, s->tail.len, "the spool file", e);
  if (st != PINTLE_OK) return st;
  s->written += (int64_t)s->tail.len;
  buf_clear(&s->tail);
  return PINTLE_OK;
}

pintle_status kube_spool_add(kube_spool *s, str text, error *e) {
  if (s->tail.len + text.len > TAIL) {
    pintle_status st = kube_spool_flush(s, e);
    if (st != PINTLE_OK) return st;
  }
  buf_adds(&s->tail, text);
  return s->tail.failed ? error_nomem(e) : PINTLE_OK;
}

pintle_status kube_spool_read(const kube_spool *s, int64_t offset, size_t n, buf *out, error *e) {
  size_t in_file = offset >= s->written ? 0 : (size_t)(s->written - offset) < n ? (size_t)(s->written - offset) : n;
  if (!buf_reserve(out, n)) return error_nomem(e);
  if (in_file) {
    pintle_status st = file_pread(s->fd, out->data + out->len, in_file, offset, e);
    if (st != PINTLE_OK) return error_wrap(e, "the spool file");
  }
  if (n > in_file) memcpy(out->data + out->len + in_file, s->tail.data + (offset + (int64_t)in_file - s->written), n - in_file);
  out->len += n;
  out->data[out->len] = 0;
  return PINTLE_OK;
}
