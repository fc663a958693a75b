/* test_xform_refused.c -- pintle.io/resolve-references: rules that can never match or change nothing are refused, with their place and what to
 * write instead. SPDX-License-Identifier: Apache-2.0
 *
 * In the tables ' stands for ". */
#include "xform_rows.h"
#include <string.h>

static char *quoted(const char *text) {
  char *made = strdup(text);
  ck_assert_ptr_nonnull(made);
  for (char *p = made; *p; p++)
    if (*p == '\'') *p = '"';
  return made;
}

typedef struct refused_row {
  const char *config, *at, *why;
} refused_row;

static void refused(const refused_row *r) {
  char *config = quoted(r->config);
  xform_refused(config, r->at, r->why);
  free(config);
}

static void taken(const char *text) {
  char *config = quoted(text);
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", config);
  ck_assert_msg(a != NULL, "%s: %s at %s", config, pintle_test_last(h)->message, pintle_test_last(h)->at);
  pintle_test_free(h);
  free(config);
}
#define ALL(rows, what) \
  for (size_t i_ = 0; i_ < sizeof(rows) / sizeof *(rows); i_++) what

#define A10 "aaaaaaaaaa"
#define A64 A10 A10 A10 A10 A10 A10 "aaaa"
#define LIMIT(limit) "{'rules':[{" limit ",'zones':{'a':'b'}}]}"
#define LABELS(selector) LIMIT("'withLabels':'" selector "'")

