"""The steps of tasks that have many: what runs in the sandbox, with what it is given and must hand back."""
