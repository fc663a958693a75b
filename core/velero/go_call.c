/* go_call.c -- one call of a hosted Go plugin: packed, sent, unpacked; its errors, its lines, its end.  SPDX-License-Identifier: Apache-2.0 */
#include "velero/go_inside.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_MAX = 4 << 10 };

/* ---- messages */
bool go_pack(buf *to, const ProtobufCMessage *m) {
  buf_clear(to);
  if (!buf_reserve(to, protobuf_c_message_get_packed_size(m))) return false;
  to->len = protobuf_c_message_pack(m, (uint8_t *)to->data);
  return true;
}

static void *answer_alloc(void *ctx, size_t n) { return arena_alloc(ctx, n); }
static void answer_free(void *ctx, void *p) { (void)ctx, (void)p; }

void *go_unpack(go_plugin *p, const ProtobufCMessageDescriptor *d, str packed) {
  ProtobufCAllocator in_arena = {answer_alloc, answer_free, &p->answer};
  arena_reset(&p->answer);
  return protobuf_c_message_unpack(d, &in_arena, packed.len, (const uint8_t *)packed.ptr);
}

/* ---- errors */
/* place is Velero's Stack: "file:line:function". */
pintle_status go_fail(pintle_call *call, const error *e) {
  char file[sizeof e->place];
  pintle_error x = {.struct_size = sizeof x, .status = e->status, .message = e->message, .hint = e->hint};
  memcpy(file, e->place, sizeof file);
  char *line = strchr(file, ':'), *function = line ? strchr(line + 1, ':') : NULL;
  if (function) {
    *line = *function = 0;
    x.file = file, x.line = (uint32_t)strtoul(line + 1, NULL, 10), x.function = function + 1;
  }
  return (call->host->fail)(call, &x);
}

/* ---- its lines */
void go_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  go_plugin *p = ctx;
  if (level == PINTLE_LOG_DEBUG && n == 0 && p->said.len < SAID_MAX) buf_adds(&p->said, message), buf_addc(&p->said, '\n');
  host_table->log_line(p->call, level, message.ptr, message.len, fields, n);
}

/* ---- cancelling */
/* Past the deadline it would go on unseen and hold what it holds: nobody answers any more, and the supervisor ends worker and plugin, by name. */
int go_cancelled(void *ctx) {
  const go_plugin *p = ctx;
  if (!p->call) return 0;
  while (p->call->host->remaining(p->call) == 0 || p->call->host->cancelled(p->call) == 2) pause();
  return p->call->host->cancelled(p->call) == 1;
}

int go_cancel_fd(void *ctx) {
  const go_plugin *p = ctx;
  return p->call ? p->call->host->cancel_fd(p->call) : -1;
}

/* ---- its end */
/* Plain lines that it wrote last, a panic's for example: of an item whose worker ends nothing else is heard. */
static void repeat_lines(const go_plugin *p) {
  for (const char *line = buf_str(&p->said).ptr, *end = line + p->said.len; line < end;) {
    const char *next = memchr(line, '\n', (size_t)(end - line));
    size_t n = (size_t)((next ? next : end) - line);
    host_table->log_line(NULL, PINTLE_LOG_INFO, line, n, NULL, 0);
    line += n + 1;
  }
}

static _Noreturn void end_alike(go_plugin *p, const error *e) {
  int status = velero_process_ended(p->process);
  repeat_lines(p);
  host_table->log_line(NULL, PINTLE_LOG_WARN, e->message, PINTLE_Z, NULL, 0);
  velero_process_stop(p->process);
  if (status >= 0 && WIFSIGNALED(status)) {
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
  }
  _exit(status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

size_t go_watch(void *ctx, struct pollfd *f) {
  const velero_opening *o = ctx;
  return o->plugin && o->plugin->process ? velero_process_watch(o->plugin->process, f) : 0;
}

void go_heard(void *ctx) {
  const velero_opening *o = ctx;
  go_plugin *p = o->plugin;
  error e = {0};
  velero_process_listen(p->process);
  if (p->call || velero_process_alive(p->process)) return; /* in a call that waits for more bytes: the call will see */
  error_set(&e, PINTLE_FAILED, "%s ended between two calls", p->name);
  end_alike(p, &e);
}

/* ---- calls */
static pintle_status run(const go_instance *i, pintle_call *call, const velero_request *r, buf *response, error *e) {
  go_plugin *p = i->plugin;
  p->call = call;
  buf_clear(&p->said);
  pintle_status st = velero_process_call(p->process, r, response, e);
  p->call = NULL;
  if (!velero_process_alive(p->process)) end_alike(p, e);
  return st == PINTLE_TRANSIENT ? (e->status = PINTLE_FAILED) : st; /* that would promise that a repeat is safe */
}

pintle_status go_stream(const go_instance *i, pintle_call *call, const velero_request *r) {
  error e = {0};
  pintle_status st = run(i, call, r, r->each ? NULL : &i->plugin->response, &e);
  return st == PINTLE_OK ? st : go_fail(call, &e);
}

pintle_status go_call(const go_instance *i, pintle_call *call, const char *method, const ProtobufCMessage *request,
                      const ProtobufCMessageDescriptor *answer, void *out) {
  go_plugin *p = i->plugin;
  error e = {0};
  if (!go_pack(&p->request, request)) return error_nomem(&e), go_fail(call, &e);
  const velero_request r = {.method = method, .message = buf_str(&p->request)};
  pintle_status st = run(i, call, &r, &p->response, &e);
  if (st != PINTLE_OK) return go_fail(call, &e);
  void *m = out ? go_unpack(p, answer, buf_str(&p->response)) : NULL;
  if (out && !m) return error_set(&e, PINTLE_FAILED, "its answer to %s cannot be read", method), go_fail(call, &e);
  if (out) memcpy(out, &m, sizeof m);
  return PINTLE_OK;
}

char **go_config(const go_instance *i, pintle_call *call, size_t *n) {
  const pintle_doc *config = call->host->config(call);
  const pintle_value *root = config->api->at(config, "");
  size_t most = 0;
  for (const pintle_value *v = config->api->first(config, root); v; v = config->api->next(config, v)) most++;
  arena_reset(&i->plugin->answer);
  char **list = arena_alloc(&i->plugin->answer, (2 * most + 1) * sizeof *list);
  *n = 0;
  for (const pintle_value *v = config->api->first(config, root); v && list; v = config->api->next(config, v)) {
    str key, text;
    if (config->api->key(config, v, &key) != PINTLE_OK || config->api->text(config, v, &text) != PINTLE_OK) continue;
    char *k = arena_copy(&i->plugin->answer, key), *t = arena_copy(&i->plugin->answer, text);
    if (!k || !t) return NULL;
    list[2 * *n] = k, list[2 * *n + 1] = t;
    ++*n;
  }
  return list;
}
