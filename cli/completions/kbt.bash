# bash completion for kbt. Commands and options are asked of `kbt --help`, so they never fall behind it.

_kbt_commands() { kbt --help 2>/dev/null | sed -n '/^commands:/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p'; }
_kbt_options() { kbt "$1" --help 2>/dev/null | sed -n 's/^ \{2,6\}\(-[A-Za-z], *\)\{0,1\}\(--[a-z-]\{1,\}\).*/\2/p'; }
_kbt_takes_value() { kbt "$1" --help 2>/dev/null | grep -Eq "(^|, ) *$2 [A-Z]"; }

_kbt() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd=${COMP_WORDS[1]}
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_kbt_commands) --help --version" -- "$cur")
		return
	fi
	case $prev in
	--color) mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$cur"); return ;;
	--since | --until | -S | -U) mapfile -t COMPREPLY < <(compgen -W "today yesterday now -1h -24h" -- "$cur"); return ;;
	--by) mapfile -t COMPREPLY < <(compgen -W "article host hour" -- "$cur"); return ;;
	esac
	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W "$(_kbt_options "$cmd")" -- "$cur"); return ;;
	esac
	case $prev in
	--*) if _kbt_takes_value "$cmd" "$prev"; then compopt -o default 2>/dev/null; return; fi ;;
	esac
	case $cmd in
	import | scan | lint | replay | verify) compopt -o default 2>/dev/null ;;
	probe) [ "$COMP_CWORD" -eq 2 ] && mapfile -t COMPREPLY < <(compgen -W \
		"$(kbt probe --list 2>/dev/null | sed -n 's/^\([a-z][a-z0-9-]*\).*/\1/p')" -- "$cur") ;;
	esac
}

complete -F _kbt kbt
