# Every target does its own set-up, so any of them may come first on a fresh machine.

PREFIX ?= /usr/local
RELEASE := .build/release/tokenstats

.PHONY: all help demo test test-models dist wheel library site test-dist test-engines lint format bench bench-micro \
  count-instructions check-collections check-templates conformance fuzz fuzz-templates fuzz-reference sanitize crash-test install \
  uninstall setup build vocabularies clean

all: build

help:
	@sed -n 's/^## //p' Makefile

## make demo          raw records of this repository -> datasets -> statistics, pictures and report; says where they are
demo: build vocabularies
	@Scripts/demo.sh $(RELEASE)

## make test          everything: format, build, tests, read-back by the Python libraries
test:
	@Scripts/test.sh

## make test-models   golden rows of all tokenizer files; MIRROR=DIR has copies of the repositories that hold some of them
test-models:
	@Scripts/test_models.sh $(MIRROR)

## make dist          the program as one static file with manual and licenses, dist/tokenstats-VERSION-linux-x86_64.tar.gz
dist:
	@Scripts/dist.sh

## make library       the C library and its header, .build/library
library:
	@Scripts/library.sh

## make wheel         the Python package with engine and program, dist/tokenstats-VERSION-cp311-abi3-manylinux_*.whl
wheel: dist
	@Scripts/wheel.sh

## make site          README, guides, documents, an example report and the libraries' documentation as web pages, site/
site: build vocabularies
	@Scripts/setup.sh test
	@Scripts/check_examples.sh .build-test/examples
	@Scripts/site.sh $(RELEASE) .build-test/examples/documentation
	@python3 Tests/BrowserTests/check_site.py site

## make test-dist     that program in an empty root, the C library, the wheel, data frames; as root or with user namespaces
test-dist: wheel library vocabularies
	@Scripts/test_dist.sh
	@Scripts/check_library.sh
	@Scripts/test_wheel.sh

## make test-engines  the wheel in Spark and Ray, with an executor and a worker killed in the middle
test-engines: wheel vocabularies
	@Scripts/test_engines.sh

## make lint          format and house rules only
lint:
	@Scripts/lint.sh

## make format        bring Swift and Python sources into the house format
format:
	@swift format --in-place --recursive --parallel Sources Tests Package.swift Benchmarks/Package.swift \
	  Benchmarks/Benchmarks Examples/Package.swift Examples/Sources
	@python=$$(Scripts/python_environment.sh lint) && "$$python" -m ruff format --quiet --no-cache .

## make build         the release program, .build/release/tokenstats
build: setup
	@Scripts/build.sh

## make install       program, man page and completions under PREFIX (/usr/local)
install: build
	@Scripts/install.sh $(RELEASE) "$(DESTDIR)$(PREFIX)"

## make uninstall     removes what make install put under PREFIX
uninstall:
	@Scripts/install.sh --remove "$(DESTDIR)$(PREFIX)"

## make bench         speed beside the Python libraries, as a table; BENCH_ROWS="warm stress" chooses, BENCH_OPTIONS=--quick
bench: build vocabularies
	@Scripts/setup.sh test
	@python3 Scripts/bench.py $(if $(BENCH_ROWS),--rows "$(BENCH_ROWS)") $(BENCH_OPTIONS)

## make bench-micro   small benchmarks of single stages; MICRO_OPTIONS='--filter merge.*' chooses
bench-micro: setup vocabularies
	@cd Benchmarks && swift package --disable-sandbox benchmark --no-progress $(MICRO_OPTIONS)

## make conformance TEMPLATES=DIR  chat templates x conversations beside transformers; program and reference must agree
conformance: build
	@test -n "$(TEMPLATES)" || { echo "name a folder or file of chat templates: make conformance TEMPLATES=DIR" >&2; exit 2; }
	@python=$$(Scripts/python_environment.sh peers) && "$$python" Scripts/conformance.py \
	  $(if $(CONVERSATIONS),--conversations "$(CONVERSATIONS)") --program $(RELEASE) $(TEMPLATES)

## make fuzz-templates  200,000 random templates beside jinja2; FUZZ_OPTIONS='--count 1000 --seed 2'
fuzz-templates: build
	@python=$$(Scripts/python_environment.sh peers) && "$$python" Scripts/fuzz_templates.py $(FUZZ_OPTIONS) -- \
	  $(RELEASE) templates eval --ascii --now 2025-03-09T14:05:07

## make check-templates  systematic templates beside jinja2: each filter, test, method and operator with each kind of value
check-templates: build
	@python=$$(Scripts/python_environment.sh peers) && "$$python" Scripts/check_templates.py $(FUZZ_OPTIONS) -- \
	  $(RELEASE) templates eval --details --ascii --now 2025-03-09T14:05:07

## make check-collections DIR="parquet-testing arrow-testing"  every text column of these collections beside pyarrow
check-collections: build vocabularies
	@test -n "$(DIR)" || { echo "name folders of files: make check-collections DIR='FOLDER...'" >&2; exit 2; }
	@python=$$(Scripts/python_environment.sh current) && "$$python" Scripts/check_collections.py --program $(RELEASE) \
	  --expected Scripts/expected_collections.txt $(DIR)

## make fuzz MINUTES=1  libFuzzer and sanitizers over each reader of files; FUZZ_TARGETS="parquet jinja" chooses
fuzz: setup
	@Fuzzing/fuzz.sh $(or $(MINUTES),1) $(FUZZ_TARGETS)

## make sanitize      the tests under AddressSanitizer and ThreadSanitizer, verify and analyze under valgrind
sanitize: vocabularies
	@Scripts/sanitize.sh $(SANITIZE_OPTIONS)

## make crash-test    every command where something is short; kills and failing calls of those that write; CRASH_OPTIONS='--kills 3'
crash-test: build vocabularies
	@python3 Scripts/shortage_test.py $(RELEASE)
	@python3 Scripts/crash_test.py $(RELEASE) $(CRASH_OPTIONS)

## make count-instructions  instructions of counting by stage and function, the same on a busy machine
count-instructions: build vocabularies
	@Scripts/count_instructions.sh $(RELEASE)

## make fuzz-reference  200 MB of random text against gigatoken and tokenizers, document by document
fuzz-reference: build vocabularies
	@Scripts/setup.sh test
	@python3 Scripts/fuzz_reference.py $(FUZZ_OPTIONS)

setup:
	@Scripts/setup.sh build

vocabularies: build
	@$(RELEASE) tokenizers fetch

clean:
	rm -rf .build .build-address .build-test .build-thread Benchmarks/.build Fuzzing/.build demo-output site
