# The tools that are not Go's own: make tools puts them into .tools.
export PATH := $(CURDIR)/.tools/bin:$(PATH)

build: ## bin/metaflow-cfn
	go build -trimpath -o bin/metaflow-cfn ./cmd/metaflow-cfn

generate: build ## build, and print the template
	@bin/metaflow-cfn generate

test: ## everything under the race detector; then, without it, every combination, mutant and random fault
	go test -race ./...
	go test -run 'TestReuseMatrix|TestMutants|TestRandomFaults' -v ./generator/... ./safety ./deploy
	@for t in cfn-lint moto_server aws; do command -v $$t >/dev/null || missing="$$missing $$t"; done; \
	[ -z "$$missing" ] || echo "skipped what needs$$missing: make tools installs them"

golden: ## write the goldens, the published template and the generated pages anew
	GOLDIE_UPDATE=1 go test ./golden
	GOLDIE_UPDATE=1 go test -run 'Policy|Example|Screens' ./generator ./iampolicy ./internal/command

fuzz: ## each fuzz target for 30 seconds
	@for f in ./cfn:FuzzResolve ./generator:FuzzReadFile ./deploy/internal/transport:FuzzScrub ./internal/terminal:FuzzEscape ./internal/metaflowconfig:FuzzMerge; do \
	go test -run '^$$' -fuzz "^$${f#*:}$$" -fuzztime 30s -fuzzminimizetime 10x $${f%:*} || exit 1; done

lint: ## the one linter configuration: staticcheck.conf
	go vet ./...
	go tool staticcheck ./...

check: lint ## formatted, vetted, linted, and go.mod tidy
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go mod tidy -diff

bench: build ## measure, and write docs/benchmarks.md
	go run ./internal/bench

tools: ## cfn-lint, moto and the AWS CLI in .tools, for the tests that want them
	python3 -m venv .tools
	.tools/bin/pip install --quiet cfn-lint==1.51.0 'moto[server,cloudformation,batch,ec2,s3,iam]==5.2.1' awscli==1.45.11

.PHONY: build generate test golden fuzz lint check bench tools
