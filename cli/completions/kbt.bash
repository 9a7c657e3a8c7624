# bash completion for kbt. What fits is asked of `kbt __complete`, so it never falls behind the commands.

_kbt() {
	local cur=${COMP_WORDS[COMP_CWORD]} words=("${COMP_WORDS[@]:1:COMP_CWORD}") found line
	COMPREPLY=()
	if [ "$cur" = = ]; then # --by=, of which bash makes two words
		cur='' words[-1]=''
	elif [ "$COMP_CWORD" -gt 2 ] && [ "${COMP_WORDS[COMP_CWORD - 1]}" = = ]; then
		unset 'words[-2]'
	fi
	mapfile -t found < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
	for line in "${found[@]}"; do
		case $line in
		:files) compopt -o default 2>/dev/null ;;
		"$cur"*) COMPREPLY+=("${line%%$'\t'*}") ;;
		esac
	done
	case ${COMPREPLY[0]} in
	*=) compopt -o nospace 2>/dev/null ;;
	esac
}

complete -F _kbt kbt
