"""A child for the tests of children: prints to standard output as a careless library would, and answers by lines."""

import sys

from tests.load.answers import answers_apart, questions

if __name__ == "__main__":
    answers = answers_apart()
    if "refuse" in sys.argv:
        sys.exit(1)
    print("ready", file=answers, flush=True)
    for line in questions():
        print("a log line that is no answer", flush=True)
        if line.strip() == "go":
            sys.exit(1)
        print(f"you said {line.strip()}", file=answers, flush=True)
