// Go: a goroutine per connection. Usage as the others': see contender.h.
package main

import (
	"fmt"
	"net"
	"os"
	"time"
)

const httpAnswer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 63\r\n\r\n" +
	"A page of sixty-three bytes, which every server here answers.\r\n"

var headEnd = []byte("\r\n\r\n")

// headsEnded counts the heads that end in data; *matched keeps how much of one its end may be.
func headsEnded(matched *int, data []byte) int {
	ended := 0
	for _, c := range data {
		if c == headEnd[*matched] {
			*matched++
		} else if c == '\r' {
			*matched = 1
		} else {
			*matched = 0
		}
		if *matched == len(headEnd) {
			ended++
			*matched = 0
		}
	}
	return ended
}

func serve(peer net.Conn, protocol string) {
	defer peer.Close()
	data := make([]byte, 256)
	answer := []byte(httpAnswer)
	matched := 0
	for {
		size, err := peer.Read(data)
		if err != nil {
			return
		}
		switch protocol {
		case "http":
			for heads := headsEnded(&matched, data[:size]); heads > 0; heads-- {
				if _, err = peer.Write(answer); err != nil {
					return
				}
			}
			continue
		case "sleep":
			time.Sleep(5 * time.Millisecond)
		}
		if _, err = peer.Write(data[:size]); err != nil {
			return
		}
	}
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: PORT echo|http|sleep")
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		if peer, err := listener.Accept(); err == nil {
			go serve(peer, os.Args[2])
		}
	}
}
