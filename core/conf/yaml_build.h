/* yaml_build.h -- one node of YAML written as JSON.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_YAML_BUILD_H
#define PINTLE_CONF_YAML_BUILD_H
#include "conf/yaml_events.h"

bool yaml_event(yaml_reader *r, yaml_event_t *event);
void yaml_place(const yaml_reader *r, yaml_mark_t mark, uint32_t *line, uint32_t *column);
/* What the parser says; r->over. */
pintle_status yaml_syntax_error(yaml_reader *r, error *e);
/* The node that begins with *event (deleted here), up to its end, appended to *out, which is as before on error. */
pintle_status yaml_build(yaml_reader *r, yaml_event_t *event, buf *out, conf_places *places, yaml_stream *stream, error *e);
#endif
