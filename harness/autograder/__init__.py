"""The harness where a platform runs it: on Gradescope, in Classroom 50 and in GitHub's workflows."""
