"""What student code can get wrong by contract."""


class ContractError(Exception):
    """A builder or its model is not what the task asks for; the message is one sentence for the student."""