START_TEST(limits) {
  static const refused_row rows[] = {
      {LABELS("a=1,a=2"), "/rules/0/withLabels", "it can never match: a: no label is all that is asked of it (one of several values: \"key in (a, b)\")"},
      {LABELS("a,!a"), "/rules/0/withLabels", "it can never match: a: "},
      {LABELS("x,a=1,!a"), "/rules/0/withLabels", "it can never match: a: "},
      {LABELS("a in (b,c),a in (d)"), "/rules/0/withLabels", "it can never match: a: "},
      {LABELS("a in (b,c),a notin (b,c)"), "/rules/0/withLabels", "it can never match: a: "},
      {LABELS("a=1,a!=1"), "/rules/0/withLabels", "it can never match: a: "},
      {LABELS("a in (),b"), "/rules/0/withLabels", "an empty list; a label without a value is \"key=\""},
      {LABELS("-a=b"), "/rules/0/withLabels", "-a: no key of a label"},
      {LABELS("a=-b"), "/rules/0/withLabels", "-b: no value of a label"},
      {LABELS("A_/b"), "/rules/0/withLabels", "A_/b: no key of a label"},
      {LABELS("a>5"), "/rules/0/withLabels", "a>5: no key of a label"},
      {LABELS("a=" A64), "/rules/0/withLabels", "no value of a label: letters and digits, between them - _ and ., 63 at most"},
      {LIMIT("'inNamespaces':['-a']"), "/rules/0/inNamespaces/0", "-a: no namespace can be called so"},
      {LIMIT("'inNamespaces':['a','b.c']"), "/rules/0/inNamespaces/1", "b.c: no namespace can be called so"},
      {LIMIT("'inNamespaces':'" A64 "'"), "/rules/0/inNamespaces/0", "63 at most; * and ? stand for any): this rule can never match"},
      {LIMIT("'inOriginalNamespaces':['Shop']"), "/rules/0/inOriginalNamespaces/0", "this rule can never match"},
      {LIMIT("'withNames':['a-.*']"), "/rules/0/withNames/0", "a-.*: no object can be called so"},
      {LIMIT("'withNames':['my_app']"), "/rules/0/withNames/0", "this rule can never match"},
      {LIMIT("'withLabels':{'matchLabels':{'a':'b'}}"), "/rules/0/withLabels", "withLabels is a text, as kubectl has it"},
      {LIMIT("'labelSelector':'a=b'"), "/rules/0/labelSelector", "did you mean \"withLabels\"?"},
      {LIMIT("'names':['a']"), "/rules/0/names", "did you mean \"withNames\"?"},
      {LIMIT("'namespaces':['a']"), "/rules/0/namespaces", "inNamespaces says which items the rule is for"},
      {LIMIT("'inKinds':['*']"), "/rules/0/inKinds/0", "without inKinds all kinds are meant"},
      {LIMIT("'inKinds':['Pod,Job']"), "/rules/0/inKinds/0", "no kind holds a \",\""},
      {LIMIT("'inKinds':['deployments.v1.apps']"), "/rules/0/inKinds/0", "a version is not said here; write deployments.apps"},
      {LIMIT("'inKinds':['Foo.Bar_']"), "/rules/0/inKinds/0", "no kind holds a \"_\""},
      {LIMIT("'inKinds':['Pod.v1']"), "/rules/0/inKinds/0", "of the core group write Pod alone"},
      {LIMIT("'inKinds':['Pod.core']"), "/rules/0/inKinds/0", "of the core group write Pod alone"},
      {LIMIT("'inKinds':['deploy.app']"), "/rules/0/inKinds/0", "did you mean deploy.apps?"},
      {LIMIT("'inKinds':['Ingress.networking']"), "/rules/0/inKinds/0", "did you mean Ingress.networking.k8s.io?"},
      {LIMIT("'withNames':['a-[0-9]']"), "/rules/0/withNames/0", "* and ? stand for any"},
      {LIMIT("'inKinds':['Foo.-x']"), "/rules/0/inKinds/0", "no group is called \"-x\""},
      {LIMIT("'inKinds':['depl']"), "/rules/0/inKinds/0", "did you mean \"deploy\"?"},
      {LIMIT("'inKinds':['pvx']"), "/rules/0/inKinds/0", "did you mean \"pv\"?"},
      {LIMIT("'inKinds':['Statefulset.batch']"), "/rules/0/inKinds", "it can never match"},
      {"{'rules':[{'inKinds':['pv'],'storageClasses':{'a':'default'}}]}", "/rules/0/storageClasses", "a PersistentVolume needs the name of a class"},
  };
  static const char *const good[] = {
      LABELS("a=1,a in (1,2)"), LABELS("a,a!=1"), LABELS("!a,a!=1"), LABELS("a="), LABELS("a in (b,)"), LABELS("a!=1,a!=2,a notin (3)"),
      LABELS("app.kubernetes.io/name==web,A_b.c"), LABELS("a in (x,y),a in (y,z)"), LIMIT("'inNamespaces':['*-a','?','a*']"),
      LIMIT("'withNames':['a.b-*','*.example.com']"), LIMIT("'inKinds':['deployments.apps','Rollout.argoproj.io']"),
      "{'rules':[{'inKinds':['ClusterRoleBinding'],'withNames':['System:Foo_*'],'serviceAccounts':{'a':'b'}}]}",
      "{'rules':[{'withNames':['system:*'],'serviceAccounts':{'a':'b'}}]}",
      "{'rules':[{'inKinds':['Cluster.cluster.x-k8s.io','Ingress.acme.io'],'annotations':{'a':{'b':'c'}}}]}",
      "{'rules':[{'inKinds':['pv','pvc'],'storageClasses':{'a':'default'}}]}"};
  ALL(rows, refused(&rows[i_]));
  ALL(good, taken(good[i_]));
}
END_TEST

/* kubectl's short names, with and without an s behind them. */
START_TEST(short_names) {
  static const char *const claims[] = {"pvc", "pvcs", "PVC", "persistentvolumeclaim", "persistentvolumeclaims", "pv", "pvs", "sts", "stss"};
  static const char *const pods[] = {"po", "pos", "pod", "deploy", "deploys", "ds", "dss", "rs", "rc", "cj", "sts"};
  static const char *const others[] = {"cm",  "cms",  "svc",  "svcs",  "ing", "ings", "netpol", "netpols", "hpa", "hpas", "pdb", "pdbs", "crd", "crds", "sa", "sas",
                                       "sc",  "scs",  "ns",   "no",    "ep",  "quota", "limits", "csr",    "pc",  "psp",  "ev",  "vpa",  "vs",  "vsc",  "vac"};
  char config[200];
  ALL(claims, {
    snprintf(config, sizeof config, "{'rules':[{'inKinds':['%s'],'storageClasses':{'a':'b'}}]}", claims[i_]);
    taken(config);
  });
  ALL(pods, {
    snprintf(config, sizeof config, "{'rules':[{'inKinds':['%s'],'images':{'a':'b'}}]}", pods[i_]);
    taken(config);
  });
  ALL(others, {
    snprintf(config, sizeof config, "{'rules':[{'inKinds':['%s'],'annotations':{'a':{'b':'c'}}}]}", others[i_]);
    taken(config);
  });
}
END_TEST

