/* describe.h -- parts of the two `describe` commands: Velero's layout of text, and its JSON.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_DESCRIBE_H
#define PINTLE_CLI_DESCRIBE_H
#include "cli/gather.h"

typedef struct describer {
  cli *c;
  cli_session *s;
  store *from;
  const cli_run_kind *kind;
  const item_doc *d; /* the resource */
  bool colours, details, json;
  buf text; /* for cli_tabs; what comes from outside is clean */
} describer;
/* Describes what the command names; text fills describer.text. */
int cli_describe(cli *c, cli_session *s, store *from, const cli_run_kind *kind, void (*text)(describer *));

void describe_line(describer *d, const char *label, str value); /* "Label:\tvalue\n" */
void describe_string(describer *d, const char *label, const char *pointer, const char *otherwise);
void describe_bool(describer *d, const char *label, const char *pointer, const char *no, const char *yes, const char *otherwise);
void describe_time(describer *d, const char *label, const char *pointer);
void describe_list(describer *d, const char *label, const char *pointer, const char *otherwise); /* "a, b" */
void describe_map(describer *d, const char *label, const char *pointer);
void describe_metadata(describer *d);
void describe_phase(describer *d);
void describe_selectors(describer *d);
void describe_or_selectors(const describer *d, buf *out);                                          /* "a=b or c=d" */
void describe_joined(const item_node *list, const char *between, const char *otherwise, buf *out); /* the strings of a list */
void describe_counts(describer *d, const char *done); /* progress: "Items backed up"; its pointer's last word follows from kind */
/* Errors and warnings, from the results object. */
void describe_results(describer *d);
/* One of the run's JSON objects; NOT_FOUND: it is not there. */
pintle_status describe_fetch(describer *d, int object, item_doc **out, error *e);
/* The same; NULL (and a line in the text) when it is not there. */
item_doc *describe_object(describer *d, int object, const char *label);
void describe_resource_list(describer *d);
/* describe_json.c: appended; describe_key begins a member, with a comma where one is before it. */
void describe_json(describer *d, buf *out);
void describe_key(buf *out, str key);
/* describe_volumes.c: snapshots by kind, and what was not saved, which Velero does not tell: not in its JSON without --details. */
void describe_volumes(describer *d);
void describe_volumes_json(describer *d, buf *out);
/* describe_pods.c: a group of them; of the text, from its JSON. */
void describe_pod_volumes(describer *d, const item_node *group);
void describe_pod_volumes_json(describer *d, buf *out);
/* describe_operations.c: asynchronous operations (each of them with --details), HooksAttempted, validation errors; nothing where there is none. */
void describe_operations(describer *d);
void describe_hook_counts(describer *d);
void describe_validation_errors(describer *d);
void describe_hooks(describer *d); /* spec.hooks */
/* run_report; NULL: Velero's runs have none, nor have those of earlier versions. */
item_doc *describe_report(describer *d);
void describe_actions(describer *d); /* calls, errors and times of each action of the run; nothing where it is not known */
#endif
