/* run_config_error.c -- refuses its configuration, pointing at the place.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static const pintle_option rules = {
    .struct_size = sizeof(pintle_option), .type = PINTLE_OPT_JSON, .name = "rules", .help = "A list of mappings with a text `to`"};
static const pintle_option *const options[] = {&run_item, &rules, NULL};

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module;
  const pintle_doc *config = call->host->config(call);
  static const char *const places[] = {"/rules/0/to", "/rules/1/to", "/rules/2/to"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (strcmp(pintle_str_or(config, places[i], ""), "nowhere") == 0)
      return pintle_fail_at(call, PINTLE_INVALID, places[i], "\"nowhere\" is no place to go to");
  *self = NULL;
  return PINTLE_OK;
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)item, (void)in, (void)r;
  return PINTLE_OK;
}

RUN_TABLES("config_error", PINTLE_PURE, create, options);
