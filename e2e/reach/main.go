// Command reach says how much of the API server and of DNS a pod reaches by new connections.
//
//	reach idle
//	reach ask 10
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	patience = 2 * time.Second
	account  = "/var/run/secrets/kubernetes.io/serviceaccount/"
)

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "idle":
		for {
			time.Sleep(time.Hour)
		}
	case len(os.Args) == 3 && os.Args[1] == "ask":
		n, err := strconv.Atoi(os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		ask(n)
	default:
		log.Fatal("usage: reach idle or reach ask TIMES")
	}
}

// ask prints how many of n connections and of n questions come about, and the HTTP status of a
// request with the token: 0 where the API server is not reached, -1 where there is no token.
func ask(n int) {
	server := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	var api, dns atomic.Int32
	var wait sync.WaitGroup
	for range n {
		wait.Go(func() {
			if c, err := net.DialTimeout("tcp", server, patience); err == nil {
				c.Close()
				api.Add(1)
			}
		})
		wait.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if _, err := (&net.Resolver{PreferGo: true}).LookupNetIP(ctx, "ip4", "kubernetes.default.svc.cluster.local."); err == nil {
				dns.Add(1)
			}
		})
	}
	wait.Wait()
	answer := 0
	if api.Load() > 0 {
		answer = status(server)
	}
	fmt.Printf(`{"apiServer": %d, "dns": %d, "status": %d}`+"\n", api.Load(), dns.Load(), answer)
}

func status(server string) int {
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return -1
	}
	ca, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	client := http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	request, err := http.NewRequest(http.MethodGet, "https://"+server+"/api", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	for range 10 { // a Service may have an endpoint that is dead
		if answer, err := client.Do(request); err == nil {
			answer.Body.Close()
			return answer.StatusCode
		}
	}
	return 0
}
