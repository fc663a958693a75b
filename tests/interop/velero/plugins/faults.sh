#!/bin/sh
# faults.sh PINTLE -- plugins that misbehave, through Velero's client and pintle's drop-in.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh" "$1"
faults="segv abort exit exit7 overflow fork_socket close_fds rubbish_result rubbish_edit prints names leak_fd longjmp create_crash endless blocked
  stubborn slow fails"
# shellcheck disable=SC2086
drop_in good store $faults
mkdir test
export ROOT="$work/run/store"
{
  printf 'apiVersion: pintle.io/v1alpha1\nkind: PluginChain\nmetadata: {name: default}\nspec:\n  actions:\n'
  for name in $faults; do
    case $name in rubbish_result) more=', config: {variant: status}' ;; rubbish_edit) more=', config: {variant: kind}' ;; *) more= ;; esac
    printf -- '  - {name: tests.pintle.io/%s, timeout: 2s%s}\n' "$name" "$more"
  done
} >plugins/pintle.yaml
item victim y x
item other y x
limit=180
play faults plugins
left_behind
