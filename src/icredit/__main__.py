"""`python -m icredit`."""

from icredit.cli import run

if __name__ == "__main__":
    run()
