/* ask.h -- what plugins ask the run: pintle.items/1 and pintle.state/1-draft.  SPDX-License-Identifier: Apache-2.0
 *
 * The functions of the two tables turn into questions, which go through host_services.ask: from a worker in a WIRE_ASK frame, with --concurrency 0
 * as a plain call. The supervisor answers from its index (engine/ask.c). Both directions are read with suspicion. */
#ifndef PINTLE_WORKER_ASK_H
#define PINTLE_WORKER_ASK_H
#include "item/item.h"
#include "worker/wire.h"

enum ask_what {
  ASK_GET = 1,   /* id: the item. Answer: str text */
  ASK_LIST,      /* id (ns and name "" = all), from. Answer: one page (ask_page) */
  ASK_KIND,      /* api_version, kind. Answer: str resource, u32 namespaced */
  ASK_WRITE,     /* may items be written? Never: the answer is the error */
  ASK_STATE_GET, /* scope, key. Answer: str value */
  ASK_STATE_PUT, /* scope, key, value. No answer */
  ASK_STATE_ADD, /* likewise, but EXISTS when there is one */
  ASK_WHATS
};
enum { ASK_KEY = 253, ASK_VALUE = 64 << 10 };
#define ASK_END UINT64_MAX

typedef struct ask_question {
  uint32_t what, scope;
  pintle_id id;
  uint64_t from; /* where the page begins: 0, then the `next` of the page before */
  const char *api_version, *kind, *key;
  str value;
} ask_question;
void ask_put(buf *b, const ask_question *q);
/* Texts are copied to *a, the value points into the body. INVALID: no such question can be. */
pintle_status ask_get(wire_reader *r, arena *a, ask_question *out);

/* A page of a listing: u64 next (ASK_END: it was the last), u32 n, then n times str ns, str name, str text. */

/* Asks on behalf of the call; appends to *answer. The error is not yet recorded. */
pintle_status ask_host(pintle_call *call, const ask_question *q, buf *answer, error *e);
/* The table behind an extension's id; NULL: not here. For host_services.extension. */
const void *ask_extension(const char *id);
extern const struct pintle_objects *const ask_items;
extern const struct pintle_state *const ask_state;

/* fields.ParseSelector: "spec.nodeName=a,metadata.name!=b"; == is =. Fields are dotted paths to strings, numbers and booleans; what is not there is "". */
typedef struct ask_fields {
  struct {
    const char *pointer;
    str value;
    bool differs;
  } * v;
  size_t n, cap;
  arena memory;
} ask_fields;
pintle_status ask_fields_parse(const char *selector, ask_fields *out, error *e); /* {0} before */
bool ask_fields_match(const ask_fields *f, const item_doc *d, str ns, str name);
void ask_fields_free(ask_fields *f);
#endif
