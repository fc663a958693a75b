/* describe_hooks.c -- spec.hooks of a Backup, in Velero's layout.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/describe.h"
#include "cli/selector.h"

static void list_line(describer *d, const char *label, const item_node *list, const char *between, const char *otherwise) {
  CLEANUP(buf_free) buf text = {0};
  describe_joined(list, between, otherwise, &text);
  describe_line(d, label, buf_str(&text));
}

static str text_at(const item_node *n, const char *key) {
  str s = item_string(item_member(n, str_of(key)));
  return s.ptr ? s : STR("");
}

static void exec_hooks(describer *d, const item_node *list, const char *title) {
  for (const item_node *h = item_first(list); h; h = item_next(h)) {
    const item_node *exec = item_member(h, STR("exec"));
    if (!exec) continue;
    buf_printf(&d->text, "\n      %s:\n", title);
    describe_line(d, "        Container", text_at(exec, "container"));
    list_line(d, "        Command", item_member(exec, STR("command")), " ", "");
    describe_line(d, "        On Error", text_at(exec, "onError"));
    describe_line(d, "        Timeout", text_at(exec, "timeout").len ? text_at(exec, "timeout") : STR("0s"));
  }
}

static void one(describer *d, const item_node *hook) {
  CLEANUP(buf_free) buf selector = {0};
  buf_addz(&d->text, "    ");
  cli_clean(&d->text, text_at(hook, "name"));
  buf_addz(&d->text, ":\n      Namespaces:\n");
  list_line(d, "        Included", item_member(hook, STR("includedNamespaces")), ", ", "*");
  list_line(d, "        Excluded", item_member(hook, STR("excludedNamespaces")), ", ", "<none>");
  buf_addz(&d->text, "\n      Resources:\n");
  list_line(d, "        Included", item_member(hook, STR("includedResources")), ", ", "*");
  list_line(d, "        Excluded", item_member(hook, STR("excludedResources")), ", ", "<none>");
  cli_selector_text(item_member(hook, STR("labelSelector")), &selector);
  buf_addc(&d->text, '\n');
  describe_line(d, "      Label selector", buf_str(&selector));
  exec_hooks(d, item_member(hook, STR("pre")), "Pre Exec Hook");
  exec_hooks(d, item_member(hook, STR("post")), "Post Exec Hook");
}

void describe_hooks(describer *d) {
  const item_node *hooks = item_at(d->d, "/spec/hooks/resources");
  if (item_count(hooks) == 0) {
    describe_line(d, "Hooks", STR("<none>"));
    return;
  }
  buf_addz(&d->text, "Hooks:\n  Resources:\n");
  for (const item_node *h = item_first(hooks); h; h = item_next(h)) one(d, h);
}
