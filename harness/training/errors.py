"""What student code can get wrong by contract."""


class ContractError(Exception):
    """A builder or its model is not what the task asks for; the message is one sentence for the student."""


class CalledError(Exception):
    """A student's builder or model raised what is the cause; the message names what was called."""
