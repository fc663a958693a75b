# symbol-clash.sh -- two plugins with the same global names have each their own.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_clash1 run_clash2 && items 10
run "$PINTLE" backup create b1 --from in --concurrency 1
expect_status 0
tar -xOzf "$store/backups/b1/b1.tar.gz" resources/configmaps/namespaces/shop/item-09.json >item
expect_in item '"tests.pintle.io/clash1":"clash1 10"' '"tests.pintle.io/clash2":"clash2 10"'
pass
