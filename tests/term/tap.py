"""Prints TAP: check() a line, finish() the plan."""
import sys

count = failed = 0


def check(passed, name, told=""):
    global count, failed
    count += 1
    failed += not passed
    print(f"{'ok' if passed else 'not ok'} {count} - {name}")
    for line in [] if passed else str(told).splitlines()[:40]:
        print("#", line[:200])
    sys.stdout.flush()


def finish():
    print(f"1..{count}")
    sys.exit(failed > 0)
