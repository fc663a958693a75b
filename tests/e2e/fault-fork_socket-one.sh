# fault-fork_socket-one.sh -- a plugin that forks a child that keeps every descriptor open, then crashes, at one item of 60.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
strikes_one fork_socket "crashed (SIGABRT)"
pass
