package clients_test

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/lab"
)

const pageHead = `# What Go accepts and other clients refuse

Written by ` + "`make test-clients`" + `, which serves each chain on loopback and has real clients
connect. Each did what the table of clients says of it, in these words. Go accepts every chain.

`

// varying is what a text has that another run, or another client, has otherwise.
var varying = regexp.MustCompile(`127\.0\.0\.1:\d+|_ssl\.c:\d+|More details here.*`)

// page shows what the clients did, chain by chain, those together that printed the same.
func page(found []realClient, missing []string, ends []map[string]string) []byte {
	var sound, rows []string
	for _, chain := range lab.Chains() {
		var texts []string
		by := map[string][]realClient{}
		for i, c := range found {
			text := strings.TrimSpace(varying.ReplaceAllString(ends[i][chain.Name], "..."))
			if text != "ok" && by[text] == nil {
				texts = append(texts, text)
			}
			by[text] = append(by[text], c)
		}
		if len(texts) == 0 {
			sound = append(sound, "- "+chain.Name)
		}
		for _, text := range texts {
			rows = append(rows, fmt.Sprintf("| %s | %s | `%s` |", chain.Name, programs(by[text]), strings.ReplaceAll(text, "|", "\\|")))
		}
	}
	return fmt.Appendf(nil, "%sRun: %s. Not run: %s.\n\n| chain | refused by | in these words |\n| --- | --- | --- |\n%s\n\nAccepted by all:\n\n%s\n",
		pageHead, programs(found), strings.Join(missing, "; "), strings.Join(rows, "\n"), strings.Join(sound, "\n"))
}

// programs lists clients, each program once.
func programs(list []realClient) string {
	var b strings.Builder
	for i, c := range list {
		switch {
		case i == 0:
			b.WriteString(c.String())
		case c.program == list[i-1].program:
			b.WriteString(", " + c.version)
		default:
			b.WriteString("; " + c.String())
		}
	}
	return b.String()
}
