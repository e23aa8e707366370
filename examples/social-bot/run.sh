#!/bin/sh
# Brings the example fleet up in the foreground, sixty times as fast as the wall: an hour a minute.
#   FOR=45s   ends by itself after that long, with a summary
#   SPEED=1   at the wall's pace (needs a state folder of its own: rm -r examples/social-bot/state)
#   CHAOS=1   things go wrong as that seed says; at the end judge.py tells what came of it
here=$(cd "$(dirname "$0")" && pwd) || exit 1
takt=$here/../../build/release/bin/takt
rm -f "$here/chaos.seed" # of a run that was killed
if [ -z "${CHAOS:-}" ]; then
  exec "$takt" up -f "$here/fleet.toml" --speed "${SPEED:-60}" ${FOR:+--for "$FOR"}
fi

case $CHAOS in *[!0-9]*)
  echo "CHAOS is a seed, a number, not '$CHAOS'" >&2
  exit 2
  ;;
esac
trap 'rm -f "$here/chaos.seed"' EXIT
rm -f "$here/chaos.jsonl" # the chaos begins anew
echo "$CHAOS" >"$here/chaos.seed" || exit 1
"$takt" up -f "$here/fleet.toml" --speed "${SPEED:-60}" ${FOR:+--for "$FOR"} &
daemon=$!
trap 'kill -TERM "$daemon" 2>/dev/null' INT TERM HUP
while wait "$daemon"; code=$?; [ "$code" -gt 128 ] && kill -0 "$daemon" 2>/dev/null; do :; done
[ "$code" -le 1 ] || exit "$code" # 1: runs failed, as they should
python3 -B "$here/judge.py"
