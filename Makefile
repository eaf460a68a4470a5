# Tools that are not written in Go: make tools installs them into .tools.
export PATH := $(CURDIR)/.tools/bin:$(PATH)

build: ## build bin/metaflow-cfn
	@go build -trimpath -o bin/metaflow-cfn ./cmd/metaflow-cfn

generate: build ## print the template
	@bin/metaflow-cfn generate

test: ## run all tests with the race detector, then combinations, mutants and random faults without it
	go test -race -timeout 40m ./...
	go test -timeout 40m -run 'TestReuseMatrix|TestMutants|TestRandomFaults|TestBounds' -v \
	./generator/... ./safety ./deploy ./internal/paramfile
	@for t in cfn-lint moto_server aws; do command -v $$t >/dev/null || missing="$$missing $$t"; done; \
	[ -z "$$missing" ] || echo "skipped the tests that need$$missing: make tools installs them"

quick: ## what an edit needs, in seconds: no random faults, seeded bugs, mutants, faults of processes, moto, cfn-lint
	go test -short -parallel 16 ./...

golden: ## write the goldens, the published template and the generated pages
	GOLDIE_UPDATE=1 go test ./golden
	GOLDIE_UPDATE=1 go test -run 'Policy|Example|Screens|RecordsPage' ./generator ./iampolicy ./internal/command

fuzz: ## run each fuzz target for 30 seconds
	@for f in ./cfn:FuzzResolve ./generator:FuzzReadFile ./deploy/internal/transport:FuzzScrub ./internal/terminal:FuzzEscape ./internal/metaflowconfig:FuzzMerge; do \
	go test -run '^$$' -fuzz "^$${f#*:}$$" -fuzztime 30s -fuzzminimizetime 10x $${f%:*} || exit 1; done

MUTANTS ?= 1
mutants: ## change the source of the wait and the guard in a thousand small ways, which tests must notice; hours, or MUTANTS=50 for every 50th
	MUTANTS=$(MUTANTS) nice go test -count=1 -timeout 24h -run TestSourceMutants -v ./internal/sourcemutants

lint: ## run go vet and staticcheck, which staticcheck.conf configures
	go vet ./...
	go tool staticcheck ./...

check: lint ## check formatting, lint, and go.mod
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go mod tidy -diff

bench: build ## run the benchmarks and write docs/benchmarks.md
	go run ./internal/bench

release: ## build the archives of all platforms with checksums in dist, from a clean commit
	@go run ./internal/release

tools: tools-browser ## install cfn-lint, moto, the AWS CLI and modules of npm in .tools, for the tests that need them
	python3 -m venv .tools
	.tools/bin/pip install --quiet cfn-lint==1.51.0 'moto[server,cloudformation,batch,ec2,s3,iam]==5.2.1' awscli==1.45.11

tools-browser: ## install the modules of npm that open review pages in Chromium
	@command -v npm >/dev/null || { echo "npm not found: TestBrowser is skipped"; exit 0; }; \
	npm install --prefix .tools --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
	axe-core@4.14.1 mermaid@12.3.0 puppeteer-core@24.40.0

.PHONY: build generate test quick golden fuzz mutants lint check bench release tools tools-browser
