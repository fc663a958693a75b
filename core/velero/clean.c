/* clean.c -- texts of a message as Go takes them.  SPDX-License-Identifier: Apache-2.0 */
#include "velero/clean.h"
#include "item/lex.h"
#include "velero/grpc.h"

static bool is_clean(const char *z) {
  for (size_t n = strlen(z), k; n; z += k, n -= k)
    if ((unsigned char)*z < 0x80) k = 1;
    else if (!(k = item_utf8(z, n))) return false;
  return true;
}

static bool clean_text(char **text, arena *a) {
  if (!*text || is_clean(*text)) return true;
  size_t size = 3 * strlen(*text) + 1; /* a byte becomes U+FFFD */
  char *to = arena_alloc(a, size);
  if (to) *text = grpc_clean(str_of(*text), to, size);
  return to != NULL;
}

/* The list may be the owner's: a text of it is replaced in a copy. */
static bool clean_list(char ***list, size_t n, arena *a) {
  size_t i = 0;
  while (i < n && is_clean((*list)[i])) i++;
  if (i == n) return true;
  char **copy = arena_alloc(a, n * sizeof *copy);
  if (!copy) return false;
  memcpy(copy, *list, n * sizeof *copy);
  *list = copy;
  for (; i < n; i++)
    if (!clean_text(&copy[i], a)) return false;
  return true;
}

static bool clean_field(const ProtobufCFieldDescriptor *f, char *message, arena *a) {
  void *at = message + f->offset;
  size_t n = 0;
  if (f->label == PROTOBUF_C_LABEL_REPEATED) memcpy(&n, message + f->quantifier_offset, sizeof n);
  if (f->type == PROTOBUF_C_TYPE_STRING) return f->label == PROTOBUF_C_LABEL_REPEATED ? clean_list(at, n, a) : clean_text(at, a);
  if (f->type != PROTOBUF_C_TYPE_MESSAGE) return true;
  ProtobufCMessage **below = at;
  if (f->label != PROTOBUF_C_LABEL_REPEATED) return !*below || velero_clean(*below, a);
  for (below = *(ProtobufCMessage ***)at; n; n--, below++)
    if (!velero_clean(*below, a)) return false;
  return true;
}

bool velero_clean(ProtobufCMessage *m, arena *a) {
  const ProtobufCMessageDescriptor *d = m->descriptor;
  for (unsigned i = 0; i < d->n_fields; i++)
    if (!clean_field(&d->fields[i], (char *)m, a)) return false;
  return true;
}
