/* single_stream.c -- bytes and entries of a single call, the worker's side.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/file.h"
#include "worker/single_side.h"
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#define LINGER (CLOCK_SECOND / 20) /* small writes and entries wait for company so long, and until the plugin's next */

/* ---- frames */
static bool write_parts(int fd, struct iovec *v, int n) {
  while (n) {
    ssize_t got = writev(fd, v, n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    for (; n && (size_t)got >= v->iov_len; v++, n--) got -= (ssize_t)v->iov_len;
    if (n) v->iov_base = (char *)v->iov_base + got, v->iov_len -= (size_t)got;
  }
  return true;
}

static bool send_large(side *to, enum wire_type type, str a, str b) {
  buf body = {0}, frames = {0};
  error e;
  buf_adds(&body, a);
  buf_adds(&body, b);
  wire_frame(&frames, type, buf_str(&body), &to->out_seq);
  bool sent = !body.failed && !frames.failed && file_write(to->sock, frames.data, frames.len, "to the supervisor", &e) == PINTLE_OK;
  buf_free(&body);
  buf_free(&frames);
  return sent;
}

bool single_send(single *s, enum wire_type type, str a, str b) {
  side *to = s->side;
  size_t n = a.len + b.len;
  if (getpid() != to->pid) _exit(1);
  pthread_mutex_lock(&s->sending);
  bool sent = !to->lost;
  if (sent && n > WIRE_MAX_FRAME) sent = send_large(to, type, a, b);
  else if (sent) {
    wire_header h = {(uint32_t)n, (uint16_t)type, 0, to->out_seq++};
    struct iovec v[3] = {{&h, sizeof h}, {(char *)(uintptr_t)a.ptr, a.len}, {(char *)(uintptr_t)b.ptr, b.len}};
    sent = write_parts(to->sock, v, b.len ? 3 : 2);
  }
  if (!sent) to->lost = true;
  pthread_mutex_unlock(&s->sending);
  return sent;
}

static str number_of(const single *s, uint64_t *room) {
  *room = s->args.number;
  return (str){(const char *)room, sizeof *room};
}

static bool lost(single *s) {
  s->side->lost = s->over = true;
  s->end = s->refused = PINTLE_CANCELLED;
  return false;
}

bool single_take(single *s) {
  enum wire_type type;
  str body;
  if (s->side->lost || !side_receive(s->side, &type, &body)) return lost(s);
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  uint64_t number = wire_get_u64(&r);
  bool late = number < s->args.number;
  if (type == WIRE_DATA && !late) {
    if (!(single_functions[s->args.function].flags & SINGLE_READS) || s->over) return lost(s);
    s->chunk = (str){r.at, (size_t)(r.end - r.at)};
  } else if (type == WIRE_CREDIT && !late) s->credit += wire_get_u64(&r);
  else if (type == WIRE_END && !late) {
    s->over = true;
    s->end = s->refused = (pintle_status)wire_get_u32(&r);
  } else if (!late || type == WIRE_CALL) return lost(s);
  return !r.overrun && number <= s->args.number ? true : lost(s);
}

static void moved(single *s, size_t n) {
  s->moved += n;
  atomic_fetch_add_explicit(&s->side->page->moved, n, memory_order_relaxed);
}

/* ---- a body that is read */
static int64_t read_body(const pintle_reader *reader, void *to, size_t n) {
  single *s = reader->ctx;
  uint64_t room[2];
  if (!s->open || n == 0 || !to) return PINTLE_INVALID;
  while (!s->chunk.len && !s->over) single_take(s);
  if (!s->chunk.len) return s->end;
  if (n > s->chunk.len) n = s->chunk.len;
  memcpy(to, s->chunk.ptr, n);
  s->chunk.ptr += n, s->chunk.len -= n;
  moved(s, n);
  if ((s->owed += n) >= SINGLE_WINDOW / 4) {
    room[1] = s->owed;
    s->owed = 0;
    single_send(s, WIRE_CREDIT, number_of(s, room), (str){(const char *)&room[1], sizeof room[1]});
  }
  return (int64_t)n;
}

/* ---- bytes and entries that are written */
static pintle_status send_now(single *s, enum wire_type type, str data) {
  uint64_t room;
  while (s->credit < data.len && s->refused == PINTLE_OK) single_take(s);
  if (s->refused != PINTLE_OK) return s->refused;
  s->credit -= data.len;
  s->sent_at = clock_monotonic();
  return single_send(s, type, number_of(s, &room), data) ? PINTLE_OK : PINTLE_CANCELLED;
}

static pintle_status flush(single *s) {
  if (s->pending.len == 0 || s->refused != PINTLE_OK) return s->refused;
  enum wire_type type = single_functions[s->args.function].flags & SINGLE_LISTS ? WIRE_ENTRIES : WIRE_DATA;
  pintle_status st = s->pending.failed ? PINTLE_NOMEM : send_now(s, type, buf_str(&s->pending));
  buf_clear(&s->pending);
  return st;
}

static pintle_status flush_in_time(single *s) {
  return s->pending.len >= SINGLE_BATCH || clock_monotonic() > s->sent_at + LINGER ? flush(s) : PINTLE_OK;
}

static int64_t write_body(const pintle_writer *writer, const void *data, size_t n) {
  single *s = writer->ctx;
  pintle_status st = s->open && n && data ? s->refused : PINTLE_INVALID;
  if (st == PINTLE_OK && s->args.size >= 0 && n > (uint64_t)s->args.size - s->moved) st = PINTLE_INVALID;
  if (st != PINTLE_OK) return st;
  if (n > SINGLE_CHUNK) n = SINGLE_CHUNK;
  if (s->pending.len + n > SINGLE_BATCH) st = flush(s);
  if (st == PINTLE_OK && n > SINGLE_BATCH / 2) st = send_now(s, WIRE_DATA, (str){data, n});
  else if (st == PINTLE_OK) {
    buf_add(&s->pending, data, n);
    st = flush_in_time(s);
  }
  if (st != PINTLE_OK) return st;
  moved(s, n);
  return (int64_t)n;
}

pintle_status single_entry(void *ctx, const pintle_entry *e) {
  single *s = ctx;
  if (!s->open) return PINTLE_INVALID;
  if (s->refused != PINTLE_OK) return s->refused;
  single_put_entry(&s->pending, e);
  moved(s, 1);
  return flush_in_time(s);
}

/* ---- one call */
void single_stream_begin(single *s) {
  s->reader.v = (pintle_reader){.struct_size = sizeof(pintle_reader), .size = s->args.size, .ctx = s, .read = read_body};
  s->writer.v = (pintle_writer){.struct_size = sizeof(pintle_writer), .size = s->args.size, .ctx = s, .write = write_body};
  s->chunk = (str){NULL, 0};
  s->over = false, s->end = 0, s->refused = PINTLE_OK;
  s->owed = s->moved = 0, s->credit = SINGLE_WINDOW;
  buf_clear(&s->pending);
  s->sent_at = clock_monotonic();
  s->open = true;
}

void single_stream_end(single *s) {
  flush(s);
  s->open = false;
}
