// Command word prints a word: what any Go program takes to start.
package main

import "os"

func main() { os.Stdout.WriteString("word\n") }
