package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// The scripts ask k8sdoctor itself what fits at the cursor; a lone "--" would
// end its flags, so they ask for "-" instead.
const (
	bashCompletion = `_k8sdoctor() {
  local words=("${COMP_WORDS[@]:0:COMP_CWORD}") cur=${COMP_WORDS[COMP_CWORD]}
  [[ $cur == -* ]] && words+=("${cur/%--/-}")
  mapfile -t COMPREPLY < <(compgen -W "$("${words[@]}" --generate-bash-completion 2>/dev/null)" -- "$cur")
}
complete -F _k8sdoctor k8sdoctor
`
	zshCompletion = `#compdef k8sdoctor
_k8sdoctor() {
  local -a fits
  local cur=${words[CURRENT]}
  local -a call=("${words[@]:0:$((CURRENT - 1))}")
  [[ $cur == -* ]] && call+=("${cur/%--/-}")
  fits=("${(@f)$("${call[@]}" --generate-bash-completion 2>/dev/null)}")
  compadd -- $fits
}
compdef _k8sdoctor k8sdoctor
`
	fishCompletion = `function __k8sdoctor
  set -l words (commandline -opc)
  set -l cur (commandline -ct)
  string match -q -- '-*' $cur; and set words $words (string replace -r -- '^--$' - $cur)
  $words --generate-bash-completion 2>/dev/null
end
complete -c k8sdoctor -f -a '(__k8sdoctor)'
`
)

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a completion script for bash, zsh or fish",
		UsageText: "source <(k8sdoctor completion bash)",
		Action: func(c *cli.Context) error {
			script, err := completionScript(c)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(c.App.Writer, script)
			return err
		},
		BashComplete: func(c *cli.Context) { fmt.Fprintln(c.App.Writer, "bash\nzsh\nfish") },
	}
}

func completionScript(c *cli.Context) (string, error) {
	switch shell := c.Args().First(); {
	case c.NArg() == 1 && shell == "bash":
		return bashCompletion, nil
	case c.NArg() == 1 && shell == "zsh":
		return zshCompletion, nil
	case c.NArg() == 1 && shell == "fish":
		return fishCompletion, nil
	}
	return "", fmt.Errorf("which shell? k8sdoctor completion bash, zsh or fish")
}
