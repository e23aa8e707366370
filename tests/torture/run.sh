#!/usr/bin/env bash
# Longer campaigns than `make test` has time for. Expects build/dev (make torture builds it).
set -euo pipefail
cd "$(dirname "$0")/../.."
export TAKT=$PWD/build/dev/bin/takt PYTHONDONTWRITEBYTECODE=1

echo "== 200 kills of a busy daemon"
python3 tests/torture/kill_campaign.py 200 1
