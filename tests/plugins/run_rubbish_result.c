/* run_rubbish_result.c -- hands rubbish to the functions that take results and log lines.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_LENGTH ((size_t)1 << 40)

/* A page of letters that no NUL ends; behind it there is nothing. */
static char *unterminated(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  char *text = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (text == MAP_FAILED || mprotect(text + page, page, PROT_NONE) != 0) _exit(9);
  memset(text, 'a', page);
  return text;
}

static void nulls(pintle_call *call, pintle_result *r) {
  const pintle_id empty = {NULL, NULL, NULL, NULL, NULL};
  r->api->note(r, NULL, NULL);
  r->api->skip(r, NULL);
  r->api->operation(r, NULL);
  r->api->additional_item(r, NULL, 0);
  r->api->additional_item(r, &empty, 0);
  r->api->post_operation_item(r, NULL);
  call->host->log_line(call, PINTLE_LOG_INFO, NULL, PINTLE_Z, NULL, 0);
  call->host->count(call, NULL, 1);
  call->host->finding(call, 99, NULL, NULL, NULL);
  call->host->report(call, NULL);
}

static void wrong_kinds(pintle_result *r) {
  const pintle_progress progress = {.struct_size = sizeof progress, .completed = 1};
  const pintle_entry entry = {.struct_size = sizeof entry, .key = "k"};
  const pintle_selector selector = {.struct_size = sizeof selector};
  r->api->progress(r, &progress);
  r->api->entry(r, &entry);
  r->api->selector(r, &selector);
}

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  const pintle_kv pair = {NULL, NULL};
  if (run_is(call, "null")) nulls(call, r);
  else if (run_is(call, "kind")) wrong_kinds(r);
  else if (run_is(call, "status")) return 12345;
  else if (run_is(call, "text")) r->api->text(r, "x", HUGE_LENGTH);
  else if (run_is(call, "log")) call->host->log_line(call, PINTLE_LOG_WARN, "x", HUGE_LENGTH, NULL, 0);
  else if (run_is(call, "fields")) call->host->log_line(call, 77, "rubbish fields", PINTLE_Z, &pair, 1);
  else if (run_is(call, "set")) item->api->set_str(item, "/data/x", "x", HUGE_LENGTH);
  else if (run_is(call, "unterminated")) r->api->skip(r, unterminated());
  else if (run_is(call, "utf8")) r->api->skip(r, "\xff\xfe");
  else return pintle_fail(call, PINTLE_INVALID, "no such variant");
  return PINTLE_OK;
}

RUN_PLUGIN("rubbish_result", 0);
