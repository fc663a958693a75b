# cli-config.sh -- where configuration and plugins are looked for, in which order, and that a run says so.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 1
location() { # FILE NAME
  mkdir -p "$(dirname "$1")" && cat >"$1" <<END
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: $2}
spec: {provider: pintle.io/file, default: true, objectStorage: {bucket: b}, config: {root: $work/$2}}
END
}
finds() { # NAME WORD...
  name=$1 && shift
  run "$@" "$PINTLE" backup-location get
  expect_status 0
  expect_out "$name"
}
location .config-home/pintle/a.yaml from-xdg
location home/.config/pintle/a.yaml from-home
location pintle.yaml from-here
location variable.yaml from-variable
location flag.yaml from-flag
run env XDG_CONFIG_HOME="$work/.config-home" PINTLE_CONFIG=variable.yaml "$PINTLE" backup-location get --config flag.yaml
expect_out from-flag
finds from-variable env XDG_CONFIG_HOME="$work/.config-home" PINTLE_CONFIG=variable.yaml
finds from-here env XDG_CONFIG_HOME="$work/.config-home"
rm pintle.yaml
finds from-xdg env XDG_CONFIG_HOME="$work/.config-home"
finds from-home
mkdir other && run "$PINTLE" backup create b1 --from in --config flag.yaml --plugin-dir other
expect_status 0
expect_err "flag.yaml (--config)" "from-flag" "other (--plugin-dir)"
run "$PINTLE" backup create b2 --from in --config flag.yaml --plugin-dir nowhere
expect_status 2
expect_err nowhere
run "$PINTLE" backup get --config nowhere.yaml
expect_status 2
run env PINTLE_CONFIG=nowhere.yaml "$PINTLE" backup get
expect_status 2
expect_err nowhere.yaml
pass
