# Shared by the scripts in this folder, which are sourced with `build` set; never run. Servers that were started end with
# the script, and the folder `folder` goes with them.

# A machine nobody has given a language is most likely looked at in a terminal that knows UTF-8.
[[ ${LC_ALL:-}${LC_CTYPE:-}${LANG:-} ]] || export LC_CTYPE=C.UTF-8

uuid='[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
folder=$(mktemp -d)
servers=()
host+=()  # what runs the host elsewhere

finish() {
    for server in "${servers[@]}"; do
        kill "$server" 2> /dev/null || true
        wait "$server" || true
    done
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# fetch <path>: what the collector answers.
fetch() {
    local answer
    exec {answer}<> "/dev/tcp/127.0.0.1/${url##*:}"
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$1" "${url#http://}" >&"$answer"
    cat <&"$answer"
    exec {answer}>&-
}

view() {
    "$build/collector/sidespan-view" --url "$url" --trace "$1"
    echo
}

# start <program> <options...>: on any free port, or at `listen`; leaves in `address` where it listens, which its first line
# on standard output says.
start() {
    local line said="$folder/${1##*/}.said"
    mkfifo "$said"
    "$@" --listen "${listen:-127.0.0.1:0}" > "$said" &
    servers+=($!)
    exec {output}< "$said"
    read -r -t 20 -u "$output" line || { echo "${1##*/} did not start" >&2; exit 1; }
    address=$(grep -oE 'http://[^ ]+' <<< "$line")
}

# share <recording> <service>: has the plugin play and share it; leaves the upload's trace id in `upload`.
share() {
    local plugin
    plugin=$(find "$build/samples/juce_plugin/LoopShare_artefacts/" -maxdepth 3 -name 'Loop Share.vst3' | head -n 1)
    [[ $plugin ]] || { echo "there is no VST3 in $build" >&2; exit 1; }
    "${host[@]}" "$build/tests/plugin/sidespan-plugin-host" "$plugin" "$1" --service "$2" --telemetry "$url"
    upload=$(fetch '/api/v1/traces?name=audio.upload&limit=1' | grep -oE "\"traceId\":\"$uuid" | grep -oE "$uuid" | head -n 1) ||
        { echo "no upload was traced" >&2; exit 1; }
}

# stop <number>: ends a server, which delivers its spans.
stop() {
    kill "${servers[$1]}"
    wait "${servers[$1]}" || true
    unset "servers[$1]"
}

# Keeps the collector up until Ctrl-C, if `serve` is set.
keep_up() {
    if [[ $serve ]]; then
        echo "Its page is $url/ until you press Ctrl-C"
        wait "${servers[0]}"
    else
        echo "Its page was $url/ (scripts/demo --serve keeps it up)"
    fi
}
