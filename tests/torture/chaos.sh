#!/usr/bin/env bash
# A day of the example fleet with things going wrong. Expects build/dev (make torture builds it).
#   CHAOS=1   which seed
set -euo pipefail
cd "$(dirname "$0")/../.."
export TAKT=$PWD/build/dev/bin/takt PYTHONDONTWRITEBYTECODE=1

echo "== a day of the example fleet, broken as seed ${CHAOS:=1} says (24 minutes)"
seed=$CHAOS
unset CHAOS
python3 tests/torture/chaos_campaign.py "$seed"
