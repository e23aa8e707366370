#!/usr/bin/env bash
# Longer campaigns than `make test` has time for. Expects build/dev (make torture builds it).
set -euo pipefail
cd "$(dirname "$0")/../.."
export TAKT=$PWD/build/dev/bin/takt PYTHONDONTWRITEBYTECODE=1

echo "== 200 kills of a busy daemon"
python3 tests/torture/kill_campaign.py 200 1

echo "== 40 seeds of the example, 10 days each"
for seed in $(seq 1 40); do
  "$TAKT" simulate -f examples/social-bot/fleet.toml --for 10d --seed "$seed" --faults default --json \
    >/tmp/takt-torture-$$.json || { cat /tmp/takt-torture-$$.json; exit 1; }
done
rm -f /tmp/takt-torture-$$.json
echo "no violations"
