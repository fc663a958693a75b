# velero-older.sh -- backups as older Veleros put them are listed, described, verified and restored, with whatever files they have.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
older() { python3 "$here/older.py" "$store" "$@" || fail older.py; }
files() { find "$1" -type f | sed "s,^$1/,," | sort; }
printf '%s\n' _cluster/namespaces/shop.json _cluster/persistentvolumes/pv-1.json shop/configmaps/settings.json shop/deployments.extensions/old.json \
  shop/pods/web.json shop/widgets.example.com/w.json >plain
long=shop/configmaps/$(printf 'a-name-as-long-as-an-operator-makes-them.%.0s' 1 2 3 4 5 6).json
{ cat plain && echo "$long"; } | sort >with_long
newer=volumeinfo.json.gz,itemoperations.json.gz,resource-list.json.gz,results.gz

older v1-0 format=none no=$newer,volumesnapshots.json.gz,csi-volumesnapshotcontents.json.gz,csi-volumesnapshotclasses.json.gz
older v1-3 format=1 tar=gnu no=$newer
older v1-4 tar=ustar
older v1-10 shuffle
older no-phase phase=
older new-phase phase=SomethingNew
older only no=logs.gz,json.gz,results.gz
for b in v1-0 v1-3 v1-4 v1-10 no-phase new-phase only; do
  run "$PINTLE" backup describe "$b" --details
  expect_status 0
  run "$PINTLE" backup verify "$b"
  expect_status 0
  run "$PINTLE" restore create "r-$b" --from-backup "$b" --to "to-$b" --restore-volumes=false
  expect_status 0
  expect_out "0 errors, 0 warnings"
  files "to-$b" >have
  if [ "$b" = v1-4 ]; then expect_same have plain; else expect_same have with_long; fi
done
grep -q '"velero.io/backup-name": "v1-10"' to-v1-10/shop/widgets.example.com/w.json || fail "the label of the backup is not there"
run "$PINTLE" backup get
expect_status 0
grep -q '^no-phase  *New ' out || fail "no phase is not New, as Velero's command line has it"
expect_out SomethingNew
run "$PINTLE" backup logs only
expect_status 1
expect_err 'backup "only" has no log in the store'
run "$PINTLE" backup describe only --details
expect_out "Resource List:" "<not found>"

# Empty files are damage: said, and in nobody's way.
older hollow empty=.json.gz,results.gz,logs.gz
run "$PINTLE" backup describe hollow --details
expect_status 0
run "$PINTLE" backup logs hollow
expect_status 1
expect_err "hollow-logs.gz is damaged: gzip: empty"
run "$PINTLE" backup verify hollow
expect_status 1
run "$PINTLE" restore create r-hollow --from-backup hollow --to to-hollow
expect_status 2
expect_err "hollow-volumeinfo.json.gz" "--restore-volumes=false"
run "$PINTLE" restore create r-hollow --from-backup hollow --to to-hollow --restore-volumes=false
expect_status 0
# A snapshot whose location is not configured: its volume is not restored, and it is said.
run "$PINTLE" restore create r-snapshot --from-backup v1-3 --to to-snapshot
expect_status 3
expect_err 'there is no VolumeSnapshotLocation "default"'
expect_no_file to-snapshot/_cluster/persistentvolumes/pv-1.json
older no-tarball no=tar.gz
run "$PINTLE" restore create r-none --from-backup no-tarball --to to-none
expect_status 2
expect_err no-tarball.tar.gz

# Duplicates, strays, other versions, another layout: the rest is restored, and each is said.
older odd shuffle stray versions
run "$PINTLE" restore create r-odd --from-backup odd --to to-odd
expect_status 0
expect_err "4 members stand under resources/ where no item can be" "under a version only" "horizontalpodautoscalers.autoscaling shop/only-v1"
expect_out "2 warnings"
files to-odd | grep -v horizontalpodautoscalers >have
expect_same have with_long
grep -q '"apiVersion": "autoscaling/v2"' to-odd/shop/horizontalpodautoscalers.autoscaling/web.json || fail "not the preferred version"
expect_no_file to-odd/shop/horizontalpodautoscalers.autoscaling/only-v1.json
older twice duplicate
run "$PINTLE" restore create r-twice --from-backup twice --to to-twice
expect_status 0
expect_err "occurs twice"
grep -q '"a": "later"' to-twice/shop/configmaps/settings.json || fail "the later one does not count"
older early ark
run "$PINTLE" restore create r-early --from-backup early --to to-early
expect_status 0
expect_err "zero items to be restored" "Heptio Ark"
expect_out "0 created" "1 warning"
pass
