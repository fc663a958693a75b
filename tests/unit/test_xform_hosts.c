/* test_xform_hosts.c -- restore-xform: ingressHosts.  SPDX-License-Identifier: Apache-2.0 */
#include "xform_rows.h"

#define REPLACE(path, value) "{\"op\":\"replace\",\"path\":\"" path "\",\"value\":\"" value "\"}"
#define RULE(version, host) "{\"apiVersion\":\"" version "\",\"kind\":\"Ingress\",\"spec\":{\"rules\":[{\"host\":\"" host "\"}]}}"
#define HOST(host) RULE("networking.k8s.io/v1", host)
#define BECOMES(host) "[" REPLACE("/spec/rules/0/host", host) "]"
#define EXACT "{\"ingressHosts\":{\"old.example.com\":\"new.example.com\"}}"
#define SUFFIX "{\"ingressHosts\":{\"*.old.example.com\":\"*.new.example.org\",\"a.old.example.com\":\"special.example.org\"}}"
#define INSIDE "{\"ingressHosts\":{\"example.com\":\"new.example.com\",\"*.example.com\":\"*.new.example.com\"}}"

START_TEST(whole_labels) {
  static const row rows[] = {
      {"v1", EXACT, HOST("old.example.com"), BECOMES("new.example.com"),
       "/spec/rules/0/host: ingressHosts: old.example.com -> new.example.com\n", "ingressHosts: old.example.com -> new.example.com = 1\n"},
      {"v1beta1", EXACT, RULE("networking.k8s.io/v1beta1", "old.example.com"), BECOMES("new.example.com"), NULL, NULL},
      {"extensions", EXACT, RULE("extensions/v1beta1", "old.example.com"), BECOMES("new.example.com"), NULL, NULL},
      {"OpenShift's is another", EXACT, RULE("config.openshift.io/v1", "old.example.com"), NULL, "", NULL},
      {"bold", EXACT, HOST("bold.example.com"), NULL, "",
       "ingressHosts: old.example.com -> new.example.com = 0\n"
       "ingressHosts: old.example.com -> new.example.com, but for the name bold.example.com = 1\n"},
      {"below", EXACT, HOST("a.old.example.com"), NULL, "", NULL},
      {"longer", EXACT, HOST("old.example.com.cn"), NULL, "", NULL},
      {"wildcard", EXACT, HOST("*.old.example.com"), NULL, "", NULL},
  };
  XFORM_ROWS(rows);
}
END_TEST

START_TEST(suffixes) {
  static const row rows[] = {
      {"one label", SUFFIX, HOST("b.old.example.com"), BECOMES("b.new.example.org"),
       "/spec/rules/0/host: ingressHosts: b.old.example.com -> b.new.example.org\n",
       "ingressHosts: *.old.example.com -> *.new.example.org = 1\ningressHosts: a.old.example.com -> special.example.org = 0\n"},
      {"two labels", SUFFIX, HOST("c.b.old.example.com"), BECOMES("c.b.new.example.org"), NULL, NULL},
      {"the wildcard itself", SUFFIX, HOST("*.old.example.com"), BECOMES("*.new.example.org"), NULL, NULL},
      {"a wildcard below", SUFFIX, HOST("*.b.old.example.com"), BECOMES("*.b.new.example.org"), NULL, NULL},
      {"exact comes first", SUFFIX, HOST("a.old.example.com"), BECOMES("special.example.org"), NULL, NULL},
      {"not the suffix alone", SUFFIX, HOST("old.example.com"), NULL, "", NULL},
      {"not half a label", SUFFIX, HOST("b.bold.example.com"), NULL, "", NULL},
      {"the longest suffix", "{\"ingressHosts\":{\"*.example.com\":\"*.a.org\",\"*.x.example.com\":\"*.b.org\"}}", HOST("y.x.example.com"),
       BECOMES("y.b.org"), NULL, NULL},
      {"a target inside its source", INSIDE, HOST("shop.example.com"), BECOMES("shop.new.example.com"), NULL, NULL},
      {"the same, exact", INSIDE, HOST("example.com"), BECOMES("new.example.com"), NULL, NULL},
      {"the same, done before", INSIDE, HOST("shop.new.example.com"), NULL, "", NULL},
      {"the same, the wildcard", INSIDE, HOST("*.example.com"), BECOMES("*.new.example.com"), NULL, NULL},
  };
  XFORM_ROWS(rows);
}
END_TEST

START_TEST(tls_and_order) {
  static const row r = {
      "every rule and every TLS host, in place",
      SUFFIX,
      "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"Ingress\",\"spec\":{\"tls\":[{\"secretName\":\"a.old.example.com\"},{\"hosts\":["
      "\"x.org\",\"b.old.example.com\",\"b.old.example.com\"]}],\"rules\":[{},{\"http\":{}},{\"host\":\"b.old.example.com\",\"http\":1}]}}",
      "[" REPLACE("/spec/tls/1/hosts/1", "b.new.example.org") "," REPLACE("/spec/tls/1/hosts/2", "b.new.example.org") "," REPLACE(
          "/spec/rules/2/host", "b.new.example.org") "]",
      NULL,
      NULL};
  xform_row(&r);
}
END_TEST

START_TEST(bad_configuration) {
  xform_refused("{\"ingressHosts\":\"x\"}", "/ingressHosts", "is a mapping");
  xform_refused("{\"ingressHosts\":{\"Old.example.com\":\"new.example.com\"}}", "/ingressHosts/Old.example.com", "lower case");
  xform_refused("{\"ingressHosts\":{\"*.old.com\":\"new.com\"}}", "/ingressHosts/*.old.com", "either both begin");
  xform_refused("{\"ingressHosts\":{\"a.*.com\":\"new.com\"}}", "/ingressHosts/a.*.com", "the first is no host");
  xform_refused("{\"ingressHosts\":{\"old.com\":\"new..com\"}}", "/ingressHosts/old.com", "the second is no host");
}
END_TEST

int main(void) {
  const TTest *const tests[] = {whole_labels, suffixes, tls_and_order, bad_configuration};
  return xform_main("xform_hosts", tests, sizeof tests / sizeof *tests);
}
