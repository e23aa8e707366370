#!/usr/bin/env bash
# P2 of docs/faults.md: the daemon dies at its system calls, at every STRIDE-th of the scenario (1: at every one,
# most of an hour). Expects build/dev (make torture builds it).
set -euo pipefail
cd "$(dirname "$0")/../.."
export TAKT=$PWD/build/dev/bin/takt PYTHONDONTWRITEBYTECODE=1

echo "== deaths at every ${STRIDE:=8}th system call of a scenario"
python3 tests/torture/syscall_kill.py "$STRIDE"
