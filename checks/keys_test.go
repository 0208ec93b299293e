package checks

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

func TestKeysOfRS256(t *testing.T) {
	encode := base64.RawURLEncoding.EncodeToString
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text := encode([]byte(`{"alg":"RS256","kid":"a"}`)) + "." + encode([]byte(`{"sub":"web"}`))
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	token := text + "." + encode(signature)
	modulus := encode(key.N.Bytes())
	for _, tc := range []struct{ name, modulus, exponent, want string }{
		{"the key", modulus, "AQAB", "kid found, signature verifies"},
		{"another key", encode(other.N.Bytes()), "AQAB", "kid found, signature fails"},
		{"another exponent", modulus, "Aw", "kid found, signature fails"},
		{"exponent 0", modulus, "AA", "kid found, signature not checked"},
		{"no exponent", modulus, "", "kid found, signature not checked"},
		{"an exponent of 64 bytes", modulus, encode(signature[:64]), "kid found, signature not checked"},
		{"an even modulus", encode(append(key.N.Bytes()[:255], 0)), "AQAB", "kid found, signature not checked"},
		{"modulus 0", "AA", "AQAB", "kid found, signature not checked"},
		{"no modulus", "", "AQAB", "kid found, signature not checked"},
		{"a modulus of 3 KiB", encode([]byte(strings.Repeat("\xff", 3<<10))), "AQAB", "kid found, signature not checked"},
		{"what is not base64", "!", "!", "kid found, signature not checked"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			set := keySet{[]webKey{{KeyID: "b"}, {KeyID: "a", Kind: "RSA", Modulus: tc.modulus, Exponent: tc.exponent}}}
			if _, got := set.judge(token, "a"); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
