//go:build e2e

package e2e

import (
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

// withToken lists what is wrong with the token alone. Whether the key or the
// issuer is the server's cannot be read by a pod whose token is refused.
var withToken = []scenario{
	{
		name: "token for another audience",
		file: "token-audience.yaml",
		exit: 1, cause: []string{"token.wrong-audience"},
		want: []string{"token.claims warn", "auth.review fail"},
	},
	{
		name: "expired token",
		file: "given.yaml", before: signedAnew(false, validFrom(-2*time.Hour)),
		exit: 1, cause: []string{"token.expired"},
	},
	{
		name: "token that is not valid yet",
		file: "given.yaml", before: signedAnew(false, validFrom(time.Hour)),
		exit: 1, cause: []string{"token.not-yet-valid"},
	},
	{
		name: "token of a pod that is gone",
		file: "given.yaml", before: podGone,
		exit: 1, cause: []string{"token.foreign-pod"}, most: causes.Likely,
	},
	{
		name: "token of an account that was made again",
		file: "given.yaml", before: accountMadeAgain,
		exit: 1, cause: []string{"token.rejected"}, most: causes.Likely, outside: "token.account-gone",
	},
	{
		name: "token signed by another key",
		file: "given.yaml", before: signedAnew(true, unchanged),
		exit: 1, cause: []string{"token.unknown-key", "token.rejected"}, most: causes.Likely,
	},
	{
		name: "token of another issuer",
		file: "given.yaml", before: signedAnew(false, foreignIssuer),
		exit: 1, cause: []string{"token.unknown-issuer", "token.rejected"}, most: causes.Likely,
	},
	{
		name: "token from a Secret",
		file: "given.yaml", before: legacy(false),
		cause: []string{"token.legacy"},
	},
	{
		name: "token from a Secret that is gone",
		file: "given.yaml", before: legacy(true),
		exit: 1, cause: []string{"token.legacy"}, most: causes.Likely,
	},
}

// withPublishedKeys lists what the server's published keys distinguish.
func withPublishedKeys(rekeyed apiServer) []scenario {
	return []scenario{
		{
			name: "the API server's key for tokens changed where keys are published",
			file: "node.yaml", before: rekeyed.instead(),
			exit: 1, cause: []string{"token.unknown-key"}, most: causes.Likely,
		},
		{
			name: "token signed by another key where keys are published",
			file: "given.yaml", before: signedAnew(true, unchanged),
			exit: 1, cause: []string{"token.unknown-key"}, most: causes.Likely,
		},
		{
			name: "token of another issuer where keys are published",
			file: "given.yaml", before: signedAnew(false, foreignIssuer),
			exit: 1, cause: []string{"token.unknown-issuer"}, most: causes.Likely,
		},
		{
			name: "token of an account that was made again where keys are published",
			file: "given.yaml", before: accountMadeAgain,
			exit: 1, cause: []string{"token.rejected"}, most: causes.Likely, outside: "token.account-gone",
		},
	}
}

// withoutAnonymous lists what happens where an API server answers no request without
// a token.
func withoutAnonymous(server apiServer) []scenario {
	return []scenario{
		{
			name: "healthy where nobody is answered without a token",
			file: "node.yaml", before: server.instead(),
		},
		{
			name: "token of an account that was made again where nobody is answered without a token",
			file: "given-node.yaml", before: server.instead(accountMadeAgain),
			exit: 1, cause: []string{"token.rejected"}, most: causes.Likely, outside: "token.account-gone",
		},
	}
}

// withNewKey lists what happens where the API server's key for tokens changed.
func withNewKey(server apiServer) []scenario {
	return []scenario{
		{
			name: "the API server's key for tokens changed",
			file: "node.yaml", before: server.instead(),
			exit: 1, cause: []string{"token.unknown-key", "token.rejected"}, most: causes.Likely,
		},
	}
}