/* Both sides of every family. */
START_TEST(names) {
  static const refused_row rows[] = {
      {"{'storageClasses':{'-a':'b'}}", "/storageClasses/-a", "the first is no name of a StorageClass"},
      {"{'storageClasses':{'a..*':'b'}}", "/storageClasses/a..*", "the first is no name of a StorageClass"},
      {"{'storageClasses':{'a':'b_c'}}", "/storageClasses/a", "the second is no name of a StorageClass"},
      {"{'volumeSnapshotClasses':{'a':'b-*'}}", "/volumeSnapshotClasses/a", "the second is no name that an object may have"},
      {"{'volumeAttributesClasses':{'a*':'-b*'}}", "/volumeAttributesClasses/a*", "the second is no name that an object may have"},
      {"{'volumeDrivers':{'ebs csi':'b'}}", "/volumeDrivers/ebs csi", "the first is no name of a driver"},
      {"{'volumeDrivers':{'a':'b:c'}}", "/volumeDrivers/a", "the second is no name of a driver"},
      {"{'volumeHandles':{'':'b'}}", "/volumeHandles/", "the first is empty"},
      {"{'volumeHandles':{'a':''}}", "/volumeHandles/a", "the second is empty"},
      {"{'nfs':{'nas*':'b'}}", "/nfs/nas*", "no patterns"},
      {"{'nfs':{'nas:/a/*':'b:/c'}}", "/nfs/nas:~1a~1*", "no patterns"},
      {"{'nfs':{'na s':'b'}}", "/nfs/na s", "a server, or server:/path"},
      {"{'nfs':{':/a':'b:/c'}}", "/nfs/:~1a", "a server, or server:/path"},
      {"{'hosts':{'oldhost':'new.example.com'}}", "/hosts/oldhost", "the first has no dot"},
      {"{'hosts':{'" A64 ".com':'a.b'}}", "/hosts/" A64 ".com", "63 at most each"},
      {"{'hosts':{'a.b':'" A64 ".com'}}", "/hosts/a.b", "the second is no host"},
      {"{'hosts':{'*.':'*.a'}}", "/hosts/*.", "the first is no host"},
      {"{'hosts':{'a_b.c':'a.b'}}", "/hosts/a_b.c", "the first is no host"},
      {"{'hosts':{'https://App.old.example.com:8443/x':'x.com'}}", "/hosts/https:~1~1App.old.example.com:8443~1x", "write {\"app.old.example.com\": \"x.com\"}"},
      {"{'hosts':{'.old.com':'*new.com'}}", "/hosts/.old.com", "write {\"*.old.com\": \"*.new.com\"}"},
      {"{'hosts':{'a.b.':'c.d/'}}", "/hosts/a.b.", "write {\"a.b\": \"c.d\"}"},
      {"{'storageClasses':{'':'x'}}", "/storageClasses/", "write {\"none\": \"x\"}"},
      {"{'storageClasses':{'x':''}}", "/storageClasses/x", "write {\"x\": \"none\"}"},
      {"{'clusterDomain':{'svc.cluster.local':'svc.west.'}}", "/clusterDomain/svc.cluster.local", "write {\"cluster.local\": \"west\"}"},
      {"{'images':{'https://r.io':'s.io/*'}}", "/images/https:~1~1r.io", "write {\"r.io\": \"s.io/\"}"},
      {"{'images':{'':'s.io'}}", "/images/", "write {\"docker.io\": \"s.io\"}"},
      {"{'images':{'redis:*':'s.io/redis'}}", "/images/redis:*", "write {\"redis\": \"s.io/redis\"}"},
      {"{'serviceAccounts':{'shop/Web':'shop/web_2'}}", "/serviceAccounts/shop~1Web", "write {\"web\": \"web-2\"}"},
      {"{'taints':{'a=b:NoSchedule':'c=d:NoSchedule'}}", "/taints/a=b:NoSchedule", "write {\"a=b\": \"c=d\"}"},
      {"{'nodeLabels':{'pool: a':'pool: b'}}", "/nodeLabels/pool: a", "write {\"pool=a\": \"pool=b\"}"},
      {"{'nodeLabels':{'pool':{'a':'b'}}}", "/nodeLabels/pool", "{\"pool=old\": \"pool=new\"}"},
      {"{'nfs':{'nfs://nas/exp':'nas2/e'}}", "/nfs/nfs:~1~1nas~1exp", "write {\"nas:/exp\": \"nas2:/e\"}"},
      {"{'nfs':{'nas:exp':'nas2:/e'}}", "/nfs/nas:exp", "write {\"nas:/exp\": \"nas2:/e\"}"},
      {"{'unresolved':{'ignore':['a/b','secrets/shop/x']}}", "/unresolved/ignore/1", "the kind is written Secret/shop/x"},
      {"{'unresolved':{'ignore':['namespace/x']}}", "/unresolved/ignore/0", "the kind is written Namespace/x"},
      {"{'known':{'storageClasses':['a*','Fast_*']}}", "/known/storageClasses/1", "no StorageClass can be called so"},
      {"{'namespaces':'true'}", "/namespaces", "namespaces is true, false, or a mapping"},
      {"{'clusterDomain':{'cluster.local':'" A64 "'}}", "/clusterDomain/cluster.local", "63 at most each"},
      {"{'ingressClasses':{'nginx/a':'b'}}", "/ingressClasses/nginx~1a", "the first is no name"},
      {"{'gatewayClasses':{'a':'B'}}", "/gatewayClasses/a", "the second is no name"},
      {"{'tlsSecrets':{'a_*':'b'}}", "/tlsSecrets/a_*", "the first is no name"},
      {"{'issuers':{'a.':'b'}}", "/issuers/a.", "the first is no name"},
      {"{'addresses':{'10.0.0.0/8':'10.0.0.1'}}", "/addresses/10.0.0.0~18", "the first is a block, the second is none (10.0.0.1/32 is"},
      {"{'addresses':{'10.0.0.1':'10.0.0.0/8'}}", "/addresses/10.0.0.1", "the second is a block"},
      {"{'addresses':{'1.2.3.4':'::1'}}", "/addresses/1.2.3.4", "one is of IPv4, the other of IPv6"},
      {"{'addresses':{'2001:db8::/32':'10.0.0.0/8'}}", "/addresses/2001:db8::~132", "one is of IPv4, the other of IPv6"},
      {"{'addresses':{'10.0.0.1':'10.0.0.2:80'}}", "/addresses/10.0.0.1", "the second has a port"},
      {"{'loadBalancerClasses':{'a b':'c'}}", "/loadBalancerClasses/a b", "the first is no load balancer class"},
      {"{'loadBalancerClasses':{'a':'b/c/d'}}", "/loadBalancerClasses/a", "the second is no load balancer class"},
      {"{'imagePullSecrets':{'A':'b'}}", "/imagePullSecrets/A", "the first is no name"},
      {"{'nodeLabels':{'-a':'b'}}", "/nodeLabels/-a", "the first can be no key of a label"},
      {"{'nodeLabels':{'a':'b c'}}", "/nodeLabels/a", "the second can be no key of a label"},
      {"{'nodeLabels':{'a/b/c':'d'}}", "/nodeLabels/a~1b~1c", "the first can be no key of a label"},
      {"{'nodeLabels':{'A_/b':'d'}}", "/nodeLabels/A_~1b", "the first can be no key of a label"},
      {"{'nodeLabels':{'a=b=c':'d=e'}}", "/nodeLabels/a=b=c", "the first can be no value of a label"},
      {"{'nodeLabels':{'a=b*':'d=-e*'}}", "/nodeLabels/a=b*", "the second can be no value of a label"},
      {"{'nodeLabels':{'a=b':'d=e*'}}", "/nodeLabels/a=b", "the second can be no value of a label"},
      {"{'nodeLabels':{'" A64 "':'b'}}", "/nodeLabels/" A64, "63 at most"},
      {"{'taints':{'a=" A64 "':'b=c'}}", "/taints/a=" A64, "the first can be no value of a label"},
      {"{'zones':{'a b':'c'}}", "/zones/a b", "the first is no zone or region"},
      {"{'zones':{'a':'b,c'}}", "/zones/a", "the second is no zone or region"},
      {"{'zones':{'" A64 "':'c'}}", "/zones/" A64, "the first is no zone or region"},
      {"{'nodes':{'Node1':'b'}}", "/nodes/Node1", "the first is no name"},
      {"{'serviceAccounts':{'a':'A'}}", "/serviceAccounts/a", "the second is no name"},
      {"{'cloudIdentities':{'arn:aws:iam::1:role/ x':'b'}}", "/cloudIdentities/arn:aws:iam::1:role~1 x", "the first is no identity"},
      {"{'cloudIdentities':{'a':''}}", "/cloudIdentities/a", "the second is no identity"},
      {"{'priorityClasses':{'a':'b_'}}", "/priorityClasses/a", "the second is no name"},
      {"{'runtimeClasses':{'a b':'b'}}", "/runtimeClasses/a b", "the first is no name"},
      {"{'schedulers':{'a/b':'b'}}", "/schedulers/a~1b", "the first is no name"},
      {"{'namespaces':{'a.b':'c'}}", "/namespaces/a.b", "the first is no namespace"},
      {"{'namespaces':{'-a':'c'}}", "/namespaces/-a", "the first is no namespace"},
      {"{'namespaces':{'a':'c-'}}", "/namespaces/a", "the second is no namespace"},
      {"{'namespaces':{'a-*':'c-*'}}", "/namespaces/a-*", "here a * carries nothing over"},
      {"{'annotations':{'a b':{'c':'d'}}}", "/annotations/a b", "no annotation can be called so"},
      {"{'annotations':{'example.com/*':{'c':'d'}}}", "/annotations/example.com~1*", "no patterns"},
      {"{'annotations':{'a=b':{'c':'d'}}}", "/annotations/a=b", "no annotation can be called so"},
      {"{'annotations':{'':{'c':'d'}}}", "/annotations/", "no annotation can be called so"},
  };
  static const char *const good[] = {
      "{'volumeDrivers':{'*-ebs.csi.aws.com':'*-disk.csi.x','kubernetes.io/aws-ebs':'k8s.io/minikube-hostpath','vendor~nfs/a':'b'}}",
      "{'volumeHandles':{'/subscriptions/a b/*':'x'}}", "{'nfs':{'nas:/my data':'nas2:/d','::1':'10.0.0.1','nas:/':'nas3:/x'}}",
      "{'hosts':{'*.local':'*.lan','10.0.0.1':'db','xn--a.b':'c.d'}}", "{'addresses':{'10.0.0.1:6789':'10.0.0.2','[::1]:80':'[::2]:81'}}",
      "{'loadBalancerClasses':{'service.k8s.aws/nlb':'nlb','io.cilium/*':'x'}}",
      "{'nodeLabels':{'a':'example-1.com/B_c','b=':'c='}}", "{'zones':{'us-a__us-b':'eu','rack_1':'R.2'}}",
      "{'cloudIdentities':{'arn:aws:iam::1:role/*':'arn:aws:iam::2:role/*'}}", "{'annotations':{'Example.com/A_b':{'':'x','y z':''}}}",
      "{'namespaces':{'old-*':'new','?':'b'}}", "{'unresolved':{'ignore':['Secret/shop/*','team/app','*.a.b']},'known':{'storageClasses':['[ab]-*']}}"};
  ALL(rows, refused(&rows[i_]));
  ALL(good, taken(good[i_]));
}
END_TEST

