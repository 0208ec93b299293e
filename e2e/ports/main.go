// Command ports takes connections, and says which addresses take its own.
//
//	ports serve 8053 8080
//	ports dial 10.244.1.2:8053 10.244.1.3:8080
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"sync"
	"time"
)

const patience = 1500 * time.Millisecond

func main() {
	if len(os.Args) < 3 {
		log.Fatal("usage: ports serve PORT... or ports dial ADDRESS...")
	}
	switch os.Args[1] {
	case "serve":
		serve(os.Args[2:])
	case "dial":
		dial(os.Args[2:])
	}
}

func serve(ports []string) {
	for _, port := range ports {
		listener, err := net.Listen("tcp", ":"+port)
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			for {
				c, err := listener.Accept()
				if err != nil {
					log.Fatal(err)
				}
				c.Close()
			}
		}()
	}
	select {}
}

// dial prints the addresses that take a connection.
func dial(addresses []string) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	for _, address := range addresses {
		wait.Go(func() {
			c, err := net.DialTimeout("tcp", address, patience)
			if err != nil {
				return
			}
			c.Close()
			mu.Lock()
			defer mu.Unlock()
			fmt.Println(address)
		})
	}
	wait.Wait()
}
