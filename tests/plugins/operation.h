/* operation.h -- what the fixtures with asynchronous operations share: files in the directory of the option `dir`, by which a test controls
 * an operation and sees what was asked of it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PLUGINS_OPERATION_H
#define TESTS_PLUGINS_OPERATION_H
#include "run.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const pintle_option op_dir = {.struct_size = sizeof op_dir,
                                     .flags = PINTLE_REQUIRED,
                                     .type = PINTLE_OPT_STRING,
                                     .name = "dir",
                                     .help = "Directory of the test's files"};
static const pintle_option op_post = {.struct_size = sizeof op_post,
                                      .type = PINTLE_OPT_STRING,
                                      .name = "post",
                                      .fallback = "",
                                      .help = "self: the item is taken again when its operation is over"};
static const pintle_option *const op_options[] = {&run_item, &run_variant, &op_dir, &op_post, NULL};

/* Ids are "RUN-UID/NAME"; the files of one are DIR/NAME.WHAT. */
RUN_UNUSED static void op_path(pintle_call *call, const char *id, const char *what, char *to, size_t size) {
  const char *name = strrchr(id, '/');
  snprintf(to, size, "%s/%s.%s", pintle_str_or(call->host->config(call), "/dir", ""), name ? name + 1 : id, what);
}

RUN_UNUSED static void op_note(pintle_call *call, const char *id, const char *what) { /* one line more in DIR/NAME.WHAT */
  char path[4096];
  op_path(call, id, what, path, sizeof path);
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0 || write(fd, "x\n", 2) != 2) pintle_log(call, PINTLE_LOG_ERROR, "%s: %s", path, strerror(errno));
  if (fd >= 0) close(fd);
}

/* The content of DIR/NAME.WHAT; "" when it is not there. */
RUN_UNUSED static size_t op_read(pintle_call *call, const char *id, const char *what, char *to, size_t size) {
  char path[4096];
  op_path(call, id, what, path, sizeof path);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd >= 0 ? read(fd, to, size - 1) : 0;
  if (fd >= 0) close(fd);
  to[n > 0 ? n : 0] = 0;
  return strlen(to);
}

/* With variant "slow-finalize" it waits until the test removes DIR/NAME.hold; with "more" it asks for the item "more", and warns of it. */
RUN_UNUSED static pintle_status op_finalize(pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  char hold[4096];
  pintle_status st = PINTLE_OK;
  op_note(call, in->id->name, "finalizing");
  op_path(call, in->id->name, "hold", hold, sizeof hold);
  while (run_is(call, "slow-finalize") && access(hold, F_OK) == 0 && st == PINTLE_OK) st = call->host->pause(call, 10000000);
  if (st == PINTLE_OK && run_is(call, "more")) {
    const pintle_id more = *in->id;
    st = r->api->additional_item(r, &(pintle_id){more.group, more.version, more.resource, more.ns, "more"}, 0);
    pintle_log(call, PINTLE_LOG_WARN, "there is more");
  }
  return st == PINTLE_OK ? pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1finalized", "yes") : st;
}

RUN_UNUSED static pintle_status op_register(pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  char id[512];
  if (in->flags & PINTLE_FINALIZING) return op_finalize(call, item, in, r);
  snprintf(id, sizeof id, "%s/%s", pintle_str_or(in->run, "/metadata/uid", "none"), in->id->name);
  op_note(call, id, "started");
  pintle_status st = r->api->operation(r, id);
  if (st == PINTLE_OK && strcmp(pintle_str_or(call->host->config(call), "/post", ""), "self") == 0)
    st = r->api->post_operation_item(r, in->id);
  return st;
}

RUN_UNUSED static pintle_status op_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self;
  return run_strikes(call, item) ? op_register(call, item, in, r) : PINTLE_OK;
}
#endif
