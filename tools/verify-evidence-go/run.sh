#!/bin/sh
# Needs Debian's packages golang-go and golang-golang-x-mod-dev; no network, no Go modules.
set -eu
export GO111MODULE=off GOPATH="${GOPATH:-/usr/share/gocode}" GOFLAGS= GOCACHE="${GOCACHE:-${TMPDIR:-/tmp}/go-build}"
exec go run "$(dirname "$0")/main.go" "$@"
