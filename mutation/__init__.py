"""Mutation testing: whether the tests notice when a small thing of the scoring or the intake is changed."""
