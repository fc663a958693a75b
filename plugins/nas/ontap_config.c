/* ontap_config.c -- the driver's keys of the configuration.  SPDX-License-Identifier: Apache-2.0 */
#include "ontap.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