/* A name mapped to itself is of use where another mapping would change it. */
START_TEST(no_ops) {
  static const refused_row rows[] = {
      {"{'storageClasses':{'a':'b','c':'c'}}", "/storageClasses/c", "known: {storageClasses: [...]}"},
      {"{'zones':{'a':'a'}}", "/zones/a", "a is mapped to itself, and no other mapping would change it: leave it out"},
      {"{'zones':{'a-*':'a-*','b*':'c'}}", "/zones/a-*", "is mapped to itself"},
      {"{'taints':{'a':'a','b':'c'}}", "/taints/a", "is mapped to itself"},
      {"{'nodeLabels':{'a=b':'a=b','a=c':'a=d'}}", "/nodeLabels/a=b", "is mapped to itself"},
      {"{'hosts':{'a.b':'a.b','*.c.b':'*.d.b'}}", "/hosts/a.b", "is mapped to itself"},
      {"{'hosts':{'*.a.b':'*.a.b'}}", "/hosts/*.a.b", "is mapped to itself"},
      {"{'images':{'r.io/a':'r.io/a','r.io/b':'r.io/c'}}", "/images/r.io~1a", "is mapped to itself"},
      {"{'nfs':{'n:/a':'n:/a','n:/ab':'m:/ab'}}", "/nfs/n:~1a", "is mapped to itself"},
      {"{'addresses':{'10.0.0.1':'10.0.0.1'}}", "/addresses/10.0.0.1", "is mapped to itself"},
      {"{'annotations':{'a':{'b':'b'},'c':{'*':'x'}}}", "/annotations/a/b", "is mapped to itself"},
      {"{'rules':[{'inKinds':['Pod'],'zones':{'a':'a'}}]}", "/rules/0/zones/a", "is mapped to itself"},
      {"{'text':[{'value':'a','to':'a'}]}", "/text/0/value", "it is what \"to\" puts there, and no other rule would change it"},
      {"{'text':[{'value':'a','to':'a'},{'value':'b','to':'c'}]}", "/text/0/value", "it is what \"to\" puts there"},
      {"{'text':[{'pattern':'abc','to':'abc'}]}", "/text/0/pattern", "it is what \"to\" puts there"},
      {"{'text':[{'pattern':'a[bc]','to':'\\\\0'}]}", "/text/0/pattern", "it is what \"to\" puts there"},
      {"{'configMaps':[{'key':'k','value':'a','to':'a'}]}", "/configMaps/0/value", "it is what \"to\" puts there"},
  };
  static const char *const good[] = {
      "{'storageClasses':{'fast':'fast','*':'standard'}}",
      "{'storageClasses':{'fast-*':'fast-*','*':'standard'}}",
      "{'zones':{'a':'b'},'rules':[{'inKinds':['Pod'],'zones':{'a':'a'}}]}",
      "{'nodeLabels':{'a=b':'a=b','a=*':'a=c'}}",
      "{'nodeLabels':{'a=b':'a=b','a':'c'}}",
      "{'hosts':{'keep.a.b':'keep.a.b','*.a.b':'*.c.d'}}",
      "{'hosts':{'*.keep.a.b':'*.keep.a.b','*.a.b':'*.c.d'}}",
      "{'hosts':{'keep.a.b':'keep.a.b'},'unresolved':{'oldSuffixes':['a.b']}}",
      "{'images':{'r.a.b':'r.a.b'},'hosts':{'*.a.b':'*.c.d'}}",
      "{'images':{'r.io/a':'r.io/a','r.io':'s.io'}}",
      "{'images':{'docker.io':'docker.io'}}",
      "{'images':{'redis':'redis'}}",
      "{'nfs':{'n:/a':'n:/a','n:/':'m:/'}}",
      "{'clusterDomain':{'west.internal':'west.internal'}}",
      "{'namespaces':{'a':'a'}}",
      "{'annotations':{'a':{'b':'b','*':'x'}}}",
      "{'text':[{'value':'a','to':'a'},{'pattern':'a|b','to':'c'}]}",
      "{'text':[{'key':'k','value':'a','to':'a'},{'key':'k','to':'b'}]}",
      "{'text':[{'pattern':'abc','to':'abc'},{'pattern':'[a-z]+','to':'x'}]}",
  };
  ALL(rows, refused(&rows[i_]));
  ALL(good, taken(good[i_]));
}
END_TEST

