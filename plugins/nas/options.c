/* options.c -- every key of the configuration, in the order in which they are shown.  SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#define OPTION(n, t, fall, allowed, text) \
  &(const pintle_option) { .struct_size = sizeof(pintle_option), .type = t, .name = #n, .fallback = fall, .choices = allowed, .help = text }

const pintle_option *const nas_options[] = {
    OPTION(driver, PINTLE_OPT_STRING, NULL, NULL,
           "what takes the snapshots: one of the drivers of this plugin's page; without it the item actions do nothing"),
    OPTION(mounts, PINTLE_OPT_STRING, NULL, NULL,
           "where exports are mounted here: server:/path=/directory,...; the longest path that fits counts"),
    OPTION(mountRoot, PINTLE_OPT_STRING, NULL, NULL, "directory below which every volume is mounted under its PersistentVolume's name"),
    OPTION(fileSystems, PINTLE_OPT_STRING, NULL, NULL, "ids of file systems that a volume does not tell: server:/path=id,..."),
    OPTION(selectDrivers, PINTLE_OPT_STRING, NULL, NULL,
           "item actions: CSI drivers (or nfs, alicloud/nas) whose volumes are taken, comma-separated"),
    OPTION(selectClasses, PINTLE_OPT_STRING, NULL, NULL, "item actions: storage classes whose volumes are taken, comma-separated"),
    OPTION(selectAnnotation, PINTLE_OPT_STRING, "pintle.io/nas-backup", NULL,
           "item actions: annotation of a PersistentVolume; \"true\" takes it, \"false\" leaves it"),
    OPTION(waitForSnapshot, PINTLE_OPT_BOOL, "true", NULL, "VolumeSnapshotter: a snapshot is complete before Velero is told that it is"),

    /* ---- driver fingerprint */
    OPTION(fingerprintLocation, PINTLE_OPT_STRING, NULL, NULL,
           "BackupStorageLocation that backups of shares go to; without it the run's own"),
    OPTION(fingerprintThreads, PINTLE_OPT_INT, "2", NULL, "threads that read, hash and compress, 1 to 16"),
    OPTION(fingerprintLevel, PINTLE_OPT_INT, "0", NULL, "level of zstd, 1 to 19; 0: the default, 1"),
    OPTION(fingerprintKeyFile, PINTLE_OPT_STRING, NULL, NULL,
           "file with the key that encrypts: 32 bytes, as they are, in hex or in base64"),
    OPTION(fingerprintKeyCommand, PINTLE_OPT_STRING, NULL, NULL, "command of a shell that prints that key"),
    OPTION(fingerprintOlderKeyFiles, PINTLE_OPT_STRING, NULL, NULL,
           "files with former keys, comma-separated: what they open gets the present one"),
    OPTION(fingerprintDropOlderKeys, PINTLE_OPT_BOOL, "false", NULL, "former keys do not open the repository any more"),
    OPTION(fingerprintIgnoreInode, PINTLE_OPT_BOOL, "false", NULL, "a share whose inode numbers change: they do not tell a changed file"),
    OPTION(fingerprintIgnoreCtime, PINTLE_OPT_BOOL, "false", NULL, "a share whose ctimes change: they do not tell a changed file"),
    OPTION(fingerprintReadAll, PINTLE_OPT_BOOL, "false", NULL, "every file is read, whatever its times say"),
    OPTION(fingerprintCollect, PINTLE_OPT_BOOL, "true", NULL, "deleting a backup frees what it took in the store"),
    OPTION(fingerprintRestoreTo, PINTLE_OPT_STRING, NULL, NULL,
           "where restored volumes are made: server:/path=/directory, a directory velero-... each; or original: into the volume itself"),
    OPTION(mover, PINTLE_OPT_STRING, "auto", "auto|inline|operation",
           "item actions: a copy is made within execute, or as an operation; auto: an operation, as a drop-in within execute"),

    /* ---- driver aliyun */
    OPTION(aliyunRegion, PINTLE_OPT_STRING, NULL, NULL, "aliyun: region of volumes that do not tell theirs"),
    OPTION(aliyunEndpoint, PINTLE_OPT_STRING, NULL, NULL, "aliyun: URL of NAS, instead of https://nas.REGION.aliyuncs.com"),
    OPTION(aliyunStsEndpoint, PINTLE_OPT_STRING, NULL, NULL, "aliyun: URL of STS, instead of https://sts.aliyuncs.com"),
    OPTION(aliyunMetadataEndpoint, PINTLE_OPT_STRING, "http://100.100.100.200", NULL, "aliyun: URL of the instance's metadata"),
    OPTION(aliyunCaFile, PINTLE_OPT_STRING, NULL, NULL, "aliyun: certificates (PEM) that vouch for the endpoints, beside the system's"),
    OPTION(aliyunRamRole, PINTLE_OPT_STRING, NULL, NULL, "aliyun: RAM role of the instance we run on; without it the metadata say it"),
    OPTION(aliyunRoleArn, PINTLE_OPT_STRING, NULL, NULL, "aliyun: role that is taken with the keys, or with the OIDC token"),
    OPTION(aliyunOidcProviderArn, PINTLE_OPT_STRING, NULL, NULL, "aliyun: OIDC provider of the role (RRSA)"),
    OPTION(aliyunOidcTokenFile, PINTLE_OPT_STRING, NULL, NULL, "aliyun: file with the OIDC token (RRSA)"),
    OPTION(aliyunRetentionDays, PINTLE_OPT_INT, "-1", NULL, "aliyun: days after which Alibaba removes a snapshot by itself; -1 never"),
    OPTION(aliyunZoneId, PINTLE_OPT_STRING, NULL, NULL, "aliyun: zone of restored file systems; without it the source's"),
    OPTION(aliyunVpcId, PINTLE_OPT_STRING, NULL, NULL, "aliyun: VPC of restored mount targets; without it the source's"),
    OPTION(aliyunVSwitchId, PINTLE_OPT_STRING, NULL, NULL, "aliyun: vSwitch of restored mount targets; without it the source's"),
    OPTION(aliyunAccessGroup, PINTLE_OPT_STRING, NULL, NULL, "aliyun: permission group of restored mount targets; without it the source's"),
    OPTION(aliyunTimeout, PINTLE_OPT_DURATION, "30m", NULL, "aliyun: how long a snapshot, a file system or a mount target may take"),

    /* ---- driver ontap */
    OPTION(ontapUrl, PINTLE_OPT_STRING, NULL, NULL, "ontap: https URL of the management interface of the cluster or the SVM"),
    OPTION(ontapSvm, PINTLE_OPT_STRING, NULL, NULL, "ontap: the SVM that the volumes are of"),
    OPTION(ontapUsername, PINTLE_OPT_STRING, NULL, NULL, "ontap: user; with ontapPasswordFile"),
    OPTION(ontapPasswordFile, PINTLE_OPT_STRING, NULL, NULL, "ontap: file whose first line is the user's password"),
    OPTION(ontapClientCertificateFile, PINTLE_OPT_STRING, NULL, NULL, "ontap: client certificate (PEM), instead of user and password"),
    OPTION(ontapClientKeyFile, PINTLE_OPT_STRING, NULL, NULL, "ontap: the client certificate's key (PEM)"),
    OPTION(ontapCaFile, PINTLE_OPT_STRING, NULL, NULL, "ontap: certificates (PEM) that vouch for ONTAP's, beside the system's"),
    OPTION(ontapInsecureSkipTLSVerify, PINTLE_OPT_BOOL, "false", NULL, "ontap: its certificate is not checked"),
    OPTION(ontapServers, PINTLE_OPT_STRING, NULL, NULL,
           "ontap: servers of PersistentVolumes that are this ONTAP's, comma-separated; without it ONTAP is asked for its addresses"),
    OPTION(ontapExportPolicy, PINTLE_OPT_STRING, NULL, NULL, "ontap: export policy of restored volumes; without it the original's"),
    OPTION(ontapSnapmirrorLabel, PINTLE_OPT_STRING, NULL, NULL, "ontap: SnapMirror label of snapshots"),
    OPTION(ontapSplit, PINTLE_OPT_BOOL, "false", NULL, "ontap: a restored volume is split from its snapshot, which can be deleted then"),
    OPTION(ontapTridentAs, PINTLE_OPT_STRING, "nfs", "nfs|trident",
           "ontap: what a restored Trident volume becomes: a plain nfs PersistentVolume, or one to be imported into Trident"),
    OPTION(ontapTimeout, PINTLE_OPT_DURATION, "10m", NULL, "ontap: how long a job of ONTAP may take"), NULL};
