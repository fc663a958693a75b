/* node.h -- what a document is made of; for core/item only.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ITEM_NODE_H
#define PINTLE_ITEM_NODE_H
#include "item/item.h"
#include <pthread.h>
#include <stdint.h>

/* A text whose JSON spelling differs from its content has an item_spelling right in front of it and the flag that says so. */
typedef struct item_spelling {
  const char *raw; /* between the quotes, as in the source */
  size_t len;
} item_spelling;

enum { KEY_SPELLED = 1, TEXT_SPELLED = 2, IS_TRUE = 4 };

/* A node that was taken out of the tree keeps all its fields: plugins may still walk from it, and undoing an edit is relinking. */
struct pintle_value {
  item_node *next, *prev, *parent;
  const char *key; /* NULL: no member of an object */
  union {
    const char *text; /* string: content; number, literals: the lexeme. NUL-terminated */
    struct {
      item_node *first, *last;
    };
  };
  uint32_t key_len, len; /* len: bytes of text, or number of children */
  uint32_t offset;
  uint8_t type, flags;
};

typedef struct item_edit {
  enum { EDIT_INSERT, EDIT_REMOVE, EDIT_REPLACE } kind;
  bool silent;           /* a twin (another member of the same key) that went along: follows from the edit beside it, not in the patch */
  item_node *node, *old; /* old: what EDIT_REPLACE took out */
} item_edit;

#define ITEM_MAGIC 0x6d657449u
struct item_doc {
  pintle_doc handle;
  uint32_t magic, flags, max_depth;
  bool readonly, open, edited, changed; /* open: in a transaction */
  size_t max_bytes, bytes, bytes_begun; /* bytes: about the length of the compact text */
  size_t max_memory;
  arena mem;
  item_node *root, empty; /* empty: the {} of a new document, so that item_reset cannot fail */
  item_edit *log;
  size_t n_log, cap_log;
  pthread_mutex_t lock; /* of mem, while texts are made for readers, which may be several */
  const item_node *raw_of;
  str raw_text; /* JSON text of raw_of, until the next edit */
};

static inline bool item_is_container(const item_node *n) { return n->type >= PINTLE_T_ARRAY; }
static inline str item_key_of(const item_node *n) { return (str){n->key, n->key_len}; }
static inline str item_spelled(const char *text, size_t len, bool spelled) {
  const item_spelling *s = (const item_spelling *)(const void *)text;
  return spelled ? (str){s[-1].raw, s[-1].len} : (str){text, len};
}
static inline str item_key_spelling(const item_node *n) { return item_spelled(n->key, n->key_len, n->flags & KEY_SPELLED); }
static inline str item_text_spelling(const item_node *n) { return item_spelled(n->text, n->len, n->flags & TEXT_SPELLED); }

/* ---- parse.c: a tree in the document's arena, not linked to it. A failure leaves the document as it is. */
pintle_status item_build(item_doc *d, str text, uint32_t flags, const item_limits *limits, bool edit, item_node **out, error *e);
/* INVALID with its place; what is shared by parsing and minifying. */
pintle_status item_bad_text(error *e, str text, size_t offset, const char *what);
item_limits item_limits_of(const item_limits *given);
pintle_status item_text_ok(str text, const item_limits *l, error *e); /* length and byte order mark */

/* ---- unique.c */
/* The members in byte order of their keys, equal keys in their order; sorted has room for object->len. */
void item_sort(const item_node *object, const item_node **sorted);
/* *twin: the second member of some key, or NULL. NOMEM. */
pintle_status item_find_twin(const item_node *object, const item_node **twin);
/* Which of the keys that say what an item is (ITEM_KUBERNETES) is this? 0: none. path: depth 1 in the root, 2 in its metadata. */
enum { ID_API_VERSION = 1, ID_KIND = 2, ID_METADATA = 4, ID_NAME = 8, ID_NAMESPACE = 16 };
unsigned item_id_key(str key, unsigned depth);
/* NULL, or the member that repeats such a key in this tree. */
const item_node *item_id_twin(const item_node *root);
/* Takes earlier duplicates out of a private tree's object. */
pintle_status item_drop_twins(item_node *object);

/* ---- tree.c: links, without a log */
item_node *item_node_new(item_doc *d, int32_t type);
void item_append(item_node *parent, item_node *n); /* private trees */
void item_unlink(item_node *n);
void item_relink(item_node *n);                            /* where it was; its neighbours are as they were */
void item_swap(item_doc *d, item_node *old, item_node *n); /* n takes the place that old has */
void item_move_key(item_node *to, const item_node *from);
item_node *item_copy(item_doc *d, const item_node *from);               /* without its key; NULL: no memory */
bool item_texted(item_doc *d, str s, const char **text, bool *spelled); /* copies content and makes its spelling; false: no memory */
typedef struct item_size {
  size_t bytes;
  uint32_t height; /* containers on the longest way down */
} item_size;
item_size item_measure(const item_node *n);

/* ---- pointer.c */
typedef struct item_token {
  const char *at, *end; /* between the slashes, escaped */
} item_token;
bool item_token_next(str *pointer, item_token *t); /* false: no more */
bool item_token_is(item_token t, str key);
enum { INDEX_BAD = -1, INDEX_END = -2 };
int64_t item_token_index(item_token t);
item_node *item_child(const item_node *parent, item_token t); /* NULL: absent */
item_node *item_find(const item_doc *d, str pointer);         /* NULL: absent, or a bad pointer */
pintle_status item_token_key(item_doc *d, item_token t, item_node *member);

/* ---- log.c: primitive edits. They check limits and log; what they do can be undone. Replacing by the same is no edit. */
pintle_status item_do_insert(item_doc *d, item_node *parent, item_node *before, item_node *n); /* before NULL: at the end */
pintle_status item_do_replace(item_doc *d, item_node *old, item_node *n);                      /* keeps the key of old */
pintle_status item_do_remove(item_doc *d, item_node *n);
/* The end of every edit: undoes it when st is no OK, makes it real outside a transaction. Returns st. */
pintle_status item_edit_end(item_doc *d, item_mark m, pintle_status st);

/* ---- become.c: what is below old becomes like n, a private tree, by few edits. */
pintle_status item_become(item_doc *d, item_node *old, item_node *n);
/* m, a member of a private tree that it has left, becomes one of object, with its key. */
pintle_status item_adopt(item_doc *d, item_node *object, item_node *m);

/* ---- edit.c, merge.c, patch.c: edits as the API has them. The document is known to be ours and writable. */
pintle_status item_put(item_doc *d, str pointer, item_node *n);
pintle_status item_take(item_doc *d, str pointer);
pintle_status item_merge(item_doc *d, str text);
pintle_status item_patch(item_doc *d, str text);
/* The text of an edit as a private tree. */
pintle_status item_edit_text(item_doc *d, str text, uint32_t flags, item_node **out);

/* ---- compare.c */
bool item_same(const item_node *a, const item_node *b); /* same order, same lexemes: printing differs at most in spelling */
bool item_number_equal(str a, str b);                   /* number.c */
#endif