/* Mappings that an earlier rule leaves nothing to. */
START_TEST(behind) {
  static const refused_row rows[] = {
      {"{'rules':[{'zones':{'a':'b'}},{'inKinds':['Pod'],'zones':{'a':'c'}}],'zones':{'a':'d'}}", "/rules/1/zones/a",
       "this can never match: rules[0], which has no limits, maps a before"},
      {"{'rules':[{'inKinds':['Pod'],'zones':{'a':'b'}},{'inKinds':['Pod'],'zones':{'a':'c'}}]}", "/rules/1/zones/a",
       "rules[0], which is for all that this is for, maps a before"},
      {"{'rules':[{'inKinds':['Pod','Job'],'zones':{'a':'b'}},{'inNamespaces':['x'],'inKinds':['Job'],'zones':{'a':'c'}}]}", "/rules/1/zones/a",
       "rules[0], which is for all that this is for"},
      {"{'rules':[{'zones':{'*':'b'}}],'zones':{'a':'c'}}", "/zones/a", "rules[0], which has no limits, maps * before"},
      {"{'rules':[{'hosts':{'*.a.b':'*.c.d'}}],'hosts':{'x.a.b':'y.z'}}", "/hosts/x.a.b", "maps *.a.b before"},
      {"{'rules':[{'images':{'r.io':'s.io'}}],'images':{'r.io/team':'t.io'}}", "/images/r.io~1team", "maps r.io before"},
  };
  static const char *const good[] = {
      "{'rules':[{'inKinds':['Pod'],'zones':{'a':'b'}}],'zones':{'a':'c'}}",
      "{'rules':[{'inKinds':['Pod'],'zones':{'a':'b'}},{'inKinds':['Job'],'zones':{'a':'c'}}]}",
      "{'rules':[{'withLabels':'a','zones':{'*':'b'}},{'withLabels':'c','zones':{'a':'c'}}]}",
      "{'rules':[{'hosts':{'*.a.b':'*.x.a.b'}}],'hosts':{'y.x.a.b':'y.z'}}",
      "{'rules':[{'zones':{'a':'b'}}],'zones':{'*':'c'}}",
  };
  ALL(rows, refused(&rows[i_]));
  ALL(good, taken(good[i_]));
}
END_TEST

