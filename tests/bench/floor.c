/* floor.c -- what Velero's client itself takes: a plugin executable that answers each call at once, on the thread that reads it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench.example.com/note gives each item back as it came; bench.example.com/null discards what is put and makes what is got ("bytes-N"). No worker, no
 * JSON, no deadline: faster than this no C plugin can be. `make bench` puts it beside the others. */
#include "object_store.pb-c.h"
#include "lister.pb-c.h"
#include "velero/server.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

extern char **environ;
enum { PIECE = 256 << 10 };

/* Of field `number`, which holds bytes. */
static str bytes_of(str m, unsigned number) {
  while (m.len > 1) {
    unsigned tag = (unsigned char)m.ptr[0];
    size_t n = 0;
    m.ptr++, m.len--;
    for (unsigned shift = 0;; shift += 7) {
      unsigned char byte = (unsigned char)*m.ptr++;
      m.len--;
      n |= (size_t)(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if ((tag & 7) == 0) continue;
    if (tag >> 3 == number) return (str){m.ptr, n};
    m.ptr += n, m.len -= n;
  }
  return STR("");
}

static buf message_of(unsigned number, const char *p, size_t n) {
  buf b = {0};
  buf_reserve(&b, GRPC_PREFIX + 12 + n);
  buf_add(&b, "\0\0\0\0", GRPC_PREFIX);
  buf_addc(&b, (char)(number << 3 | 2));
  size_t left = n;
  for (; left > 0x7f; left >>= 7) buf_addc(&b, (char)((left & 0x7f) | 0x80));
  buf_addc(&b, (char)left);
  buf_add(&b, p, n);
  return b;
}

static void list(velero_call *c, char *command) {
  static const char *const what[][2] = {{"BackupItemActionV2", "bench.example.com/note"}, {"ObjectStore", "bench.example.com/null"}};
  Generated__PluginIdentifier id[2] = {GENERATED__PLUGIN_IDENTIFIER__INIT, GENERATED__PLUGIN_IDENTIFIER__INIT}, *ids[2] = {&id[0], &id[1]};
  Generated__ListPluginsResponse r = GENERATED__LIST_PLUGINS_RESPONSE__INIT;
  for (int i = 0; i < 2; i++) id[i].command = command, id[i].kind = (char *)what[i][0], id[i].name = (char *)what[i][1];
  r.n_plugins = 2, r.plugins = ids;
  buf b = {0};
  size_t n = generated__list_plugins_response__get_packed_size(&r);
  buf_reserve(&b, GRPC_PREFIX + n);
  b.len = GRPC_PREFIX + generated__list_plugins_response__pack(&r, (uint8_t *)b.data + GRPC_PREFIX);
  velero_call_answer(c, &b);
}

static void *stream(void *arg) {
  static char zeros[PIECE];
  velero_call *c = arg;
  str first = velero_call_first(c), key = bytes_of(first, 3), more;
  buf empty = {0};
  buf_add(&empty, "\0\0\0\0", GRPC_PREFIX);
  if (strstr(velero_call_method(c), "PutObject")) {
    while (velero_call_receive(c, &more) == PINTLE_OK) continue;
    return velero_call_answer(c, &empty), NULL;
  }
  buf_free(&empty);
  for (size_t left = strtoul(key.ptr + 6, NULL, 10), n; left; left -= n) {
    n = left < PIECE ? left : PIECE;
    buf b = message_of(1, zeros, n);
    if (velero_call_send_buf(c, &b) != PINTLE_OK) break;
  }
  return velero_call_end(c, NULL), NULL;
}

static void answer(void *ctx, velero_call *c) {
  const char *method = velero_call_method(c);
  pthread_t thread;
  buf b = {0};
  if (strstr(method, "ListPlugins")) return list(c, ctx);
  if (strstr(method, "PutObject") || strstr(method, "GetObject")) {
    if (pthread_create(&thread, NULL, stream, c) == 0) pthread_detach(thread);
    return;
  }
  str item = strstr(method, "Execute") ? bytes_of(velero_call_first(c), 2) : STR("");
  if (item.len) b = message_of(1, item.ptr, item.len);
  else buf_add(&b, "\0\0\0\0", GRPC_PREFIX);
  velero_call_answer(c, &b);
}

int main(int argc, char **argv) {
  error e = {0};
  velero_server *s;
  const velero_server_options o = {.environment = (const char *const *)environ, .handshake = STDOUT_FILENO, .call = answer, .ctx = argc ? argv[0] : ""};
  signal(SIGPIPE, SIG_IGN), signal(SIGINT, SIG_IGN);
  if (velero_server_new(&o, &s, &e) != PINTLE_OK || velero_server_run(s, &e) != PINTLE_OK) return 1;
  velero_server_free(s);
  return 0;
}
