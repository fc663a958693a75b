/* ontap_config.c -- the driver's keys of the configuration.  SPDX-License-Identifier: Apache-2.0 */
#include "ontap.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OPTION(n, t, fall, allowed, text) \
  static const pintle_option opt_##n = {  \
      .struct_size = sizeof(pintle_option), .type = t, .name = #n, .fallback = fall, .choices = allowed, .help = text}
OPTION(ontapUrl, PINTLE_OPT_STRING, NULL, NULL, "ontap: https URL of the management interface of the cluster or the SVM");
OPTION(ontapSvm, PINTLE_OPT_STRING, NULL, NULL, "ontap: the SVM that the volumes are of");
OPTION(ontapUsername, PINTLE_OPT_STRING, NULL, NULL, "ontap: user; with ontapPasswordFile");
OPTION(ontapPasswordFile, PINTLE_OPT_STRING, NULL, NULL, "ontap: file whose first line is the user's password");
OPTION(ontapClientCertificateFile, PINTLE_OPT_STRING, NULL, NULL, "ontap: client certificate (PEM), instead of user and password");
OPTION(ontapClientKeyFile, PINTLE_OPT_STRING, NULL, NULL, "ontap: the client certificate's key (PEM)");
OPTION(ontapCaFile, PINTLE_OPT_STRING, NULL, NULL, "ontap: certificates (PEM) that vouch for ONTAP's, beside the system's");
OPTION(ontapInsecureSkipTLSVerify, PINTLE_OPT_BOOL, "false", NULL, "ontap: its certificate is not checked");
OPTION(ontapServers, PINTLE_OPT_STRING, NULL, NULL,
       "ontap: servers of PersistentVolumes that are this ONTAP's, comma-separated; without it ONTAP is asked for its addresses");
OPTION(ontapExportPolicy, PINTLE_OPT_STRING, NULL, NULL, "ontap: export policy of restored volumes; without it the original's");
OPTION(ontapSnapmirrorLabel, PINTLE_OPT_STRING, NULL, NULL, "ontap: SnapMirror label of snapshots");
OPTION(ontapSplit, PINTLE_OPT_BOOL, "false", NULL, "ontap: a restored volume is split from its snapshot, which can be deleted then");
OPTION(ontapTridentAs, PINTLE_OPT_STRING, "nfs", "nfs|trident",
       "ontap: what a restored Trident volume becomes: a plain nfs PersistentVolume, or one to be imported into Trident");
OPTION(ontapTimeout, PINTLE_OPT_DURATION, "10m", NULL, "ontap: how long a job of ONTAP may take");

const pintle_option *const nas_ontap_options[] = {&opt_ontapUrl,
                                                  &opt_ontapSvm,
                                                  &opt_ontapUsername,
                                                  &opt_ontapPasswordFile,
                                                  &opt_ontapClientCertificateFile,
                                                  &opt_ontapClientKeyFile,
                                                  &opt_ontapCaFile,
                                                  &opt_ontapInsecureSkipTLSVerify,
                                                  &opt_ontapServers,
                                                  &opt_ontapExportPolicy,
                                                  &opt_ontapSnapmirrorLabel,
                                                  &opt_ontapSplit,
                                                  &opt_ontapTridentAs,
                                                  &opt_ontapTimeout,
                                                  NULL};

static bool flag(const pintle_doc *d, const char *pointer) {
  int32_t on = 0;
  return d->api->get_bool(d, pointer, &on) == PINTLE_OK && on;
}

/* "host", "https://host:port/" */
static bool read_url(const char *text, char *to, size_t size) {
  if (strncasecmp(text, "https://", 8) == 0) text += 8;
  size_t n = strlen(text);
  while (n && text[n - 1] == '/') n--;
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 127 || strchr("/?#@\\%\"", text[i])) return false;
  return n && snprintf(to, size, "https://%.*s", (int)n, text) < (int)size;
}

static pintle_status check(pintle_call *call, const nas_ontap *o) {
  if (!*o->certificate != !*o->key)
    return pintle_fail_at(call, PINTLE_INVALID, *o->key ? "/ontapClientKeyFile" : "/ontapClientCertificateFile",
                          "ontapClientCertificateFile and ontapClientKeyFile belong together");
  if (!*o->user != !*o->password_file)
    return pintle_fail_at(call, PINTLE_INVALID, *o->user ? "/ontapUsername" : "/ontapPasswordFile",
                          "ontapUsername and ontapPasswordFile belong together");
  if (*o->certificate && *o->user)
    return pintle_fail_at(call, PINTLE_INVALID, "/ontapUsername", "either a user or a client certificate, not both");
  if (!*o->certificate && !*o->user && !*o->credentials_file)
    return pintle_fail_at(call, PINTLE_INVALID, "/driver",
                          "driver ontap needs ontapUsername and ontapPasswordFile, a credentials file, or a client certificate");
  if (o->timeout <= 0) return pintle_fail_at(call, PINTLE_INVALID, "/ontapTimeout", "ontapTimeout is not above zero");
  return PINTLE_OK;
}

pintle_status nas_ontap_open(pintle_call *call, void **self) {
  const pintle_doc *d = call->host->config(call);
  const char *url = pintle_str_or(d, "/ontapUrl", "");
  nas_ontap *o = calloc(1, sizeof *o);
  if (!o) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  *o = (nas_ontap){.svm = pintle_str_or(d, "/ontapSvm", ""),
                   .user = pintle_str_or(d, "/ontapUsername", ""),
                   .password_file = pintle_str_or(d, "/ontapPasswordFile", ""),
                   .credentials_file = pintle_str_or(d, "/credentialsFile", ""),
                   .certificate = pintle_str_or(d, "/ontapClientCertificateFile", ""),
                   .key = pintle_str_or(d, "/ontapClientKeyFile", ""),
                   .ca = pintle_str_or(d, "/ontapCaFile", ""),
                   .servers = pintle_str_or(d, "/ontapServers", ""),
                   .policy = pintle_str_or(d, "/ontapExportPolicy", ""),
                   .label = pintle_str_or(d, "/ontapSnapmirrorLabel", ""),
                   .insecure = flag(d, "/ontapInsecureSkipTLSVerify"),
                   .split = flag(d, "/ontapSplit"),
                   .as_nfs = strcmp(pintle_str_or(d, "/ontapTridentAs", "nfs"), "nfs") == 0,
                   .timeout = 600000000000};
  d->api->get_i64(d, "/ontapTimeout", &o->timeout);
  pintle_status st = PINTLE_OK;
  if (!*url) st = pintle_fail_at(call, PINTLE_INVALID, "/driver", "driver ontap needs ontapUrl");
  else if (!read_url(url, o->url, sizeof o->url))
    st = pintle_fail_at(call, PINTLE_INVALID, "/ontapUrl", "ontapUrl is not of the form https://host:port");
  if (st == PINTLE_OK) st = check(call, o);
  if (st != PINTLE_OK) return free(o), st;
  *self = o;
  return PINTLE_OK;
}

void nas_ontap_close(void *self) {
  nas_ontap *o = self;
  if (o) free(o->interfaces);
  free(o);
}
