/* convert_how.c -- the column `convert` of the table, as functions.  SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"
#include <string.h>

static void plain(struct conv *v) { (void)v; }

static const struct {
  const char *name;
  convert_how *how;
} hows[] = {{"plain", plain},
            {"accessreview", convert_accessreview},
            {"certmanager-certificate", convert_certificate},
            {"certmanager-request", convert_certificaterequest},
            {"crd", convert_crd},
            {"csidriver", convert_csidriver},
            {"csr", convert_csr},
            {"daemonset", convert_daemonset},
            {"deployment", convert_deployment},
            {"deviceclass", convert_deviceclass},
            {"endpointslice", convert_endpointslice},
            {"hpa-extensions", convert_hpa_extensions},
            {"hpa-v1", convert_hpa_v1},
            {"hpa-v2beta1", convert_hpa_v2beta1},
            {"hpa-v2beta2", convert_hpa_v2beta2},
            {"ingress", convert_ingress},
            {"ipaddress", convert_ipaddress},
            {"job", convert_job},
            {"leasecandidate", convert_leasecandidate},
            {"poddisruptionbudget", convert_pdb},
            {"policybinding", convert_policybinding},
            {"podsecuritypolicy", convert_psp},
            {"prioritylevel", convert_prioritylevel},
            {"rbac-v1alpha1", convert_rbac_v1alpha1},
            {"referencepolicy", convert_referencepolicy},
            {"replicaset", convert_replicaset},
            {"resourceclaim", convert_resourceclaim},
            {"resourceslice", convert_resourceslice},
            {"runtimeclass", convert_runtimeclass},
            {"statefulset", convert_statefulset},
            {"storageversionmigration", convert_migration},
            {"taintrule", convert_taintrule},
            {"webhook", convert_webhook}};

convert_how *convert_how_of(const char *name) {
  for (size_t i = 0; i < sizeof hows / sizeof *hows; i++)
    if (strcmp(hows[i].name, name) == 0) return hows[i].how;
  return NULL;
}
