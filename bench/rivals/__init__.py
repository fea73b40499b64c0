"""What somebody would write who has to score one file by one scheme, once: no check, no message, no other scheme.

Every program here is hard-coded for the national scheme and for the columns of the measured files, in which no row is
bad and no group has equal values only. `python -m bench.rivals.PROGRAM FILE OUTPUT` runs one.
"""
