# Neural Networks by Hand. Needs Python 3.11 or newer and make; everything else it fetches itself.
#
#   make serve                       read the course at http://127.0.0.1:8000/ (PORT=8001 for another port)
#   make test                        run every test
#   make book                        build the site into _build/html
#   make zip                         the site as one archive that opens from a disk, in _build
#   make pdf                         the whole book as one PDF, in _build
#   make epub                        the whole book as an e-book, in _build
#   make worksheets SEED=7           a page to fill in for each chapter, and the answers, in _build/worksheets
#   make refresh                     run the chapters again and store their outputs
#   make bench                       compare the live figure and the network library with their peers
#   make publish-as REPO=owner/name  write the repository's address into every file that names it
#   make clean                       remove everything that make made

PORT = 8000
SEED = 7
PYTHON_IN_ENV = .venv/bin/python

.PHONY: serve book zip pdf epub worksheets test browser refresh bench publish-as clean env
.DEFAULT_GOAL = book

serve: .venv/ready
	@$(PYTHON_IN_ENV) tools/serve.py "$(PORT)"

book: .venv/ready
	@$(PYTHON_IN_ENV) tools/build_book.py

zip: .venv/ready book
	@$(PYTHON_IN_ENV) tools/make_zip.py

pdf: .venv/ready book browser
	@$(PYTHON_IN_ENV) tools/make_pdf.py

epub: .venv/ready book
	@$(PYTHON_IN_ENV) tools/make_epub.py

worksheets: .venv/ready browser
	@$(PYTHON_IN_ENV) tools/make_worksheets.py "$(SEED)"

test: .venv/ready book browser
	@echo "Testing (some ten minutes on two cores) ..."
	@$(PYTHON_IN_ENV) -m ruff check --quiet .
	@$(PYTHON_IN_ENV) -m pytest -n auto --maxprocesses 4 --no-loadscope-reorder

browser: .venv/ready
	@$(PYTHON_IN_ENV) tools/find_browser.py

refresh: .venv/ready
	@$(PYTHON_IN_ENV) tools/refresh.py
	@$(PYTHON_IN_ENV) tools/formula_sheet.py

bench: .venv/ready-for-bench book browser
	@$(PYTHON_IN_ENV) benchmarks/live_figure_peers.py
	@$(PYTHON_IN_ENV) benchmarks/network_speed.py --write
	@$(PYTHON_IN_ENV) benchmarks/nudge_cost.py
	@$(PYTHON_IN_ENV) benchmarks/hub_load.py

publish-as: .venv/ready
	@$(PYTHON_IN_ENV) tools/publish_as.py "$(REPO)"

clean:
	rm -rf _build .venv .hypothesis .ruff_cache .pytest_cache src/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

env: .venv/ready

.venv/ready: requirements.txt tools/make_env.sh pyproject.toml
	@sh tools/make_env.sh requirements.txt
	@touch $@

.venv/ready-for-bench: .venv/ready benchmarks/requirements.txt benchmarks/requirements-network.txt
	@sh tools/make_env.sh benchmarks/requirements.txt
	@sh tools/make_env.sh benchmarks/requirements-network.txt
	@touch $@
