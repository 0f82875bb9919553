// verify-evidence checks a .tlog-proof file with Go's own transparency log code (golang.org/x/mod/sumdb), which shares
// nothing with the program that wrote the proof.
//
//	verify-evidence <verifier key> <file.tlog-proof>
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: verify-evidence <verifier key> <file.tlog-proof>")
		os.Exit(2)
	}
	text, err := os.ReadFile(os.Args[2])
	if err == nil {
		err = verify(os.Args[1], string(text))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "NOT PROVEN:", err)
		os.Exit(1)
	}
}

func verify(vkey, text string) error {
	head, checkpoint, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("not a tlog-proof")
	}
	leaf, record, err := leafOf(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}

	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	signed, err := note.Open([]byte(checkpoint), note.VerifierList(verifier))
	if err != nil {
		return err
	}
	body := strings.Split(signed.Text, "\n")
	if len(body) < 4 || body[0] != verifier.Name() {
		return fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(body[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.ParseHash(body[2])
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(leaf)); err != nil {
		return err
	}
	fmt.Printf("PROVEN: entry %d of the %d in the log %s\n", index, size, body[0])
	if record != "" {
		fmt.Println(record)
	}
	return nil
}

// leafOf computes what the log must hold from the record and its salt; a file without a record carries the leaf itself.
func leafOf(extra string) (leaf []byte, record string, err error) {
	text, err := base64.StdEncoding.DecodeString(extra)
	if err != nil {
		return nil, "", err
	}
	var parts struct{ Record, Salt, Leaf string }
	if err := json.Unmarshal(text, &parts); err != nil {
		return nil, "", err
	}
	if parts.Record == "" {
		leaf, err = hex.DecodeString(parts.Leaf)
		return leaf, "", err
	}
	salt, err := hex.DecodeString(parts.Salt)
	if err != nil {
		return nil, "", err
	}
	digest := sha256.Sum256(append(salt, parts.Record...))
	return digest[:], parts.Record, nil
}
