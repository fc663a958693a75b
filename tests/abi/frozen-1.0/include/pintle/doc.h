/* pintle/doc.h -- a JSON document: reading, walking, editing.  SPDX-License-Identifier: Apache-2.0
 *
 * Items, configuration, the run's resource and scratch documents are all pintle_doc; a plugin needs no JSON library. Numbers keep their
 * digits, objects the order of their keys, strings every byte.
 *
 * Pointers are RFC 6901: "" is the whole, "/metadata/labels/a~1b" the label "a/b" (pintle_key in helpers.h writes them). Of duplicate
 * keys the last counts. Through a malformed pointer (no "/" in front, a bad ~) reading finds nothing and an edit is PINTLE_INVALID.
 * Reading sees the edits made so far. Values and strings that were handed out stay readable until the call returns (of config(): until
 * destroy), even when an edit has replaced them.
 * Edits go to a draft that becomes real only when the call returns PINTLE_OK; an edit that fails changes nothing.
 * A document belongs to its call: all functions are [call] (R7). They record no error; the plugin says what a failure means. Since 1.0. */
#ifndef PINTLE_DOC_H
#define PINTLE_DOC_H
#include <pintle/types.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_doc_api {
  uint32_t struct_size, flags;

  /* -- Reading by pointer. NOT_FOUND: absent or null. INVALID: another type. The out-parameter is untouched on error (R5). */
  pintle_status (*get_str)(const pintle_doc *, const char *pointer, pintle_str *); /* a string's content, unescaped */
  pintle_status (*get_i64)(const pintle_doc *, const char *pointer, int64_t *);    /* INVALID also: no int64; 1.0, 1e3 are none, ask raw */
  pintle_status (*get_bool)(const pintle_doc *, const char *pointer, int32_t *);   /* 0 or 1 */
  pintle_status (*raw)(const pintle_doc *, const char *pointer, pintle_str *json); /* JSON text of any value as it stands, digits kept */

  /* -- Walking, O(1) a step. NULL: absent or null, or no more. A value may be given back to these functions until the call returns, but
   *    what `next` says of a value that an edit removed or replaced is not defined: edit after walking, or walk backwards by pointer. */
  const pintle_value *(*at)(const pintle_doc *, const char *pointer);
  const pintle_value *(*first)(const pintle_doc *, const pintle_value *); /* first element or member; NULL also for scalars and NULL */
  const pintle_value *(*next)(const pintle_doc *, const pintle_value *);  /* the following sibling, in document order */
  int32_t (*type)(const pintle_doc *, const pintle_value *);              /* PINTLE_T_*; of NULL: PINTLE_T_NULL */
  pintle_status (*key)(const pintle_doc *, const pintle_value *, pintle_str *);  /* of a member of an object, unescaped; else INVALID */
  pintle_status (*text)(const pintle_doc *, const pintle_value *, pintle_str *); /* string: content; else its JSON text */

  /* -- Edits. Missing objects on the way are made; a last token "-" appends to an array, an index replaces that element.
   *    DENIED: read-only document (config, run, item_from_backup, what a listing or a get handed out, the item of read-only kinds).
   *    NOT_FOUND: an array on the way has no such element, or there is none to append to. INVALID: a string or number on the way, text
   *    that is not UTF-8, JSON that does not parse or is deeper or larger than the host's limits. NOMEM. */
  pintle_status (*set_str)(pintle_doc *, const char *pointer, const char *, size_t len);
  pintle_status (*set_i64)(pintle_doc *, const char *pointer, int64_t);
  pintle_status (*set_bool)(pintle_doc *, const char *pointer, int32_t);                      /* not 0 = true */
  pintle_status (*set_json)(pintle_doc *, const char *pointer, const char *json, size_t len); /* any value; at "" it replaces the whole */
  pintle_status (*remove)(pintle_doc *, const char *pointer);                /* later elements of an array move up; NOT_FOUND: absent */
  pintle_status (*merge)(pintle_doc *, const char *merge_patch, size_t len); /* RFC 7396 */
  pintle_status (*patch)(pintle_doc *, const char *json_patch, size_t len);  /* RFC 6902, all or nothing; CONFLICT: a test failed */
} pintle_doc_api;

#ifdef __cplusplus
}
#endif
#endif
