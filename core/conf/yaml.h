/* yaml.h -- YAML (and so JSON) streams turned into JSON.  SPDX-License-Identifier: Apache-2.0
 *
 * Types as sigs.k8s.io/yaml resolves them (YAML 1.1 booleans, octal, hex, null, merge keys), except: a repeated key is INVALID, and a
 * number whose text is a valid JSON number keeps that text; other numbers become the same value in decimal; .inf and .nan are INVALID.
 * Keys that are no strings become their text, as there. Time stamps stay strings. Anchors expand to at most limits.max_bytes a
 * document. Canonical output: compact, keys in source order. */
#ifndef PINTLE_CONF_YAML_H
#define PINTLE_CONF_YAML_H
#include "item/item.h"

/* Where values came from: pairs of offset in the JSON text (from the first byte that conf_yaml_next added) and place in the source,
 * ascending by offset. Keys have marks too. */
typedef struct conf_places {
  struct conf_mark {
    uint32_t offset, line, column;
  } * v;
  size_t n, cap;
} conf_places;
void conf_places_free(conf_places *p);
/* The mark of the value that begins at, or last before, offset; NULL when there is none. */
const struct conf_mark *conf_places_find(const conf_places *p, uint32_t offset);

typedef struct conf_yaml conf_yaml;
/* Reads from fd (not closed) or, when fd is -1, from text (borrowed). name is for error places. JSON text (first byte that is no white
 * space is '{' or '[') is YAML too, but is read by the faster way where that gives the same result. */
pintle_status conf_yaml_open(int fd, str text, const char *name, const item_limits *limits, conf_yaml **out, error *e);
void conf_yaml_close(conf_yaml *y);
/* From now on the stream is JSON: documents one behind the other, nothing but white space between them. */
void conf_yaml_json_only(conf_yaml *y);
/* The next document, appended to *json; *line is where it begins. Empty documents (and those of comments only) are passed over.
 * NOT_FOUND at the end of the stream. INVALID with place "name:line:column": after a syntax error the stream is over; after an error of
 * value (duplicate key, .inf, too large, too deep) the next call goes on with the next document. Memory: one document. */
pintle_status conf_yaml_next(conf_yaml *y, buf *json, conf_places *places, uint32_t *line, error *e);
/* The same without ever holding a List whole. emit gets each top-level document as conf_yaml_next would give it; but of a document that
 * is a mapping with a sequence under `items`, first each element (part = CONF_ITEM; its number; held by the receiver as tentative) and,
 * at its end, the mapping without `items` (part = CONF_LIST), so that `kind` may come last. If that turns out to be no List (kind does
 * not end in "List"), the receiver joins them. When an error keeps CONF_LIST from coming, part = CONF_VOID (no text) says that the
 * elements are void. What emit returns, if not OK, ends the reading and is returned. */
enum { CONF_WHOLE = 0, CONF_ITEM = 1, CONF_LIST = 2, CONF_VOID = 3 };
typedef pintle_status (*conf_emit)(void *ctx, int part, str json, uint32_t line);
pintle_status conf_yaml_each(conf_yaml *y, conf_emit emit, void (*bad)(void *ctx, const error *e), void *ctx, error *e);

/* conf_yaml_each for a receiver that keeps JSON where it is. A raw part is JSON as it stands in the stream, at offset; unless the
 * stream is json_only it is valid, else only its brackets were matched. Parts that are not raw are canonical. Of a raw CONF_LIST,
 * offset and length are those of the whole mapping, items included. A document or element in error goes to bad, and reading goes on; so
 * does a syntax error of YAML when a line that begins with "---" follows (this is true of conf_yaml_each, too). Else it is returned. A
 * mapping whose kind comes first and does not end in "List" is one CONF_WHOLE. */
typedef struct conf_part {
  int part;
  bool raw;
  uint32_t line, column; /* where it begins */
  str text;
  int64_t offset;
  uint64_t length;
} conf_part;
typedef pintle_status (*conf_take)(void *ctx, const conf_part *part);
pintle_status conf_yaml_parts(conf_yaml *y, conf_take take, void (*bad)(void *ctx, const error *e), void *ctx, error *e);
#endif
