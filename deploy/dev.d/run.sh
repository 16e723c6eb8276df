# `deploy/dev run`: the service with a demo company, until Ctrl-C.

server_pid=

stop_server() {
  if [ -z "$server_pid" ]; then return 0; fi
  say ''
  say "Stopping…"
  kill -TERM "$server_pid" 2>/dev/null || true
}

# Waits for the line `listening on http://…` and prints its address.
wait_until_listening() {
  local output=$1 address
  while kill -0 "$server_pid" 2>/dev/null; do
    address=$(sed -n 's/^listening on //p' "$output" | head -n 1)
    if [ -n "$address" ]; then
      echo "$address"
      return 0
    fi
    sleep 0.1
  done
  return 1
}

print_where_to_look() {
  local address=$1 data=$2 token
  token=$(cat "$data/owner-token" 2>/dev/null) || token=missing
  cat <<TEXT

${green}Dealog runs at $address${plain}
  endpoints   $address/docs
  the board   $address/v1/board
  health      $address/readyz, $address/metrics
  token       $token   (the owner's, from $data/owner-token)

  curl -H 'Authorization: Bearer $token' '$address/v1/reports/leaks'

Data are in $data. Ctrl-C stops it.
TEXT
}

# Returns the server's status. A signal ends `wait` early; the server is then given its time.
wait_for_server() {
  local status late
  while :; do
    status=0
    wait "$server_pid" || status=$?
    if ! kill -0 "$server_pid" 2>/dev/null; then break; fi
  done
  if [ "$status" -gt 128 ]; then
    late=0
    wait "$server_pid" 2>/dev/null || late=$?
    if [ "$late" != 127 ]; then status=$late; fi
  fi
  server_pid=
  return "$status"
}

command_run() {
  local data=${DEALOG_DATA:-$root/.cache/run-data} binary output address
  local regulation=$root/deploy/regulations/web-studio.yaml
  setup_for_build
  build release dealog
  binary=$(binary_path)
  mkdir -p "$data" "$log_dir"
  data=$(cd "$data" && pwd)
  if [ -z "$(ls -A "$data")" ]; then
    # It is there whole or not at all, however this ends.
    step "Filling the empty folder with a demo company" demo \
      "$binary" demo --data "$data" ||
      die "the demo company could not be made"
  fi
  output=$log_dir/serve.out
  : >"$output"
  "$binary" serve --data "$data" --listen "${DEALOG_LISTEN:-127.0.0.1:8080}" \
    --regulation "$regulation" \
    >"$output" 2> >(tee "$log_dir/serve.log" >&2) &
  server_pid=$!
  trap stop_server INT TERM
  if address=$(wait_until_listening "$output"); then
    print_where_to_look "$address" "$data"
  else
    say "The service did not start:"
    cat "$output"
  fi
  wait_for_server
}
