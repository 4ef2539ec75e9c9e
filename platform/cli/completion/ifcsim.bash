# Bash completion of ifcsim.

_ifcsim_names() { # KIND...: what is run, extended, counted
  local kind
  for kind in "$@"; do ifcsim list "$kind" 2>/dev/null | awk '{ print $1 }'; done
}

_ifcsim_groups() { # the groups of the scenario on the line; g1 when there is none yet
  local word groups
  for word in "${COMP_WORDS[@]:2}"; do
    case $word in -* | *=* | '') continue ;; esac
    groups=$(ifcsim check --resolved "$word" 2>/dev/null |
      awk '/^    groups = {/ { inside = 1; next } /^    }/ { inside = 0 } inside && /^        [^ ].* = {/ { print $1 }')
    [ -n "$groups" ] && break
  done
  echo "${groups:-g1} *"
}

_ifcsim_parameters() { # complete PATH= of --set
  local path group groups
  set -f
  groups=$(_ifcsim_groups)
  for path in $(ifcsim list parameters 2>/dev/null | awk '$1 ~ /^[a-z_.<>0-9]+$/ && $1 ~ /\./ { print $1 }'); do
    case $path in
    flash.groups.*) for group in $groups; do echo "${path//<name>/$group}="; done ;;
    policies.*) for group in dispatch arbiter kv_placement kv_flush refresh kv_select; do echo "${path//<*>/$group}="; done ;;
    *) echo "$path=" ;;
    esac
  done
  set +f
}

_ifcsim() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  # "--format=js" reaches us as three words
  [ "$cur" = "=" ] && cur=""
  [ "$prev" = "=" ] && prev=${COMP_WORDS[COMP_CWORD - 2]}
  COMPREPLY=()

  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "run check list describe topology model explain explore merge plot diff report timeline trace help --help --version" -- "$cur")
    return
  fi

  local words="" files="" names="" own
  case $command:$prev in
  *:policies.*.name)
    own=${prev#policies.}
    words=$(ifcsim list policies 2>/dev/null | awk -v kind="${own%.name}" '$1 == kind { print $2 }')
    ;;
  run:extends | check:extends | explain:extends) names="parts" ;;
  run:--format | run:-f) words="text json csv" ;;
  explain:--format | explain:-f) words="text json csv" ;;
  model:--format | model:-f | trace:--format | trace:-f) words="text json" ;;
  trace:--as) words="azure mooncake burstgpt ifcsim" ;;
  trace:--arrival | trace:-a) words="poisson constant closed" ;;
  explain:--only) words="bottlenecks roofline waterfall doubling" ;;
  run:--grain | run:-g) words="auto page plane die" ;;
  run:--trace-level) words="operators channels dies planes" ;;
  run:--trace | run:--stats | run:-o | topology:--output | topology:-o) files='*' ;;
  run:--trace-window | run:--trace-max | timeline:--trace-window | timeline:--trace-max | run:--jobs | run:-j | explain:--jobs | explain:-j | explore:--jobs | explore:-j | explore:--shard | explore:--chunk | explore:--where) return ;;
  run:--set | run:-s | check:--set | check:-s | topology:--set | topology:-s | model:--set | model:-s | explain:--set | explain:-s | explore:--set | explore:-s | explore:--over | explore:--with)
    words=$(_ifcsim_parameters)
    compopt -o nospace
    ;;
  list:*) words="commands scenarios systems parts models parameters policies folders" ;;
  help:*) words=$(ifcsim help 2>/dev/null | awk '/:$/ { on = 1 } /^$/ { on = 0 } on && /^  / { print $1 }') ;;
  describe:*)
    words="$(_ifcsim_parameters | tr -d =) $(ifcsim list policies 2>/dev/null | awk '{ print "policies." $1 "." $2 }')"
    ;;
  explore:--for) words="latency tokens/s energy power price lifetime bytes/s" ;;
  explore:--emit) words="slurm parallel" ;;
  explore:--per) words=$(_ifcsim_parameters | tr -d =) ;;
  explore:--output | explore:-o | merge:--output | merge:-o) files='*/' ;;
  explore:*)
    words="--over --with --where --for --per --set --output --resume --shard --emit --chunk --jobs --quiet --help"
    names="scenarios"
    files='@(*.cfg)'
    ;;
  plot:--kind) words="lines bars heat pareto winners" ;;
  plot:--x | plot:--by) words=$(_ifcsim_parameters | tr -d =) ;;
  plot:--y) words="latency_ps ttft_ps tokens_per_second energy_j_per_token power_w price_usd lifetime_years tokens_per_second_per_usd tokens_per_second_per_w" ;;
  plot:--output | plot:-o) files='@(*.html|*.svg|*.gp|*.csv|*.md|*.tex)' ;;
  plot:*)
    words="--kind --x --y --by --title --output --help"
    files='*/'
    ;;
  merge:*)
    words="--output --quiet --help"
    files='*/'
    ;;
  diff:*) files='@(*.json)' ;;
  report:--output | report:-o) files='@(*.html|*.csv|*.md|*.tex)' ;;
  report:*)
    words="--output --help"
    files='@(*.json)'
    ;;
  timeline:timeline) words="convert" ;;
  timeline:*)
    words="--trace-window --trace-max --help"
    files='@(*.pftrace|*.pftrace.gz|*.vcd|*.csv)'
    ;;
  run:*)
    words="--set --grain --format --stats --requests --policy-files --detail --resolved --load-plugins --trace --trace-level --trace-window --trace-max --jobs --quiet --help"
    names="scenarios"
    files='@(*.cfg)'
    ;;
  check:*)
    words="--set --resolved --load-plugins --help"
    names="scenarios"
    files='@(*.cfg)'
    ;;
  explain:*)
    words="--set --only --format --jobs --quiet --help"
    names="scenarios"
    files='@(*.cfg)'
    ;;
  model:*)
    words="--set --format --help"
    names="scenarios models"
    files='@(*.cfg|*.json)'
    ;;
  trace:trace) words="info generate export --help" ;;
  trace:*)
    words="--as --first --count --limit --format --arrival --rate --prompt --answer --sessions --recent --seed --set --output --help"
    files='@(*.csv|*.jsonl|*.gz|*.cfg)'
    ;;
  topology:*)
    words="--set --output --load-plugins --help"
    names="scenarios"
    files='@(*.cfg)'
    ;;
  esac

  [[ $files && $cur != -* ]] && words=""
  # shellcheck disable=SC2086
  [[ $names && $cur != -* ]] && words=$(_ifcsim_names $names)
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  if [[ $files && $cur != -* ]]; then
    local found
    shopt -q extglob || shopt -s extglob
    while IFS= read -r found; do
      # shellcheck disable=SC2053
      if [ -d "$found" ] || [[ $found == $files ]]; then COMPREPLY+=("$found"); fi
    done < <(compgen -f -- "$cur")
    compopt -o filenames
  fi
}

complete -F _ifcsim ifcsim
