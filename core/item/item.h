/* item.h -- a JSON document that loses nothing: the door of core/item.  SPDX-License-Identifier: Apache-2.0
 *
 * A document is a tree of nodes in an arena of its own. Number lexemes, key order and every byte of a string (U+0000 too) are kept.
 * An item_doc *is* a pintle_doc: item_doc_api (below) is what plugins call, and what the rest of core uses too. One thread at a time.
 * Strings and nodes stay readable until item_reset or item_free, also after an edit has replaced them.
 * Duplicate keys: the last one counts for access; an edit of that member removes the others; printing an unedited object keeps all.
 * RFC 8259 syntax exactly: valid UTF-8 (a lone surrogate escape \ud800 becomes U+FFFD as in Go's encoding/json), no BOM, no trailing data. */
#ifndef PINTLE_ITEM_ITEM_H
#define PINTLE_ITEM_ITEM_H
#include "base/arena.h"
#include "base/error.h"

typedef struct item_doc item_doc;      /* its first member is a pintle_doc */
typedef struct pintle_value item_node; /* what plugins hold as pintle_value */

#define ITEM_MAX_DEPTH 512u
#define ITEM_MAX_BYTES ((size_t)16 << 20)
typedef struct item_limits {
  size_t max_bytes;   /* of the text; 0 = ITEM_MAX_BYTES */
  uint32_t max_depth; /* 0 = ITEM_MAX_DEPTH; more than twice that is taken as twice that */
} item_limits;

#define ITEM_UNIQUE_KEYS 1u /* a repeated key anywhere is INVALID (configuration) */
#define ITEM_KUBERNETES 2u  /* the text is an object; a repeated apiVersion, kind, metadata, metadata.name or metadata.namespace is INVALID */

/* ---- life. A new document is {}. */
pintle_status item_new(item_doc **out);
void item_free(item_doc *d); /* NULL is fine */
void item_freep(item_doc **d);
void item_reset(item_doc *d); /* {} again, writable, no transaction; memory is kept for the next parse */
/* Replaces the contents. text is copied. On error the document is {} and *e has "line L, column C" (1-based, columns in bytes) in place. */
pintle_status item_parse(item_doc *d, str text, uint32_t flags, const item_limits *limits, error *e);
void item_set_readonly(item_doc *d, bool readonly); /* edits are DENIED */
static inline pintle_doc *item_handle(item_doc *d) { return (pintle_doc *)(void *)d; }
item_doc *item_of(const pintle_doc *handle); /* NULL when it is none of ours (checked by a magic number) */

/* ---- reading, without a pointer */
const item_node *item_root(const item_doc *d);
const item_node *item_at(const item_doc *d, const char *pointer);     /* RFC 6901; NULL: absent (a null value is found, unlike the API's at) */
const item_node *item_member(const item_node *object, str key);       /* last duplicate; NULL: absent or no object */
const item_node *item_first(const item_node *array_or_object);
const item_node *item_next(const item_node *);
size_t item_count(const item_node *array_or_object);
int32_t item_type(const item_node *);                                  /* PINTLE_T_*; NULL is PINTLE_T_NULL */
str item_key(const item_node *);                                       /* "" when it is no member; NUL-terminated */
str item_string(const item_node *);                                    /* of a string, NUL-terminated; else {NULL, 0} */
str item_number(const item_node *);                                    /* the lexeme; else {NULL, 0} */
bool item_true(const item_node *);                                     /* is it the value true? */
pintle_status item_int(const item_node *, int64_t *);                  /* INVALID: no int64 lexeme (1.0 and 1e3 are none) */
/* As pintle_str_or: the string at pointer or fallback. */
str item_str(const item_doc *d, const char *pointer, const char *fallback);
uint32_t item_offset(const item_node *);                               /* where it begins in the parsed text; UINT32_MAX: made by an edit */
void item_place(str text, size_t offset, uint32_t *line, uint32_t *column); /* 1-based */
/* Appends the pointer ("/metadata/labels/a~1b") of the node to *out. */
void item_pointer(const item_node *, buf *out);
/* Pointers by hand: appends "/" and the key, escaped; takes the first token off *pointer, unescaped into *key (false: there is none, or no memory). */
void item_pointer_add(buf *out, str key);
bool item_pointer_next(str *pointer, buf *key);
bool item_pointer_ok(str pointer); /* syntax and UTF-8 */

/* ---- comparing: objects regardless of order, numbers by value and exactly (1.0 equals 1 and 1e0; 2^53 differs from 2^53+1) */
bool item_equal(const item_node *a, const item_node *b);

