# crash-backup-calls.sh -- a backup in which each call for a process, a socket, a file or memory file fails once.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
CALLS="socketpair clone3 pidfd_open memfd_create eventfd2 pipe2 epoll_create1 read pread64 pwrite64 openat execve" && export CALLS
strikes_everywhere backup EMFILE
