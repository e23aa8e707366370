#!/usr/bin/env bash
# Hundreds of seeds of the simulator's own fleets, and of the example; each is played twice and must be the same.
#   SEEDS=1..200   which
set -euo pipefail
cd "$(dirname "$0")/../.."
test=build/dev/bin/takt_sim_test takt=build/dev/bin/takt

echo "== seeds ${SEEDS:-1..200} of the simulator's fleets"
TAKT_SIM_SEEDS=${SEEDS:-1..200} "$test" --gtest_brief=1 --gtest_filter='Campaign.No*'

echo "== 40 seeds of the example, 10 days each, twice"
report=$(mktemp)
trap 'rm -f "$report"' EXIT
for seed in $(seq 1 40); do
  hashes=()
  for _ in 1 2; do
    "$takt" simulate -f examples/social-bot/fleet.toml --for 10d --seed "$seed" --faults default --json >"$report" || {
      cat "$report"
      exit 1
    }
    hashes+=("$(grep -o '"hash":"[0-9a-f]*"' "$report")")
  done
  [ "${hashes[0]}" = "${hashes[1]}" ] || { echo "seed $seed: ${hashes[*]}"; exit 1; }
done
echo "no violations, every seed the same twice"