/* ---- printing. Compact unless said otherwise; from NULL = the root. NOMEM is the only error. */
#define ITEM_PRINT_PRETTY 1u /* two spaces, as Go's MarshalIndent; compact when that would be more than ITEM_PRINT_BLANKS of them */
#define ITEM_PRINT_BLANKS ((size_t)16 << 20)
#define ITEM_PRINT_SORTED 2u /* keys in byte order */
#define ITEM_PRINT_GO 4u     /* <, >, &, U+2028, U+2029 escaped as Go's encoding/json does */
pintle_status item_print(const item_doc *d, const item_node *from, uint32_t flags, buf *out);
/* The text without insignificant white space, appended to *out, no tree built; checks exactly what item_parse checks. */
pintle_status item_minify(str text, uint32_t flags, const item_limits *limits, buf *out, error *e);

/* ---- transactions. Without item_begin, edits are real at once. Not nested. */
void item_begin(item_doc *d);
/* The edits since item_begin are real. patch, if not NULL, gets them appended as an RFC 6902 array in the order made ("[]" = none);
 * applying it to the document as it was at item_begin gives the document as it is. NOMEM (then rolled back). */
pintle_status item_commit(item_doc *d, buf *patch);
void item_rollback(item_doc *d); /* the document is as at item_begin, byte for byte when printed */
bool item_edited(const item_doc *d);  /* an edit since item_begin */
bool item_changed(const item_doc *d); /* a committed edit since item_parse or item_reset */

/* A point inside a transaction, and the way back to it: what was edited since is undone. */
typedef struct item_mark {
  size_t n_log, bytes;
} item_mark;
item_mark item_mark_of(const item_doc *d);
void item_undo(item_doc *d, item_mark m);

/* ---- strategic merge patch, as Kubernetes applies it (k8s.io/apimachinery pkg/util/strategicpatch): objects merge, null removes; lists are
 * replaced or, where the schema says so, merged by key or as sets; $patch, $setElementOrder/LIST, $deleteFromPrimitiveList/LIST, $retainKeys.
 * Unlike there a directive never gets into the document, the member that comes last wins where the order of Go's maps decides, and a list
 * of over 10,000 elements is not merged (INVALID). */
typedef struct item_strategy {
  const void *type;      /* what the schema calls the object, or the list's elements; NULL: nothing is known of it */
  const char *merge_key; /* of a list of objects; NULL: none */
  bool merge, replace;   /* a list is merged; an object is replaced */
} item_strategy;
typedef item_strategy (*item_schema)(const void *type, str field);
/* All or nothing, as primitive edits. INVALID: *e says why. type: of the whole document. */
pintle_status item_strategic(item_doc *d, str patch, item_schema schema, const void *type, error *e);

/* text: what a Go program (k8s.io/apimachinery's unstructured, encoding/json) printed after it had read this document and perhaps changed it. What
 * it changed is edited, all or nothing; numbers that only look otherwise, the order of keys and everything else stay. INVALID: no such JSON, or
 * too much of it; DENIED. */
pintle_status item_from_go(item_doc *d, str text, error *e);

/* Applies ops, a node of another document: an RFC 6902 array, or one operation of such. All or nothing; *e says that it does not fit. */
pintle_status item_replay(item_doc *d, const item_doc *of, const item_node *ops, error *e);

/* ---- the functions that plugins call, 512 zero bytes behind them (R2). RFC 7396 merge, RFC 6902 patch (all or nothing). Edits outside a
 * transaction work as well. Texts given to set_json, merge and patch obey the document's limits; so does the document as a whole.
 * patch: CONFLICT: a test failed; NOT_FOUND: a place is not there; INVALID: no patch. Setting what is there already is no edit. A NULL
 * pointer is "" for reading and INVALID for edits. While nobody edits, the reading functions may run in several threads at once. */
extern const struct item_doc_table {
  pintle_doc_api api;
  char zero[512];
} item_doc_table;
#define item_doc_api (item_doc_table.api)
static inline pintle_status item_set(item_doc *d, const char *pointer, str s) { return item_doc_api.set_str(item_handle(d), pointer, s.ptr, s.len); }
static inline pintle_status item_set_json(item_doc *d, const char *pointer, str s) { return item_doc_api.set_json(item_handle(d), pointer, s.ptr, s.len); }
static inline pintle_status item_remove(item_doc *d, const char *pointer) { return item_doc_api.remove(item_handle(d), pointer); }
#endif
