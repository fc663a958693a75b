/* version.c -- pintle version.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#ifndef PINTLE_VERSION
#define PINTLE_VERSION "0.0.0"
#endif

int cli_version(cli *c) {
  const char *format = cli_text(&c->flags, "output");
  CLEANUP(item_freep) item_doc *d = NULL;
  CLEANUP(buf_free) buf json = {0};
  error e = {0};
  if (strcmp(format, "text") == 0) {
    cli_outf(c, "Client:\n\tVersion: %s\n\tPlugin ABI: %u.%u\n", PINTLE_VERSION, PINTLE_ABI_MAJOR, PINTLE_ABI_MINOR);
    return CLI_COMPLETED;
  }
  buf_printf(&json, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"Version\",\"version\":\"%s\",\"pluginABI\":\"%u.%u\"}",
             PINTLE_VERSION, PINTLE_ABI_MAJOR, PINTLE_ABI_MINOR);
  if (json.failed || item_new(&d) != PINTLE_OK) error_nomem(&e);
  else if (item_parse(d, buf_str(&json), 0, NULL, &e) == PINTLE_OK) return cli_print_doc(c, d, format);
  return cli_fail(c, &e);
}
