// Command web is an application for the scenarios: it serves a word by HTTP, or
// asks others for it without pause and counts.
//
//	web serve
//	web ask http://web http://db
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

const (
	address = ":8080"
	pause   = 20 * time.Millisecond
	patient = 15 * time.Second // a lost packet of DNS alone takes 5 s
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "ask" {
		ask(os.Args[2:])
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "fine") })
	log.Fatal(http.ListenAndServe(address, nil))
}

// ask prints, of each request, how many were sent and how many failed so far. It
// counts from when all have answered once.
func ask(urls []string) {
	// a connection for each request, so that a new endpoint is met at once
	client := &http.Client{Timeout: patient, Transport: &http.Transport{DisableKeepAlives: true}}
	for _, url := range urls {
		for get(client, url) != nil {
			time.Sleep(pause)
		}
	}
	for sent, failed := 1, 0; ; sent++ {
		url := urls[sent%len(urls)]
		if err := get(client, url); err != nil {
			failed++
			fmt.Fprintln(os.Stderr, err)
		}
		fmt.Println("sent", sent, "failed", failed)
		time.Sleep(pause)
	}
}

func get(client *http.Client, url string) error {
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	return nil
}
