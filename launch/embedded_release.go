//go:build release

package launch

import _ "embed"

//go:embed doctors/linux-amd64.gz
var amd64 []byte

//go:embed doctors/linux-arm64.gz
var arm64 []byte

var embedded = map[string][]byte{"amd64": amd64, "arm64": arm64}
