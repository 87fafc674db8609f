#!/bin/sh
# Usage: sh tools/open_issue.sh TITLE
# In a workflow that failed: opens an issue of this title with a link to the run, or adds the link to the one that is open.
set -eu
run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
number=$(gh issue list --state open --json number,title --jq "map(select(.title == \"$1\")) | .[0].number // empty")
if [ -n "$number" ]; then
    gh issue comment "$number" --body "Again: $run"
else
    gh issue create --title "$1" --body "The log says where: $run"
fi
