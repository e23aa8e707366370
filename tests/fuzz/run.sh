#!/usr/bin/env bash
# Runs every fuzz target of build/fuzz for a while, two at once. An input that breaks one is kept under
# build/fuzz/broken, and the run fails; mended, it goes to tests/fuzz/corpus as a seed.
#
#   FOR=60 tests/fuzz/run.sh [NAME...]      FOR: seconds for each target
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/fuzz/broken
export FOR=${FOR:-60}

run_one() {
  local name=$1 found=build/fuzz/corpus/$1 seeds=build/fuzz/seeds/$1
  mkdir -p "$found" "$seeds"
  case $name in
    zone) for zone in UTC Europe/Berlin America/New_York Australia/Lord_Howe Africa/Casablanca Pacific/Apia; do
            cp "/usr/share/zoneinfo/$zone" "$seeds/${zone//\//_}"
          done ;;
    fleet_toml) for file in $(git ls-files '*.toml'); do cp "$file" "$seeds/${file//\//_}"; done ;;
  esac
  local words=() log=build/fuzz/$name.log
  [ -e "tests/fuzz/$name.dict" ] && words=("-dict=tests/fuzz/$name.dict")
  for folder in "tests/fuzz/corpus/$name" "$seeds"; do
    [ -d "$folder" ] && words+=("$folder")
  done
  if "build/fuzz/bin/${name}_fuzz" -max_total_time="${FOR%s}" -timeout=10 -rss_limit_mb=2048 \
      -max_len=16384 -print_final_stats=1 -artifact_prefix="build/fuzz/broken/$name-" \
      "$found" "${words[@]}" >"$log" 2>&1; then
    echo "fuzz $name: $(awk '/number_of_executed_units/ { print $2 }' "$log") inputs, nothing broke"
  else
    tail -40 "$log"
    echo "fuzz $name: BROKE, the input is in build/fuzz/broken (log: $log)"
    return 1
  fi
}
export -f run_one

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for program in build/fuzz/bin/*_fuzz; do
    name=${program##*/}
    names+=("${name%_fuzz}")
  done
fi
printf '%s\n' "${names[@]}" | xargs -P 2 -I{} bash -euo pipefail -c 'run_one {}'