#define TEXT(rule) "{'text':[" rule "]}"
START_TEST(texts) {
  static const refused_row rows[] = {
      {TEXT("{'hosts':true}"), "/text/0/hosts", "no hosts are mapped for items that hold such texts: `hosts: {old: new}` is missing"},
      {"{'namespaces':false,'text':[{'hosts':true}]}", "/text/0/hosts", "no hosts are mapped"},
      {"{'rules':[{'inKinds':['Pod'],'hosts':{'a.b':'c.d'}}],'text':[{'hosts':true}]}", "/text/0/hosts", "no hosts are mapped"},
      {"{'rules':[{'inKinds':['cm'],'hosts':{'a.b':'c.d'}}],'text':[{'args':true,'hosts':true}]}", "/rules/0/inKinds",
       "no item of these kinds has a field of what this rule maps"},
      {TEXT("{'key':'*.yaml','path':'servers','to':'b'}"), "/text/0/path", "the path in yaml is a JSON Pointer; write /servers"},
      {TEXT("{'key':'*.json','path':'$.db.hosts[0]','to':'b'}"), "/text/0/path", "write /db/hosts/0"},
      {TEXT("{'key':'*.properties','path':'/a','to':'b'}"), "/text/0/path", "the path in properties is a key"},
      {TEXT("{'format':'yaml','path':'','to':'b'}"), "/text/0/path", "an empty path means no value"},
      {TEXT("{'key':'*.json','path':'/a~2','to':'b'}"), "/text/0/path", "is written ~0, and a / in a key ~1"},
      {TEXT("{'format':'yaml','path':'/a/b~','to':'b'}"), "/text/0/path", "/a/b~: a ~ in a JSON Pointer"},
      {TEXT("{'path':'/a~b','to':'b'}"), "/text/0/path", "a ~ in a JSON Pointer"},
      {TEXT("{'key':'*.properties','section':'s','path':'a','to':'b'}"), "/text/0/section", "only INI has sections, and this is properties"},
      {TEXT("{'format':'env','section':'s','path':'a','to':'b'}"), "/text/0/section", "only INI has sections, and this is env"},
      {TEXT("{'section':'s','path':'/a','to':'b'}"), "/text/0/path", "the path in ini is a key"},
      {TEXT("{'key':'*.ini','section':'s]','path':'a','to':'b'}"), "/text/0/section", "no section's name holds a ]"},
      {TEXT("{'key':'*.env','path':'A=B','to':'b'}"), "/text/0/path", "A=B: the name of a variable has letters"},
      {TEXT("{'env':'X','format':'env','path':'A B','to':'b'}"), "/text/0/path", "the name of a variable"},
      {TEXT("{'key':'a.cfg','path':'a=b','to':'b'}"), "/text/0/path", "a key of INI ends before = and :"},
      {TEXT("{'key':'a.cfg','path':'[s]','to':'b'}"), "/text/0/path", "a section is said with \"section\""},
      {TEXT("{'key':'config','path':'a','to':'b'}"), "/text/0/path", "\"format\" is needed: \"config\" has no suffix that says one"},
      {TEXT("{'key':'app*.conf','path':'a','to':'b'}"), "/text/0/path", "\"format\" is needed"},
      {TEXT("{'format':'yaml','path':'/a/**/b','to':'b'}"), "/text/0/path", "a * is one element or member"},
      {TEXT("{'format':'json','path':'/a/-','to':'b'}"), "/text/0/path", "- is behind the last element"},
      {TEXT("{'regex':'a','to':'b'}"), "/text/0/regex", "did you mean \"pattern\"?"},
      {TEXT("{'from':'a','to':'b'}"), "/text/0/from", "did you mean \"value\"?"},
      {TEXT("{'env':'A=B','to':'b'}"), "/text/0/env", "no env holds a \"=\""},
      {TEXT("{'key':'a/b','to':'b'}"), "/text/0/key", "no key holds a \"/\""},
      {"{'rules':[{'inNamespaces':['shop'],'text':[{'namespace':'db-*','value':'a','to':'b'}]}]}", "/rules/0/text/0/namespace",
       "inNamespaces has no such namespace"},
      {"{'rules':[{'zones':{'a':'b'}},{'withNames':['a*'],'text':[{'key':'k','to':'c'},{'name':'b*','value':'a','to':'b'}]}]}",
       "/rules/1/text/1/name", "withNames has no such name"},
  };
  static const char *const good[] = {
      "{'hosts':{'a.b':'c.d'},'text':[{'hosts':true}]}",
      "{'clusterDomain':{'a.b':'c.d'},'text':[{'hosts':true}]}",
      "{'namespaces':true,'text':[{'hosts':true}]}",
      "{'rules':[{'inKinds':['Pod','cm'],'hosts':{'a.b':'c.d'}}],'text':[{'hosts':true}]}",
      "{'rules':[{'inKinds':['ConfigMap'],'inNamespaces':['x'],'hosts':{'a.b':'c.d'},'text':[{'hosts':true}]}]}",
      "{'rules':[{'inKinds':['deploy'],'hosts':{'a.b':'c.d'}}],'text':[{'env':'*','hosts':true}]}",
      TEXT("{'key':'*.y?ml','path':'/a~0b/c~1d','to':'b'}"),
      TEXT("{'key':'app*','path':'a','to':'b'}"),
      TEXT("{'key':'*.[ij]*','section':'s','path':'a','to':'b'}"),
      TEXT("{'path':'a','to':'b'}"),
      TEXT("{'key':'*.properties','path':'a=b c','to':'b'}"),
      TEXT("{'key':'x.JSON','path':'/','to':'b'}"),
      TEXT("{'key':'*.env','path':'A_?*','to':'b'}"),
      TEXT("{'env':'A:b*','to':'b'}"),
      "{'rules':[{'inNamespaces':['shop*'],'text':[{'namespace':'*-db','value':'a','to':'b'}]}]}",
  };
  ALL(rows, refused(&rows[i_]));
  ALL(good, taken(good[i_]));
}
END_TEST

/* What other tools call a group is a text here. */
START_TEST(groups) {
  static const refused_row rows[] = {{TEXT("{'pattern':'a(b)','to':'$1c'}"), NULL, "WARN text/0: a $ with a digit is put there as it stands"},
                                     {TEXT("{'pattern':'a(b)','to':'${1}c'}"), NULL, "WARN text/0: a $ with a digit is put there as it stands"},
                                     {TEXT("{'pattern':'ab','to':'$1c'}"), NULL, ""},
                                     {TEXT("{'pattern':'a(b)','to':'$c'}"), NULL, ""}};
  ALL(rows, {
    char *config = quoted(rows[i_].config);
    pintle_test_host *h = xform_host();
    ck_assert(pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", config) != NULL);
    const char *log = pintle_test_last(h)->log;
    ck_assert_msg(*rows[i_].why ? strstr(log, rows[i_].why) != NULL : !*log, "%s: %s", config, log);
    pintle_test_free(h);
    free(config);
  });
}
END_TEST

int main(void) {
  const TTest *const tests[] = {groups, limits, short_names, names, no_ops, behind, texts};
  return xform_main("xform_refused", tests, sizeof tests / sizeof *tests);
}
