package lab

import (
	"encoding/binary"
	"io"
	"net"
)

// helloLimit is a middlebox before a server: it has room for a ClientHello of so many
// bytes, and never passes on a larger one.
type helloLimit struct {
	net.Listener
	bytes int
}

func (l helloLimit) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &limitedHello{Conn: c, limit: l.bytes}, nil
}

// limitedHello looks at the head of the first TLS record, see RFC 8446, 5.1.
type limitedHello struct {
	net.Conn
	limit  int
	looked bool
	head   []byte // what was read and not passed on yet
}

func (c *limitedHello) Read(b []byte) (int, error) {
	if !c.looked {
		c.looked, c.head = true, make([]byte, 5)
		if _, err := io.ReadFull(c.Conn, c.head); err != nil {
			return 0, err
		}
		if int(binary.BigEndian.Uint16(c.head[3:])) > c.limit {
			_, err := io.Copy(io.Discard, c.Conn)
			if err == nil {
				err = io.EOF
			}
			return 0, err
		}
	}
	if len(c.head) > 0 {
		n := copy(b, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}
